"""Which adapter uses which resource. Each is made at its first use, so that a function pays for what it calls.

Adapters are imported where they are made, since a door's package and its cold start then hold only what it uses.
"""

from functools import cache
from typing import TYPE_CHECKING

from shared.adapters.clients import client
from shared.settings import optional, setting

if TYPE_CHECKING:
    from shared.adapters.addresses import Addresses
    from shared.adapters.applications import Applications
    from shared.adapters.audit import Audit
    from shared.adapters.borrower_notices import BorrowerNotices
    from shared.adapters.borrowers import Borrowers
    from shared.adapters.cases import Cases
    from shared.adapters.channels import Channels
    from shared.adapters.clock import Clock
    from shared.adapters.credit_files import CreditFiles
    from shared.adapters.disputes import Disputes
    from shared.adapters.endings import WriteOffs
    from shared.adapters.exports import LoanRecords
    from shared.adapters.file_store import FileStore
    from shared.adapters.held import Held
    from shared.adapters.keyed_hash import Index
    from shared.adapters.loans import Loans
    from shared.adapters.notices import Notices
    from shared.adapters.openings import Openings
    from shared.adapters.partners import Partners
    from shared.adapters.people import People
    from shared.adapters.plans import Plans
    from shared.adapters.push import Push
    from shared.adapters.queue import Queue
    from shared.adapters.rail_events import RailEvents
    from shared.adapters.rails import Rail
    from shared.adapters.reach import Phonebook, Reach
    from shared.adapters.rejects import Rejects
    from shared.adapters.runs import Runs
    from shared.adapters.settlements import Settlements
    from shared.adapters.statements import Statements
    from shared.adapters.table import Table
    from shared.adapters.tasks import Tasks
    from shared.adapters.vault import Vault
    from shared.adapters.waivers import Waivers
    from shared.adapters.work_index import WorkIndex


@cache
def clock() -> "Clock":
    from shared.adapters.clock import system_clock, test_clock

    parameter = optional("CLOCK_PARAMETER")
    return test_clock(client("ssm"), parameter) if parameter else system_clock


@cache
def loans_table() -> "Table":
    from shared.adapters.table import Table

    return Table(client("dynamodb"), setting("LOANS_TABLE"))


@cache
def people_table() -> "Table":
    from shared.adapters.table import Table

    return Table(client("dynamodb"), setting("PEOPLE_TABLE"))


@cache
def partners() -> "Partners":
    from shared.adapters.partners import Partners

    return Partners(loans_table())


@cache
def applications() -> "Applications":
    from shared.adapters.applications import Applications

    return Applications(loans_table())


@cache
def loans() -> "Loans":
    from shared.adapters.loans import Loans

    return Loans(loans_table())


@cache
def addresses() -> "Addresses":
    from shared.adapters.addresses import Addresses

    return Addresses(allows_loopback=bool(optional("ALLOWS_LOOPBACK")))


@cache
def rail(name: str) -> "Rail":
    from shared.adapters.rails import Rail

    return Rail(client("ssm"), setting("PARAMETERS"), name, addresses())


@cache
def rail_events() -> "RailEvents":
    from shared.adapters.rail_events import RailEvents

    return RailEvents(loans_table())


@cache
def tasks() -> "Tasks":
    from shared.adapters.tasks import Tasks

    queues = {
        "score": setting("SCORE_QUEUE"),
        "payout": setting("PAYOUTS_QUEUE"),
        "payment": setting("PAYMENTS_QUEUE"),
        "notice": setting("NOTICES_QUEUE"),
        "partner": setting("PARTNERS_QUEUE"),
        "debit": setting("DEBITS_QUEUE"),
        "transfer": setting("FILES_QUEUE"),
    }
    return Tasks(client("sqs"), queues, setting("PARKING_QUEUE"))


@cache
def audit() -> "Audit":
    from shared.adapters.audit import Audit

    return Audit(loans_table())


def plans() -> "Plans":
    from shared.adapters.plans import Plans

    return Plans(loans_table())


def held() -> "Held":
    from shared.adapters.held import Held

    return Held(loans_table())


@cache
def settlements() -> "Settlements":
    from shared.adapters.settlements import Settlements

    return Settlements(loans_table())


@cache
def loan_records() -> "LoanRecords":
    from shared.adapters.exports import LoanRecords

    return LoanRecords(loans_table())


@cache
def write_offs() -> "WriteOffs":
    from shared.adapters.endings import WriteOffs

    return WriteOffs(loans_table())


def cases() -> "Cases":
    from shared.adapters.cases import Cases

    return Cases(loans_table())


@cache
def runs() -> "Runs":
    from shared.adapters.runs import Runs

    return Runs(loans_table())


@cache
def settlements_queue() -> "Queue":
    from shared.adapters.queue import Queue

    return Queue(client("sqs"), setting("SETTLEMENTS_QUEUE"))


@cache
def statements() -> "Statements":
    from shared.adapters.statements import Statements

    return Statements(client("ssm"), setting("PARAMETERS"), addresses())


@cache
def waivers() -> "Waivers":
    from shared.adapters.waivers import Waivers

    return Waivers(loans_table())


@cache
def work_index(name: str) -> "WorkIndex":
    from shared.adapters.work_index import WorkIndex

    return WorkIndex(loans_table(), name)


def _queue(url: str) -> "Queue":
    from shared.adapters.queue import Queue

    return Queue(client("sqs"), url)


def score_queue() -> "Queue":
    return _queue(setting("SCORE_QUEUE"))


def sweep_queue() -> "Queue":
    return _queue(setting("SWEEP_QUEUE"))


def night_queue() -> "Queue":
    return _queue(setting("NIGHT_QUEUE"))


def notices_queue() -> "Queue":
    return _queue(setting("NOTICES_QUEUE"))


def payouts_queue() -> "Queue":
    return _queue(setting("PAYOUTS_QUEUE"))


def debits_queue() -> "Queue":
    return _queue(setting("DEBITS_QUEUE"))


@cache
def notices() -> "Notices":
    from shared.adapters.notices import Notices

    return Notices(loans_table())


@cache
def borrower_notices() -> "BorrowerNotices":
    from shared.adapters.borrower_notices import BorrowerNotices

    return BorrowerNotices(loans_table())


@cache
def credit_files() -> "CreditFiles":
    from shared.adapters.credit_files import CreditFiles

    return CreditFiles(loans_table())


@cache
def file_store() -> "FileStore":
    from shared.adapters.file_store import FileStore

    return FileStore(client("s3"), setting("CREDIT_BUCKET"))


@cache
def files_queue() -> "Queue":
    from shared.adapters.queue import Queue

    return Queue(client("sqs"), setting("FILES_QUEUE"))


@cache
def rejects() -> "Rejects":
    from shared.adapters.rejects import Rejects

    return Rejects(loans_table())


def disputes() -> "Disputes":
    from shared.adapters.disputes import Disputes

    return Disputes(loans_table())


@cache
def reach() -> "Reach":
    from shared.adapters.reach import Reach

    return Reach(people_table())


@cache
def phonebook() -> "Phonebook":
    from shared.adapters.reach import Phonebook

    return Phonebook(client("cognito-idp"), setting("USER_POOL_ID"))


@cache
def push() -> "Push":
    from shared.adapters.messages import ONCE
    from shared.adapters.push import Push

    return Push(client("sns", ONCE), client("ssm"), setting("PARAMETERS"), addresses())


@cache
def channels() -> "Channels":
    from shared.adapters.channels import Channels
    from shared.adapters.messages import ONCE, TextMessages

    return Channels(reach(), phonebook(), TextMessages(client("sns", ONCE)), push())


def app_url() -> str:
    return setting("APP_URL")


@cache
def people() -> "People":
    from shared.adapters.people import People

    return People(people_table())


@cache
def vault() -> "Vault":
    from shared.adapters.vault import Vault

    return Vault(client("kms"), setting("VAULT_KEY"))


@cache
def borrowers(door: str) -> "Borrowers":
    from shared.adapters.borrowers import Borrowers

    return Borrowers(people(), vault(), door)


@cache
def index() -> "Index":
    from shared.adapters.keyed_hash import Index

    return Index(client("kms"), setting("INDEX_KEY"))


@cache
def openings() -> "Openings":
    from shared.adapters.openings import Openings

    return Openings(people_table())


def code_picture(text: str) -> str:
    from shared.adapters import codes

    return codes.picture(text)


def new_id(kind: str) -> str:
    from shared.adapters import ids

    return ids.new_id(kind)


def new_secret() -> str:
    from shared.adapters import ids

    return ids.new_secret()


def new_code() -> str:
    from shared.adapters import ids

    return ids.new_code()

"""One loan, its borrower with a phone and devices, and everything that was sent to them; a death at a chosen call."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from shared.adapters.channels import Channels
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.messages import TextMessages
from shared.adapters.notices import Notices
from shared.adapters.partners import Partners
from shared.adapters.people import People
from shared.adapters.reach import Phonebook, Reach
from shared.adapters.table import Table, Write, record
from shared.application.attend_loan import attend_loan
from shared.application.tell_loan import Post
from shared.domain.devices import Device
from shared.domain.errors import Unavailable
from shared.domain.telling import SENT, Telling
from tests.application.desk import Death, Killed
from tests.domain.lending import AT, Life
from tests.memory import Dynamo
from tests.sandbox import WRITTEN

PHONE = "+919876543210"
HERE = ZoneInfo("Asia/Kolkata")


def at(on: date, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), HERE)


class Network:
    """Takes text messages, as SNS does; `is_down` says no to all, and with `dies` nobody lives to hear the answer."""

    def __init__(self, death: Death) -> None:
        self.death, self.taken, self.is_down, self.dies = death, list[str](), False, False

    def publish(self, **asked: Any) -> None:
        self.death.before()
        if self.is_down:
            raise Unavailable("temporarily_unavailable", "The network is down.")
        assert asked["PhoneNumber"] == PHONE
        self.taken.append(asked["Message"])
        if self.dies:
            raise Killed
        self.death.after()


class Pushes:
    """Takes push messages."""

    def __init__(self) -> None:
        self.taken, self.is_down = list[tuple[str, str, str]](), False

    def register(self, token: str) -> str:
        return f"/devices/{token}"

    def send(self, address: str, notice_id: str, title: str, body: str) -> None:
        assert notice_id
        if self.is_down:
            raise Unavailable("temporarily_unavailable", "The service is down.")
        self.taken.append((address, title, body))


class Pool:
    """Knows the phone of everybody."""

    exceptions = SimpleNamespace(UserNotFoundException=KeyError)

    def admin_get_user(self, **asked: str) -> Mapping[str, Any]:
        assert asked["Username"] == "asha"
        return {"UserAttributes": [{"Name": "phone_number", "Value": PHONE}]}


def opened(life: Life, table: Table) -> None:
    """The loan as it was sanctioned, in its borrower's list."""
    pointer = {"pk": life.start.borrower_id, "sk": life.start.loan_id}
    heads = (record(life.start, life.start.loan_id, HEAD), record(life.contract, life.start.loan_id, CONTRACT))
    table.transact([Write(item) for item in (*heads, pointer)])


class Office:
    """`life` is the loan as a test tells it; what happens in it later is in the books after `booked`."""

    def __init__(self, life: Life, language: str = "en") -> None:
        self.death, self.life, self.dynamo = Death(), life, Dynamo()
        self.network, self.pushes = Network(self.death), Pushes()
        table = Table(self.dynamo, "loans")
        people = Table(Dynamo(), "people")
        self.loans, self.reach, self.notices = Loans(table), Reach(people), Notices(table)
        self.loan_id, self.known = life.loan.loan_id, 0
        borrowers = People(people)
        borrowers.open("brw_asha", "in", language)
        push: Any = self.pushes
        channels = Channels(self.reach, Phonebook(Pool(), "pool"), TextMessages(self.network), push)
        lender = {**WRITTEN[0], "partner_id": "partner"}
        table.transact([Write({"pk": "partners", "sk": "partner", "partner": lender})])
        opened(life, table)
        self.post = Post(self.notices, borrowers, Partners(table), channels, "https://app.minnow.example")
        self.booked()
        self.dynamo.watched_by = self.death

    def booked(self) -> "Office":
        """What the life has come to meanwhile is one step in the books."""
        stored, contract = self.loans.get(self.loan_id)
        made, self.known = self.life.entries[self.known :], len(self.life.entries)
        loan = replace(self.life.loan, version=stored.version, notice_on=stored.notice_on)
        self.loans.book(loan, contract, made)
        return self

    def tell(self, on: date, hour: int = 10, minute: int = 0) -> int:
        """How many notices were sent."""
        tried = attend_loan(self.loan_id, at(on, hour, minute), loans=self.loans, post=self.post).tried
        return sum(telling.state == SENT for telling in tried)

    def has_device(self) -> None:
        self.reach.register("brw_asha", Device("dev_1", "android", "/devices/one", AT))

    def told(self) -> dict[str, Telling]:
        return self.notices.of_loan(self.loan_id)

    def listed_on(self) -> date | None:
        """Under which day the index has the loan."""
        item = self.loans.table.get(self.loan_id, HEAD)
        assert item is not None
        return date.fromisoformat(item["notice_on"]) if "notice_on" in item else None

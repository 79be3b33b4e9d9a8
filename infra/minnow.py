"""The stack: which resources there are, and who may do what with them.

A function's whole power is what this file gives it: read `_people`, `_loans`, `_outside` to know it.
"""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.alarms import Alarms
from infra.api import Api
from infra.books import Book
from infra.credit_files import CreditFiles
from infra.documents import Documents
from infra.excuses import excuse
from infra.function import WORK_SECONDS, Door
from infra.identity import Identity
from infra.lender_files import LenderFiles
from infra.papers import papers
from infra.partners import TOLD_AT_ONCE, lenders
from infra.queues import TRIES_OF_A_DECISION, TRIES_WHILE_A_RAIL_THINKS, Work, kept, over_tls
from infra.routes import DOORS, ROUTES
from infra.schedules import Schedules
from infra.settings import Stage
from infra.staff import Staff
from infra.vault import keys

# What the stream's follower tries before a record goes to the parking queue.
RELAY_TRIES = 10
RELAY_HOURS = 1
# Ten calls work about 400 loans a second: 4,000 written units, what a new table takes, and the day's callers are not
# held up by the night.
WORKERS = 10
# Ten calls tell about 100 loans a second, a million in the hours of a day, and stay under what the pool allows in
# questions for phones.
TELLERS = 10
# A lender's day at a time: there are tens of lenders, and each asks two others for their statements.
SETTLERS = 5
# Ten calls ask rails for about 50 debits a second.
COLLECTORS = 10
# A tenth of the thousand calls that an account runs at once: a wave of money holds up nobody who calls the API.
MOVERS = 100
RIGHTS = ("rights", "erase")
BORROWERS = tuple(dict.fromkeys(route.door for route in ROUTES if route.who == "borrower"))
BY_SCHEDULE = ("night", "watch", "remind", "erase", "collect", "settling", "resend", "credit_file", "undecided")


class Minnow(cdk.Stack):
    def __init__(self, scope: Construct, *, stage: Stage, packages: Mapping[str, Path]) -> None:
        super().__init__(
            scope,
            f"minnow-{stage.name}",
            env=cdk.Environment(account=stage.account, region=stage.region),
            description="Minnow: small loans from lenders to borrowers",
            termination_protection=not stage.is_sandbox,
        )
        self.stage = stage
        self.unchecked = kept(self, "Unchecked", stage)
        self.unstarted = kept(self, "Unstarted", stage)
        self.doors = {door: self._door(door, packages[door]) for door in DOORS}
        self.people = Book(self, "People", stage=stage, forgets=True)
        self.loans = Book(self, "Loans", stage=stage, tells=True, indexed=True)
        self.scoring = Work(self, "Score", stage=stage, tries=TRIES_OF_A_DECISION, at_once=stage.scorers, batch=1)
        self.payouts = Work(self, "Payouts", stage=stage, tries=TRIES_WHILE_A_RAIL_THINKS, at_once=MOVERS)
        self.payments = Work(self, "Payments", stage=stage, at_once=MOVERS)
        self.sweeps = Work(self, "Sweep", stage=stage, at_once=WORKERS)
        self.due = Work(self, "Night", stage=stage, at_once=WORKERS)
        self.notices = Work(self, "Notices", stage=stage, at_once=TELLERS)
        self.settlements = Work(self, "Settlements", stage=stage, at_once=SETTLERS)
        self.debits = Work(self, "Debits", stage=stage, tries=TRIES_WHILE_A_RAIL_THINKS, at_once=COLLECTORS)
        self.told = Work(self, "Partners", stage=stage, at_once=TOLD_AT_ONCE)
        self.parking = kept(self, "Parking", stage)
        self.documents = Documents(self, stage=stage, checked_by=self.doors["kyc_check"])
        self.credit_files = CreditFiles(self, stage=stage, log=self.documents.log)
        self.lender_files = LenderFiles(self, stage=stage, log=self.documents.log)
        self.identity = Identity(self, stage=stage, door=self.doors["identity"])
        self.staff = Staff(self, stage=stage)
        self._clock()
        self._people()
        keys(self, stage=stage, doors=self.doors)
        self._loans()
        self._work()
        self._night()
        self._notices()
        self.credit_files.built_by(self.doors, loans=self.loans, people=self.people)
        self._settlements()
        self.lender_files.given_to(self.doors, loans=self.loans, lines=self.credit_files.lines)
        self._rights()
        self._outside()
        papers(doors=self.doors, documents=self.documents, people=self.people, loans=self.loans)
        lenders(self, stage=stage, doors=self.doors, loans=self.loans, told=self.told)
        api = Api(self, stage=stage, doors=self.doors, borrowers=self.identity, staff=self.staff)
        if stage.requires_tls:
            over_tls(self)
        else:
            plain = "The local cloud listens to this machine alone and speaks plain HTTP."
            excuse(self, {"AwsSolutions-SQS4": plain, "AwsSolutions-S10": plain})
        Alarms(self, stage=stage, dead_letters=self._dead_letters())
        self._outputs(api)

    def _door(self, door: str, package: Path) -> Door:
        answers = any(route.door == door for route in ROUTES) or door == "identity"
        seconds = self.stage.answer_seconds if answers else min(WORK_SECONDS, self.stage.redelivery_seconds)
        failures = {"kyc_check": self.unchecked, **dict.fromkeys(BY_SCHEDULE, self.unstarted)}.get(door)
        return Door(self, door, stage=self.stage, package=package, seconds=seconds, failures=failures)

    def _clock(self) -> None:
        """In a stage with a test clock every function reads how many days to add to the date."""
        if not self.stage.has_test_clock:
            return
        days = ssm.StringParameter(
            self,
            "Clock",
            parameter_name=f"{self.stage.prefix}/clock",
            string_value="0",
            description="Days that the test clock is ahead.",
        )
        for door in self.doors.values():
            door.may(["ssm:GetParameter"], days.parameter_arn)
            door.knows(clock_parameter=days.parameter_name)

    def _people(self) -> None:
        doors = self.doors
        for name in ("apply", "score", "payout", "disburse", "checkout"):
            self.people.read_by(doors[name], "brw_*")
        # Whoever opens a seal says so first, where the borrower can read it.
        for name in ("score", "payout", "borrower", "rights"):
            self.people.written_by(doors[name], "openings#*")
        self.people.written_by(doors["rights"], "brw_*", "erasures#*", "sessions#*")
        # Whoever serves a borrower asks first whether his device signed in, and whether that is over.
        for name in BORROWERS:
            self.people.read_by(doors[name], "sessions#*")
        self.people.written_by(doors["sign_in"], "sessions#*", "device#*")
        vouched = ("provider_round#*", "provider_account#*", "links#*", "voucher#*", "sessions#*", "device#*")
        self.people.written_by(doors["provider"], *vouched)
        self.people.written_by(doors["phone"], "phone_change#*", "login#*", "sessions#*")
        self.people.read_by(doors["phone"], "brw_*")
        linked = ("links#*", "provider_account#*")
        his = ("brw_*", "erasures#*", "dev_*", "paper#*", "sessions#*", "phone_change#*")
        self.people.written_by(doors["erase"], *his, *linked)
        self.people.read_by(doors["notify"], "brw_*", "dev_*")
        self.people.written_by(doors["notify"], "sessions#*")
        self.people.written_by(doors["contact"], "brw_*", "dev_*")
        self.people.written_by(doors["renew"], "brw_*", "openings#*")
        # The same paper, account or number under two borrowers is found by its hash.
        self.people.written_by(doors["borrower"], "brw_*", "paper#*")
        # The first right code makes the borrower's own item.
        self.people.written_by(doors["identity"], "login#*", "brw_*", "voucher#*", "erasures#*")

    def _loans(self) -> None:
        doors = self.doors
        self.loans.read_by(doors["quote"], "partners")
        self.loans.read_by(doors["loans"])
        bought = ("brw_*", "checkout_*", "order#*", "loan_*", "pout_*", "capacity#*", "health", "request#brw_*")
        self.loans.written_by(doors["checkout"], *bought)
        self.loans.read_by(doors["checkout"], "partners", "merchants")
        self.loans.written_by(doors["rail"], "rail#*")
        for name in ("apply", "score", "disburse", "payout", "repay", "settle", "work"):
            self.loans.written_by(doors[name])
        for name in ("night", "watch"):
            self.loans.written_by(doors[name], "night#*")
        for name in ("sweep", "watch"):
            self.loans.swept_by(doors[name], "work")
        for index in ("notices", "debits"):
            self.loans.swept_by(doors["sweep"], index)
        self.loans.swept_by(doors["repay"], "orders")
        waived = ("loan_*", "wvr_*", "waivers#*", "budget#*", "audit#*")
        self.loans.written_by(doors["relief"], *waived, "request#brw_*", "app_*")
        self.loans.written_by(doors["desk"], *waived, "request#stf_*", "dsp_*", "rej_*", "reported#*")
        for name in ("relief", "desk"):
            self.loans.swept_by(doors[name], "desk")
        self.loans.written_by(doors["desk_loans"], "held_*", "pout_*")
        self.loans.swept_by(doors["desk_loans"], "desk")
        self.loans.written_by(doors["desk_cases"], "loan_*", "brw_*", "audit#*", "request#stf_*")
        self.loans.swept_by(doors["desk_cases"], "desk")
        self.people.read_by(doors["desk_cases"], "brw_*")
        self._decisions()
        for name, asks in (("plans", "brw"), ("desk_loans", "stf")):
            self.loans.written_by(doors[name], "loan_*", "plan_*", "audit#*", f"request#{asks}_*")
            self.loans.read_by(doors[name], "partners")
        self.loans.written_by(doors["notify"], "loan_*", "brw_*", "pool#*", "claims#*")
        self.loans.read_by(doors["notify"], "partners", "mnd_*")
        self.loans.written_by(doors["debit"], "loan_*", "pay_*", "mnd_*", "pout_*", "held_*")
        self.loans.written_by(doors["dispute"], "brw_*", "dsp_*", "request#*", "reported#*")
        self.loans.read_by(doors["dispute"], "loan_*")

    def _decisions(self) -> None:
        """One door decides what waits for a person, without a key; another makes decisions again, and only reads."""
        desk, models = self.doors["desk_applications"], self.doors["desk_models"]
        self.loans.written_by(desk, "app_*", "brw_*", "audit#*", "request#stf_*", "health")
        self.loans.read_by(desk, "partners", "capacity#*")
        self.people.read_by(desk, "brw_*")
        # This one sees who waits, and when since, and can do no more about it than to say so again.
        undecided = self.doors["undecided"]
        self.loans.swept_by(undecided, "desk")
        self.scoring.sent_by(undecided)
        undecided.knows(score_queue=self.scoring.queue.queue_url)
        # The watch ends what nobody decided, has its borrower told, and counts what is late.
        self.loans.written_by(self.doors["watch"], "app_*", "brw_*")
        for door in (desk, self.doors["watch"]):
            self.loans.swept_by(door, "desk")
        self.loans.read_by(models, "app_*")
        self.loans.swept_by(models, "applied")
        self.people.read_by(models, "brw_*")
        self.people.written_by(models, "openings#*")

    def _work(self) -> None:
        """The stream's follower fills the queues; one door empties each."""
        relay = self.doors["relay"]
        self._relayed(relay)
        queues = {"score_queue": self.scoring, "payouts_queue": self.payouts, "payments_queue": self.payments}
        queues |= {"notices_queue": self.notices, "debits_queue": self.debits}
        for name, work in queues.items():
            work.sent_by(relay)
            relay.knows(**{name: work.queue.queue_url})
        self.scoring.done_by(self.doors["score"])
        self.payouts.done_by(self.doors["payout"])
        self.doors["payout"].knows(payouts_queue=self.payouts.queue.queue_url)
        self.payments.done_by(self.doors["settle"])
        self.debits.done_by(self.doors["debit"])

    def _night(self) -> None:
        """A schedule starts it, sweeps find what is due in it, workers do that, and a watchdog looks at the end."""
        night, sweep, work = (self.doors[name] for name in ("night", "sweep", "work"))
        for sender in (night, sweep):
            self.sweeps.sent_by(sender)
            sender.knows(sweep_queue=self.sweeps.queue.queue_url)
        for sender in (sweep, work):
            self.due.sent_by(sender)
            sender.knows(night_queue=self.due.queue.queue_url)
        self.sweeps.done_by(sweep)
        self.due.done_by(work)
        # A sweep that goes on by a message to itself moves ahead each time, and its index has an end.
        sweep.may_call_itself()
        for sender in (sweep, self.doors["debit"]):
            self.debits.sent_by(sender)
            sender.knows(debits_queue=self.debits.queue.queue_url)
        doors = {name: self.doors[name] for name in BY_SCHEDULE}
        Schedules(self, stage=self.stage, failures=self.unstarted, **doors)

    def _notices(self) -> None:
        """Schedules start it in contact hours, sweeps find who has something to be told, one door tells them."""
        remind, collect, sweep, notify = (self.doors[name] for name in ("remind", "collect", "sweep", "notify"))
        for starter in (remind, collect):
            self.sweeps.sent_by(starter)
            starter.knows(sweep_queue=self.sweeps.queue.queue_url)
        # What is done with an account, and what a person looks at, is told by the door that tells all else.
        for sender in (sweep, notify, *(self.doors[name] for name in ("sign_in", "provider", "kyc_check"))):
            self.notices.sent_by(sender)
            sender.knows(notices_queue=self.notices.queue.queue_url)
        # What is done with an account is one write with what its borrower is told of it.
        for name in ("borrower", "phone", "provider"):
            self.loans.added_to_by(self.doors[name], "brw_*")
        self.notices.done_by(notify)
        notify.knows(app_url=self.stage.app_url)
        self.identity.asked_by(notify)
        notify.may(["sns:Publish"], "*", because="A text message goes to a phone, and a phone has no ARN.")
        apps = f"arn:aws:sns:{self.region}:{self.account}:app/*"
        self.doors["contact"].may(
            ["sns:CreatePlatformEndpoint"], apps, because="An operator makes the platform application of an app."
        )
        devices = f"arn:aws:sns:{self.region}:{self.account}:endpoint/*"
        self.doors["contact"].may(
            ["sns:SetEndpointAttributes"], devices, because="Each device has an endpoint, made when it registers."
        )

    def _settlements(self) -> None:
        """A schedule asks for lenders' days that are over, one door settles each, another shows them to staff."""
        settling, reconcile, desk = (self.doors[name] for name in ("settling", "reconcile", "desk_money"))
        self.settlements.sent_by(settling)
        settling.knows(settlements_queue=self.settlements.queue.queue_url)
        self.settlements.done_by(reconcile)
        self.loans.written_by(settling, "settling#*")
        self.loans.read_by(settling, "partners", "settled_day#*", "dif_*", "pout_*")
        self.loans.written_by(reconcile, "settled_day#*", "dif_*", "pool#*", "capacity#*")
        # A line names what a payer wrote, which may be any key.
        self.loans.read_by(reconcile)
        self.loans.written_by(desk, "dif_*", "audit#*", "request#stf_*")
        self.loans.read_by(desk, "partners", "settled_day#*", "pool#*", "claims#*", "pout_*")
        for door in (settling, reconcile, desk):
            self.loans.swept_by(door, "desk")
        for door in (reconcile, desk):
            self.loans.swept_by(door, "flows")
        for path in ("rail/*", "partner/*"):
            reconcile.may(
                ["ssm:GetParameter"],
                f"arn:aws:ssm:{self.region}:{self.account}:parameter{self.stage.prefix}/{path}",
                because="Rails and partners are data: each has its own secret here.",
            )
        reconcile.knows(parameters=self.stage.prefix)

    def _relayed(self, relay: Door) -> None:
        self.loans.followed_by(relay)
        relay.knows(parking_queue=self.parking.queue_url)
        named = [{"dynamodb": {"NewImage": {name: {"S": lambda_.FilterRule.exists()}}}} for name in ("task", "tells")]
        lambda_.EventSourceMapping(
            self,
            "Relay",
            target=relay.function,
            event_source_arn=self.loans.table.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[lambda_.FilterCriteria.filter(each) for each in named],
            batch_size=100,
            bisect_batch_on_error=True,
            retry_attempts=RELAY_TRIES,
            max_record_age=cdk.Duration.hours(RELAY_HOURS),
            on_failure=sources.SqsDlq(self.parking),
        )

    def _rights(self) -> None:
        """One door shows a borrower what is known of him, another makes it unreadable when its day comes."""
        rights, erase = (self.doors[name] for name in RIGHTS)
        his = ("brw_*", "app_*", "checkout_*", "loan_*", "pay_*", "plan_*", "wvr_*", "mnd_*", "dsp_*", "reported#*")
        self.loans.read_by(rights, *his)
        self.loans.swept_by(rights, "orders")
        self.loans.read_by(erase, "app_*", "loan_*", "dsp_*")
        # What a borrower is to be told of his papers and data.
        self.loans.written_by(erase, "brw_*")
        self.identity.asked_by(rights)
        self.identity.ended_by(rights)
        self.identity.left_by(erase)
        self.documents.erased_by(erase)

    def _outside(self) -> None:
        """Phones, lenders, rails: messages that cost, and the secrets that sign what is sent and received."""
        self.identity.signed_in_by(self.doors["sign_in"])
        self.identity.changed_by(self.doors["phone"])
        self.identity.vouched_by(self.doors["provider"])
        self.doors["provider"].knows(app_url=self.stage.app_url)
        for name in ("identity", "phone"):
            self.doors[name].may(
                ["sns:Publish"], "*", because="A text message goes to a phone, and a phone has no ARN."
            )
        secrets = {"provider": "openid/*", "repay": "rail/card*"}
        secrets |= dict.fromkeys(("score", "checkout", "desk_applications"), "partner/*")
        secrets |= dict.fromkeys(("borrower", "payout", "debit", "rail"), "rail/*")
        secrets |= dict.fromkeys(("notify", "contact"), "push/*")
        for name, path in secrets.items():
            parameters = f"arn:aws:ssm:{self.region}:{self.account}:parameter{self.stage.prefix}/{path}"
            self.doors[name].may(
                ["ssm:GetParameter"], parameters, because="Rails and partners are data: each has its own secret here."
            )
            self.doors[name].knows(parameters=self.stage.prefix)

    def _dead_letters(self) -> dict[str, sqs.Queue]:
        return {
            "Score": self.scoring.dead_letters,
            "Payouts": self.payouts.dead_letters,
            "Payments": self.payments.dead_letters,
            "Sweep": self.sweeps.dead_letters,
            "Night": self.due.dead_letters,
            "Notices": self.notices.dead_letters,
            "Files": self.credit_files.lines.dead_letters,
            "Settlements": self.settlements.dead_letters,
            "Partners": self.told.dead_letters,
            "Debits": self.debits.dead_letters,
            "Parking": self.parking,
            "Unchecked": self.unchecked,
            "Unstarted": self.unstarted,
        }

    def _outputs(self, api: Api) -> None:
        values = {
            "ApiUrl": api.url,
            "ApiId": api.http.api_id,
            "UserPoolId": self.identity.pool.user_pool_id,
            "UserPoolClientId": self.identity.client.user_pool_client_id,
            "StaffPoolId": self.staff.pool.user_pool_id,
            "StaffClientId": self.staff.client.user_pool_client_id,
            "PeopleTable": self.people.table.table_name,
            "LoansTable": self.loans.table.table_name,
            "KycBucket": self.documents.name,
            "ScoreQueue": self.scoring.queue.queue_url,
            "PayoutsQueue": self.payouts.queue.queue_url,
            "PaymentsQueue": self.payments.queue.queue_url,
            "ParkingQueue": self.parking.queue_url,
            "Parameters": self.stage.prefix,
        }
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)

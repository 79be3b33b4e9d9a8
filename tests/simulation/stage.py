"""The deployed stage as the simulation uses it: its clock, its table, its rail, its nights, its worker processes."""

import json
import os
import re
import signal
import subprocess
import time as clock
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from infra.local.client import Client, TooLate
from infra.local.deploy import STACK
from infra.local.outside import Outside
from infra.local.sandbox.signed import signature
from infra.markets import TIME_ZONES
from shared import identity, wiring
from shared.adapters.applications import Applications
from shared.adapters.borrower_notices import BorrowerNotices, ToTell, to_tell
from shared.adapters.debits import DEBIT
from shared.adapters.loans import CAME, HEAD, new_order
from shared.adapters.mandates import Mandates
from shared.adapters.notices import PREFIX
from shared.adapters.plans import Plans
from shared.adapters.requests import Request
from shared.adapters.table import Write, record, unpack
from shared.adapters.waivers import Waivers
from shared.application.ask_plan import ask_plan
from shared.application.ask_waiver import ask_waiver
from shared.application.decide_plan import decide_plan
from shared.application.end_loan import decide_write_off, propose_write_off
from shared.application.give_mandate import give_mandate, revoke_mandate
from shared.application.order_disbursement import order_disbursement
from shared.application.save_bank_account import save_bank_account
from shared.application.settle_loan import decide_settlement, offer_settlement
from shared.domain.applications import Application
from shared.domain.beneficiary import Beneficiary
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import sanctioned
from shared.domain.mandates import Mandate
from shared.domain.money import Money
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan
from shared.domain.repayment_orders import RepaymentOrder
from shared.domain.scoring import Decision as Scored
from shared.domain.staff import Staff
from shared.domain.telling import SENT, Telling
from shared.domain.waivers import Waiver
from shared.markets import market_at

# Items of one read (DynamoDB's own limit), and callers of the rail at once.
TOGETHER, AT_ONCE = 100, 4
# A message that nobody finished comes again after some seconds, and is given up after five times.
SLOW_SECONDS = 240
POLL_SECONDS = 0.2
REVIEWER, APPROVER = Staff("stf_simulated", ("reviewer",)), Staff("stf_simulated_2", ("approver",))
# A borrower without a loan, who is told something when it must be known that nothing waits to be told.
ONLOOKER = "+919000000000"
AGAIN_AFTER_SECONDS = {"Payments": 5, "Night": 5}


T = TypeVar("T")


class Stage:
    def __init__(self, outside: Outside) -> None:
        cloud, outputs = outside.cloud, outside.outputs
        self.outside = outside
        self.dynamo, self.ssm, self.sqs = (cloud.client(name) for name in ("dynamodb", "ssm", "sqs"))
        # The product's own adapters, wired as its functions are.
        os.environ.update(cloud.environment)
        for door in ("borrower", "disburse", "sign_in"):
            known = cloud.client("lambda").get_function_configuration(FunctionName=f"{STACK}-{door}")
            os.environ.update(known["Environment"]["Variables"])
        self.loans, self.waivers = wiring.loans(), Waivers(wiring.loans().table)
        self.applications, self.plans = Applications(self.loans.table), Plans(self.loans.table)
        self.api = Client(outputs.api_url)
        self.callers = ThreadPoolExecutor(AT_ONCE)
        self.ahead, self.poisoned = timedelta(0), Counter[str]()
        outside.by_hand()
        self._hold_back()
        self._forget_nothing()

    def _forget_nothing(self) -> None:
        """The cloud forgets by this machine's own clock, to which codes and sign-ins of the stage's are long over."""
        for table in (self.outside.outputs.people_table, self.outside.outputs.loans_table):
            off = {"Enabled": False, "AttributeName": "expires_at"}
            self.dynamo.update_time_to_live(TableName=table, TimeToLiveSpecification=off)

    def _hold_back(self) -> None:
        """Two calls of a door at once, the least that a queue's delivery can be told: this machine has few processors,
        and for every call more at a time the local cloud unpacks the door's package once more. What a killed
        worker held comes again soon."""
        functions = self.outside.cloud.client("lambda")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            if ":sqs:" in mapping["EventSourceArn"]:
                functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": 2})
        for queue, seconds in AGAIN_AFTER_SECONDS.items():
            self.sqs.set_queue_attributes(QueueUrl=self.queues[queue], Attributes={"VisibilityTimeout": str(seconds)})

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self, market: str) -> date:
        return business_date(self.now(), TIME_ZONES[market])

    def turn_to(self, day: date, hour: int = 12) -> None:
        """Noon of that day in India, where the rail is, or another hour of light: then it is the same day in China."""
        then = datetime.combine(day, time(hour), ZoneInfo(TIME_ZONES["in"]))
        self.ahead = then - datetime.now(UTC)
        name = f"{self.outside.outputs.parameters}/clock"
        self.ssm.put_parameter(Name=name, Value=f"{self.ahead / timedelta(days=1):.6f}", Overwrite=True)

    def admit(self, phone: str, market: str, account: Beneficiary) -> str:
        """A borrower who has signed in and said where his money goes; his id."""
        borrower_id, check_id, index = self._signed_in(phone, market), wiring.new_id("chk"), wiring.index()
        borrowers, told = wiring.borrowers("borrower"), wiring.loans_table()
        save_bank_account(borrowers, index, wiring.rail, borrower_id, account, check_id, self.now(), told)
        return borrower_id

    def _signed_in(self, phone: str, market: str) -> str:
        identity.pool().admit(phone, None, "en")
        pool = self.outside.outputs.user_pool_id
        user = self.outside.cloud.client("cognito-idp").admin_get_user(UserPoolId=pool, Username=phone)
        borrower_id = f"brw_{user['Username']}"
        wiring.people().open(borrower_id, market, "en")
        return borrower_id

    def sanction(self, loan_id: str, borrower_id: str, contract: Contract, offer_id: str, grade: str) -> None:
        """A loan whose offer was accepted, with the application of a borrower of that grade."""
        at, asked = self.now(), contract.terms.principal
        loan = sanctioned(loan_id, borrower_id, contract, f"app_{loan_id}", offer_id, at)
        scored = Scored("approve", "simulated", 600, grade, (), (), asked, asked)
        whole = (loan.application_id, borrower_id, contract.market, asked, contract.terms.instalments, "cash")
        item = record(Application(*whole, "accepted", at, decision=scored), loan.application_id, "application")
        self.loans.table.transact([Write(item), *self.loans.sanction_writes(loan, contract)])

    def ask_waiver(self, loan_id: str, borrower_id: str, waiver_id: str) -> Waiver | None:
        """The waiver as it was asked for, and granted or not; None when it is refused."""
        request = Request(borrower_id, f"/v1/loans/{loan_id}/waivers", waiver_id, "", 201)
        books: Any = {"loans": self.loans, "applications": self.applications, "waivers_of": self.waivers}
        try:
            return ask_waiver(
                loan_id, "illness", waiver_id, f"aud_{waiver_id}", self.now(), request=request, view=_asked, **books
            )
        except Refused:
            return None

    def ask_plan(self, loan_id: str, borrower_id: str, kind: str, amount: int, plan_id: str) -> HardshipPlan:
        """The plan as it was asked for, agreed by rule or waiting for a reviewer. Raises `Refused`."""
        request = Request(borrower_id, f"/v1/loans/{loan_id}/plans", plan_id, "", 201)
        books: Any = {"loans": self.loans, "plans_of": self.plans, "partners": wiring.partners()}
        wanted = (loan_id, Choice(kind, amount), "illness", plan_id, f"aud_{plan_id}", self.now())
        return ask_plan(*wanted, request=request, view=_itself, **books)

    def decide_plan(self, plan_id: str, state: str) -> HardshipPlan:
        """By a reviewer: `agreed` or `refused`. Raises `Refused`."""
        request = Request(REVIEWER.staff_id, f"/v1/desk/plans/{plan_id}/decision", plan_id, "", 200)
        books: Any = {"loans": self.loans, "plans_of": self.plans, "request": request}
        decided = (plan_id, state, "Seen.", REVIEWER, f"aud_{plan_id}_decided", self.now())
        return decide_plan(*decided, view=_itself, **books)

    def offer_settlement(self, loan_id: str, pay: Money, by: date, name: str) -> str:
        """The state of what one of the staff offered, and another approved where it takes two. Raises `Refused`."""
        given: Any = {"loans": self.loans, "view": lambda _, state: state}
        route = f"/v1/desk/loans/{loan_id}/settlements"
        asked = (loan_id, pay, by, "He is ill.", APPROVER, (name, f"aud_{name}"), self.now())
        made = offer_settlement(*asked, request=Request(APPROVER.staff_id, route, name, "", 201), **given)
        if made != "proposed":
            return made
        decided = (loan_id, name, "offered", "Seen.", REVIEWER, f"aud_{name}_seen", self.now())
        request = Request(REVIEWER.staff_id, f"{route}/{name}/decision", name, "", 200)
        return decide_settlement(*decided, request=request, **given)

    def write_off(self, loan_id: str, name: str) -> None:
        """Proposed by one of the staff and approved by another."""
        given: Any = {"loans": self.loans, "view": _itself}
        asked, approved = (
            Request(member.staff_id, f"/v1/desk/{name}", name, "", 200) for member in (REVIEWER, APPROVER)
        )
        propose_write_off(loan_id, "Gone.", REVIEWER, f"{name}_gone", self.now(), request=asked, **given)
        decided = ("approved", "Seen.", APPROVER, f"{name}_seen", self.now())
        decide_write_off(loan_id, *decided, request=approved, **given)

    def give_mandate(self, loan_id: str, borrower_id: str, limit: Money, mandate_id: str) -> Mandate:
        request = Request(borrower_id, f"/v1/loans/{loan_id}/mandate", mandate_id, "", 201)
        wanted = (loan_id, limit, mandate_id, self.now())
        return give_mandate(*wanted, loans=self.loans, request=request, view=_itself)

    def end_mandate(self, loan_id: str, borrower_id: str) -> None:
        revoke_mandate(loan_id, borrower_id, self.now(), loans=self.loans)

    def state_of_mandate(self, mandate_id: str) -> str:
        found = Mandates(self.loans.table).find(mandate_id)
        return found.state if found else "nowhere"

    def debits(self, loan_ids: Iterable[str]) -> dict[str, str]:
        """The state of the latest debit of each loan that had one."""
        return {item["pk"]: item["state"] for item in self._read((loan_id, DEBIT) for loan_id in loan_ids)}

    def orders_over(self, repayment_ids: Iterable[str]) -> int:
        """Of how many of these orders the stage knows what came."""
        found = self._read((repayment_id, CAME) for repayment_id in repayment_ids)
        return sum(item["state"] in ("settled", "failed") for item in found)

    def order_payout(self, loan_id: str, borrower_id: str, payout_id: str) -> None:
        request = Request(borrower_id, f"/v1/loans/{loan_id}/disbursement", payout_id, "", 202)
        given: dict[str, Any] = {"people": wiring.people(), "loans": self.loans, "request": request}
        order_disbursement(loan_id, payout_id, self.now(), **given, view=str)

    def payouts(self) -> list[dict[str, Any]]:
        """All that the rails of all markets were asked to pay."""
        return [payout for market in TIME_ZONES for payout in self.outside.in_market(market).payouts()]

    def order_repayment(self, order: RepaymentOrder) -> None:
        self.loans.change(new_order(order))

    def tell(self, events: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Events as the rail of each loan's market signs them, several at once."""
        for status in self.callers.map(self._told, events):
            assert status == 200, status

    def _told(self, event: tuple[str, Mapping[str, Any]]) -> int:
        event_id, body = event
        raw, market = json.dumps(body).encode(), self._market_of(body["reference"])
        signed = signature(self.outside.services.rail_secrets[market], event_id, raw)
        path = f"/v1/rails/{market_at(market, self.now()).rails.money}/events"
        return self.api.send("POST", path, raw=raw, key="", headers=signed).status

    def _market_of(self, reference: str) -> str:
        """That of the loan whose payout or repayment order this is."""
        named = self.loans.repayment_order(reference) or self.loans.payout(reference)
        assert named is not None, reference
        return self.loans.get(named.loan_id)[1].market

    def have_been_told(self, notices: Iterable[tuple[str, str]]) -> bool:
        """Whether each of these was sent to its loan's borrower."""
        wanted = [(loan_id, f"{PREFIX}{notice_id}") for loan_id, notice_id in notices]
        return [item["state"] for item in self._read(wanted)] == [SENT] * len(wanted)

    def notices(self, loan_id: str) -> list[Telling]:
        """All that were sent."""
        return [each for each in wiring.notices().of_loan(loan_id).values() if each.state == SENT]

    def texts(self) -> Counter[str]:
        """How many text messages each phone got."""
        inbox = json.loads(self.api.pool.request("GET", self.outside.inbox).data)["sms_messages"]
        return Counter({phone: len(texts) for phone, texts in inbox.items()})

    def heads(self, loan_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The heads of loans as plain items, with the days under which the indexes have them."""
        return {item["pk"]: item for item in self._read((loan_id, HEAD) for loan_id in loan_ids)}

    def _read(self, keys: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        wanted, found, table = list(keys), list[dict[str, Any]](), self.outside.outputs.loans_table
        for start in range(0, len(wanted), TOGETHER):
            part = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in wanted[start : start + TOGETHER]]
            answer = self.dynamo.batch_get_item(RequestItems={table: {"Keys": part, "ConsistentRead": True}})
            found += [unpack(item) for item in answer["Responses"][table]]
        return found

    def two_starts_at_once(self, market: str) -> None:
        list(self.callers.map(self.outside.at_its_hour, [f"night-{market}"] * 2))

    def killing(self, door: str, queue: str, events: Sequence[tuple[str, Mapping[str, Any]]]) -> bool:
        """Tells events while the door that works them off is killed; whether it was at work."""
        with ThreadPoolExecutor(1) as beside:
            killed = beside.submit(self.kill_while_working, door, queue)
            self.tell(events)
            return killed.result()

    def kill_while_working(self, door: str, queue: str, seconds: float = 3) -> bool:
        """Ends the processes of a door while they hold messages of its queue; whether it found any at it."""
        deadline = clock.monotonic() + seconds
        while clock.monotonic() < deadline:
            if self._in_flight(queue):
                workers = self._workers(door)
                for pid in workers:
                    os.kill(pid, signal.SIGKILL)
                return bool(workers)
        return False

    def _in_flight(self, queue: str) -> int:
        name = "ApproximateNumberOfMessagesNotVisible"
        return int(
            self.sqs.get_queue_attributes(QueueUrl=self.queues[queue], AttributeNames=[name])["Attributes"][name]
        )

    def poison(self, queue: str) -> None:
        """Puts a message into it that nobody understands; `poisoned` counts them."""
        self.deliver(queue, [{"nobody": "understands this"}])
        self.poisoned[queue] += 1

    def deliver(self, queue: str, bodies: Iterable[Any]) -> None:
        """Puts messages into a queue by hand."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queues[queue], MessageBody=json.dumps(body))

    def dead_letters(self) -> Counter[str]:
        """How many messages nobody could handle, by the name of their queue in the stack."""
        found, name = Counter[str](), "ApproximateNumberOfMessages"
        for url in self.sqs.list_queues()["QueueUrls"]:
            if queue := re.search(rf"{STACK}-(\w+?)DeadLetters", url):
                asked = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
                found[queue[1]] += int(asked["Attributes"][name])
        return found

    @cached_property
    def queues(self) -> dict[str, str]:
        """The address of each queue that work is taken from, by its name in the stack."""
        urls = self.sqs.list_queues()["QueueUrls"]
        names = ("Night", "Notices", "Payments", "Sweep", "Payouts", "Debits")
        return {name: next(url for url in urls if f"{STACK}-{name}Queue" in url) for name in names}

    def catch_up(self) -> None:
        """Waits until whatever was written so far was looked at by whoever tells borrowers of it.

        The stream is read in its order: what an onlooker is told of now lies in the queue behind all of that.
        """
        notice = ToTell(wiring.new_id("ntc"), "paper_accepted", self.today("in"), {})
        self.loans.table.transact([to_tell(self.loans.table, self.onlooker, notice)])
        until("the onlooker", lambda: self._knows(notice))
        until("the notices", lambda: not self._to_tell())

    def _to_tell(self) -> bool:
        """Whether somebody is still to be told; what nobody understands stays in the queue until it is given up."""
        held = self._held(self.queues["Notices"])
        return bool(held and held > self.poisoned["Notices"] - self.dead_letters()["Notices"])

    def _knows(self, notice: ToTell) -> bool:
        told = BorrowerNotices(self.loans.table).find(self.onlooker, notice)
        return told is not None and told.state == SENT

    @cached_property
    def onlooker(self) -> str:
        return self._signed_in(ONLOOKER, "in")

    def is_quiet(self) -> bool:
        """Whether no queue holds any message; what is dead is not counted."""
        urls = self.sqs.list_queues()["QueueUrls"]
        return not any(self._held(url) for url in urls if f"{STACK}-" in url and "Queue" in url)

    def _held(self, url: str) -> int:
        """How many messages wait in a queue or are in somebody's hands."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def _workers(self, door: str) -> list[int]:
        """The local cloud runs each call of a function in a process of its own, whose environment names it."""
        listed = subprocess.run(
            ["ps", "axeww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
        )
        name, cloud = f"AWS_LAMBDA_FUNCTION_NAME={STACK}-{door}", str(self.outside.cloud.pid)
        rows = [(line.split(None, 2), line.split()) for line in listed.stdout.splitlines()]
        return [int(columns[0]) for columns, words in rows if columns[1] == cloud and name in words]


def _itself(kept: T) -> T:
    return kept


def _asked(kept: Waiver, _: str) -> Waiver:
    return kept


def until(what: str, is_so: Any, seconds: float = SLOW_SECONDS) -> None:
    """Raises `TooLate` when it is not so in time."""
    deadline = clock.monotonic() + seconds
    while not is_so():
        if clock.monotonic() > deadline:
            raise TooLate(f"Waited {seconds:.0f} s for {what}.")
        clock.sleep(POLL_SECONDS)

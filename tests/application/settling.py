"""A lender's day in memory: a desk whose loans are his, and a bank that says of each day what it is told to say."""

from collections import defaultdict
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.adapters.differences import Differences
from shared.adapters.file_store import FileStore
from shared.adapters.flows import Flows
from shared.adapters.rails import Amount, PaymentNews, ReturnNews
from shared.adapters.requests import Request
from shared.adapters.settled_days import Guarantees, SettledDays
from shared.adapters.table import Table, unpack
from shared.application.explain_difference import explain_difference
from shared.application.return_repayment import return_repayment
from shared.application.settle_day import settle_day
from shared.application.settle_repayment import settle_repayment
from shared.domain.reconciliation import Difference, Line, Statement
from shared.domain.settled_day import SettledDay
from shared.domain.staff import Staff
from tests.application.bureau import Bucket
from tests.application.desk import AT, ON, Death, Desk
from tests.domain.lending import rupees
from tests.memory import Dynamo
from tests.sandbox import PARTNERS

ZONE = "Asia/Kolkata"
NIGHT = datetime(2026, 2, 1, 0, 0, tzinfo=UTC)
LENDER = replace(PARTNERS["sahyadri"], partner_id="partner", settlement_account="account")
RAVI, ANITA = Staff("stf_ravi", ("reviewer",)), Staff("stf_anita", ("approver",))


class Bank:
    """Gives both statements: what the loan's journal says, but for what it is told to say otherwise.

    `says` are lines by side and day that it has besides, `omits`, `doubles` and `alters` are ids by side; `lacks` are
    statements that are not there.
    """

    def __init__(self, desk: Desk) -> None:
        self.book, self.loan_id = Table(desk.onlooker, desk.loans.table.name), desk.loan_id
        self.says: dict[tuple[str, date], list[Line]] = defaultdict(list)
        self.omits: set[tuple[str, str]] = set()
        self.doubles: set[tuple[str, str]] = set()
        self.alters: dict[tuple[str, str], int] = {}
        self.lacks: set[tuple[str, date]] = set()
        self.asked = 0
        # What the payer wrote: an order of his loan.
        self.reference: str | None = None

    def of(self, place: str, account: str, on: date, currency: str) -> Statement | None:
        assert (account, currency) == ("account", "INR")
        side = place.partition("/")[0]
        self.asked += 1
        if (side, on) in self.lacks:
            return None
        lines = list(self.says[side, on])
        for _, each in Flows(self.book).of_loan(self.loan_id, ZONE):
            if each.on == on and (side, each.movement_id) not in self.omits:
                amount = self.alters.get((side, each.movement_id), each.amount)
                times = 2 if (side, each.movement_id) in self.doubles else 1
                lines += [Line(each.movement_id, amount, on, self.reference)] * times
        return Statement(account, on, tuple(lines), f"{side}-{on}-{len(lines)}")


class SettlingDesk(Desk):
    """One loan of the lender `partner`, and his settlements."""

    def __init__(self, book: Table, death: Death, onlooker: Any) -> None:
        super().__init__(book, death, onlooker)
        self.bank, self.lender = Bank(self), LENDER
        self.bucket = Bucket(death)
        self.store = FileStore(self.bucket, "lenders")

    def settle_day(self, on: date = ON, at: datetime = NIGHT) -> SettledDay:
        statements: Any = self.bank
        return settle_day(self.lender, on, at, loans=self.loans, statements=statements, store=self.store)

    def explain(self, movement_id: str, member: Staff = RAVI, key: str = "explain", side: str = "rail") -> Any:
        [known] = [each for each in self.differences() if (each.side, each.movement_id) == (side, movement_id)]
        return explain_difference(
            known.difference_id,
            "The bank says so.",
            member,
            self.new_id("aud"),
            NIGHT,
            book=self.loans.table,
            request=Request(member.staff_id, "POST /v1/desk/differences", key, "hash", 200),
            view=lambda now: {"state": now.state},
        )

    def differences(self) -> list[Difference]:
        """All that were ever raised, as the onlooker sees them."""
        watched = Differences(Table(self.onlooker, self.loans.table.name))
        stored = map(unpack, self.onlooker.scan(TableName=self.loans.table.name)["Items"])
        found = [watched.get(item["pk"]) for item in stored if item["sk"] == "difference"]
        return sorted(found, key=lambda each: (each.side, each.movement_id))

    def found(self) -> list[tuple[str, str, str]]:
        return [(each.side, each.kind, each.state) for each in self.differences()]

    def kept(self, on: date = ON) -> SettledDay | None:
        return SettledDays(Table(self.onlooker, self.loans.table.name)).find("partner", on)

    def pool(self) -> Any:
        return Guarantees(Table(self.onlooker, self.loans.table.name)).pool("partner")

    def paid(self) -> "SettlingDesk":
        """Lent and one instalment paid, all on one day."""
        self.lent()
        self.order()
        self.receive()
        return self

    def receive_late(self, amount: str, payment: str, order: str) -> None:
        """The rail tells after midnight what it received on the day before."""
        received = Amount(minor=rupees(amount).minor, currency="INR")
        told: dict[str, Any] = {"payment_id": payment, "reference": order, "amount": received, "received_on": ON}
        news = PaymentNews(type="payment.received", **told)
        settle_repayment(news, self.new_id("pout"), NIGHT, loans=self.loans)

    def receive_on(self, on: date, amount: str) -> None:
        received = Amount(minor=rupees(amount).minor, currency="INR")
        told: dict[str, Any] = {"payment_id": "upi_7", "reference": self.orders()[0].repayment_id, "received_on": on}
        news = PaymentNews(type="payment.received", amount=received, **told)
        settle_repayment(news, self.new_id("pout"), AT + (on - ON), loans=self.loans)

    def bounce_late(self) -> None:
        """The payment goes back on the day after."""
        reference = self.orders()[0].repayment_id
        news = ReturnNews(type="payment.returned", payment_id="upi_1", reference=reference)
        return_repayment(news, NIGHT, loans=self.loans)

    def payout(self) -> str:
        return f"payout.{self.payouts()[0].payout_id}"


def night_after(on: date) -> datetime:
    return AT + (on - ON) + timedelta(days=1)


def in_memory(death: Death) -> SettlingDesk:
    """A desk on a table of its own, whose calls the death counts; an onlooker's are none."""
    client = Dynamo(watched_by=death)
    onlooker = copy(client)
    onlooker.watched_by = None
    return SettlingDesk(Table(client, "loans"), death, onlooker)

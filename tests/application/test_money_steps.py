"""Every money step, killed before and after every call that it makes, and done twice: one effect, books right.

What is killed is tried again as its caller would: a borrower with the same key, a queue with the same message.
Each try makes ids of its own, as a door does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.rails import Amount, NoAnswer, PaymentNews, PayoutNews, Standing
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import Table, Write, load, record, unpack
from shared.application.cancel_loan import cancel_loan
from shared.application.check_book import is_book_right
from shared.application.hear_payout_news import hear_payout_news
from shared.application.order_disbursement import order_disbursement
from shared.application.order_repayment import order_repayment
from shared.application.send_payout import send_payout
from shared.application.settle_payout import settle_payout
from shared.application.settle_repayment import settle_repayment
from shared.domain.borrowers import Beneficiary
from shared.domain.errors import NotFound, Refused
from shared.domain.ledger import balances
from shared.domain.loan import sanctioned
from shared.domain.money import Money
from shared.domain.payouts import Payout
from shared.domain.repayment_orders import RepaymentOrder
from tests.domain.lending import contract, rupees

AT = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)
ON = date(2026, 1, 31)
LATER = timedelta(days=1)


class Killed(BaseException):
    """The machine went away: nothing that the product catches."""


class Death:
    """Comes at one call to the outside, before it is made or after it was done and its reply was lost."""

    def __init__(self) -> None:
        self.calls, self.at, self.comes_after = 0, 0, False

    def counts(self, client: Any) -> None:
        client.meta.events.register("before-call.dynamodb", self.before)
        client.meta.events.register("after-call.dynamodb", self.after)

    def at_call(self, number: int, comes_after: bool) -> None:
        self.calls, self.at, self.comes_after = 0, number, comes_after

    def before(self, **_: Any) -> None:
        self.calls += 1
        if self.calls == self.at and not self.comes_after:
            raise Killed

    def after(self, **_: Any) -> None:
        if self.calls == self.at and self.comes_after:
            raise Killed


@dataclass
class Rail:
    """Pays each id once, and says what it was told to say."""

    death: Death
    says: str = "settled"
    loses_reply: bool = False
    refuses: bool = False
    paid: dict[str, Money] = field(default_factory=dict)

    def send(self, payout: Payout, _: Beneficiary) -> Standing:
        self.death.before()
        if self.refuses:
            return Standing("refused", "refused by the rail (409)")
        if self.says != "failed":
            self.paid.setdefault(payout.payout_id, payout.amount)
        self.death.after()
        if self.loses_reply:
            raise NoAnswer("lost")
        return Standing(self.says)

    def ask(self, payout: Payout) -> Standing | None:
        self.death.before()
        self.death.after()
        return Standing(self.says) if payout.payout_id in self.paid else None


class Accounts:
    """What the vault would open."""

    def beneficiary(self, _: str) -> Beneficiary:
        return Beneficiary("Asha Verma", "000111222", "HDFC0000001")


class Desk:
    """One loan and all that is done with it. Every try has ids of its own; looking on is no call that counts."""

    numbers = count(1)

    def __init__(self, table: Table, death: Death, onlooker: Any) -> None:
        self.onlooker = onlooker
        self.loans, self.rail, self.number = Loans(table), Rail(death), next(self.numbers)
        self.loan_id, self.contract = f"loan_{self.number}", contract()
        loan = sanctioned(self.loan_id, "brw_asha", self.contract, "app_1", "off_1", AT)
        heads = (record(loan, self.loan_id, HEAD), record(self.contract, self.loan_id, CONTRACT))
        table.transact([Write(item) for item in heads])

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"

    def request(self, key: str) -> Request:
        return Request("brw_asha", f"POST /v1/loans/{self.loan_id}", key, "hash", 201)

    def disburse(self, key: str = "disburse") -> Any:
        given = {"loans": self.loans, "request": self.request(key), "view": lambda loan: {"payout": loan.payout_id}}
        return order_disbursement(self.loan_id, self.new_id("pout"), AT, **given)

    def cancel(self, key: str = "cancel") -> Any:
        given = {"loans": self.loans, "request": self.request(key), "view": lambda loan: {"state": loan.state}}
        return cancel_loan(self.loan_id, AT, **given)

    def order(self, amount: str = "969.73", purpose: str = "instalment", key: str = "order") -> Any:
        given = {"loans": self.loans, "request": self.request(key), "view": lambda made: {"id": made.repayment_id}}
        return order_repayment(self.loan_id, self.new_id("pay"), rupees(amount), purpose, AT, **given)

    def send(self) -> Payout:
        accounts: Any = Accounts()
        rail: Any = self.rail
        given = {"loans": self.loans, "borrowers": accounts, "rail": rail}
        return send_payout(self.payouts()[-1].payout_id, self.new_id("pout"), AT, **given)

    def settle(self, status: str = "settled", on: date | None = ON) -> Payout:
        payout_id = self.payouts()[-1].payout_id
        return settle_payout(payout_id, status, on, None, self.new_id("pout"), AT, loans=self.loans)

    def hear(self, news_type: Any) -> Payout | None:
        told = PayoutNews(type=news_type, reference=self.payouts()[-1].payout_id)
        return hear_payout_news(told, self.new_id("pout"), AT, loans=self.loans)

    def receive(
        self, amount: str = "969.73", payment: str = "upi_1", currency: str = "INR", order: str | None = None
    ) -> RepaymentOrder | None:
        news = PaymentNews(
            type="payment.received",
            payment_id=payment,
            reference=order or self.orders()[0].repayment_id,
            amount=Amount(minor=rupees(amount).minor, currency=currency),
            received_on=ON,
        )
        return settle_repayment(news, self.new_id("pout"), AT, loans=self.loans)

    def lent(self) -> "Desk":
        self.disburse()
        self.settle()
        return self

    def payouts(self) -> list[Payout]:
        """In the order in which they were made."""
        found = [load(Payout, item) for item in self.items("payout")]
        return sorted(found, key=lambda payout: int(payout.payout_id.removeprefix("pout_")))

    def orders(self) -> list[RepaymentOrder]:
        return [load(RepaymentOrder, item) for item in self.items("repayment")]

    def items(self, sk: str) -> list[dict[str, Any]]:
        stored = self.onlooker.scan(TableName=self.loans.table.name)["Items"]
        return [item for item in map(unpack, stored) if item["sk"] == sk and item["loan_id"] == self.loan_id]

    def state(self) -> str:
        return self.loans.get(self.loan_id)[0].state

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.loans.entries(self.loan_id)]

    def balance(self, account: str) -> int:
        return balances(self.loans.entries(self.loan_id)).get(account, 0)


@pytest.fixture
def death(loans: Table) -> Death:
    comes = Death()
    comes.counts(loans.client)
    return comes


@pytest.fixture
def desk(loans: Table, death: Death, aws: Any) -> Desk:
    return Desk(loans, death, aws("dynamodb"))


@dataclass(frozen=True)
class Step:
    """A verb, what goes before it, and what must be so when it was done, however often."""

    before: Callable[[Desk], object]
    verb: Callable[[Desk], object]
    state: str
    kinds: list[str]
    payouts: list[str]
    orders: list[str]
    transit: int = 0


LENT = ["payout_ordered", "disbursement"]
CLOSED = [*LENT, "repayment", "closure"]


def nothing(_: Desk) -> None:
    """Straight from the acceptance."""


def paid_too_much(desk: Desk) -> None:
    desk.lent().order("20944", "foreclosure")


def owed_a_refund(desk: Desk) -> None:
    paid_too_much(desk)
    desk.receive("21000")


STEPS = {
    "order_disbursement": Step(
        nothing, Desk.disburse, "disbursing", ["payout_ordered"], ["pending"], [], transit=1_960_000
    ),
    "cancel_loan": Step(nothing, Desk.cancel, "cancelled", ["cancellation"], [], []),
    "send_payout": Step(Desk.disburse, Desk.send, "active", LENT, ["settled"], []),
    "settle_payout": Step(Desk.disburse, Desk.settle, "active", LENT, ["settled"], []),
    "settle_payout that failed": Step(
        Desk.disburse,
        lambda desk: desk.settle("failed"),
        "sanctioned",
        ["payout_ordered", "payout_failed"],
        ["failed"],
        [],
    ),
    "order_repayment": Step(Desk.lent, Desk.order, "active", LENT, ["settled"], ["ordered"]),
    "settle_repayment": Step(
        lambda desk: desk.lent().order(),
        Desk.receive,
        "active",
        [*LENT, "repayment"],
        ["settled"],
        ["settled"],
    ),
    "settle_repayment with a refund": Step(
        paid_too_much,
        lambda desk: desk.receive("21000"),
        "closed",
        [*CLOSED, "refund_ordered"],
        ["settled", "pending"],
        ["settled"],
        transit=5_600,
    ),
    "send_payout of a refund": Step(
        owed_a_refund,
        Desk.send,
        "closed",
        [*CLOSED, "refund_ordered", "refund"],
        ["settled", "settled"],
        ["settled"],
    ),
}


def is_as_wanted(desk: Desk, step: Step) -> None:
    assert desk.state() == step.state
    assert desk.kinds() == step.kinds
    assert [payout.state for payout in desk.payouts()] == step.payouts
    assert [order.state for order in desk.orders()] == step.orders
    assert desk.balance("payouts_in_transit") == step.transit
    assert is_book_right(desk.loan_id, loans=desk.loans)
    assert len(desk.rail.paid) <= 1


def tried(desk: Desk, step: Step) -> str:
    try:
        step.verb(desk)
    except Killed:
        return "killed"
    except Replayed:
        return "replayed"
    return "done"


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(
    name: str, comes_after: bool, loans: Table, death: Death, aws: Any
) -> None:
    step, onlooker = STEPS[name], aws("dynamodb")
    for call in count(1):
        desk = Desk(loans, death, onlooker)
        step.before(desk)
        death.at_call(call, comes_after)
        how = tried(desk, step)
        death.at_call(0, False)
        if how == "done":
            break
        tried(desk, step)

        is_as_wanted(desk, step)
    assert call > 2


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: Desk) -> None:
    step = STEPS[name]
    step.before(desk)
    for _ in range(3):
        tried(desk, step)

    is_as_wanted(desk, step)


@pytest.mark.parametrize("name", ["order_disbursement", "cancel_loan", "order_repayment"])
def test_the_same_key_gets_the_same_answer(name: str, desk: Desk) -> None:
    step = STEPS[name]
    step.before(desk)
    answer = step.verb(desk)

    with pytest.raises(Replayed) as replay:
        step.verb(desk)

    assert (replay.value.status, replay.value.answer) == (201, answer)


def test_a_second_disbursement_with_another_key_is_refused(desk: Desk) -> None:
    desk.disburse()

    with pytest.raises(Refused) as refusal:
        desk.disburse("another")

    assert refusal.value.code == "payout_in_progress"


@pytest.mark.parametrize("verb", [Desk.disburse, Desk.cancel, Desk.order])
def test_anothers_loan_is_not_found(verb: Callable[[Desk], Any], desk: Desk) -> None:
    desk.loan_id = "loan_of_nobody"

    with pytest.raises(NotFound):
        verb(desk)


def test_a_payout_whose_reply_was_lost_is_asked_about_and_paid_once(desk: Desk) -> None:
    desk.disburse()
    desk.rail.loses_reply = True
    assert desk.send().state == "unknown"

    assert desk.send().state == "settled"
    assert (list(desk.rail.paid.values()), desk.state()) == ([rupees("19600")], "active")


def test_a_payout_that_the_rail_took_waits_for_its_news(desk: Desk) -> None:
    desk.disburse()
    desk.rail.says = "accepted"
    assert desk.send().state == desk.send().state == "sent"

    assert desk.settle().state == "settled"
    assert len(desk.rail.paid) == 1


def test_a_refusal_by_a_rail_that_has_paid_already_is_no_failure(desk: Desk, death: Death) -> None:
    """Killed after the rail paid, and its second sending refused: the loan must not be paid out under another id."""
    desk.disburse()
    death.at_call(len(["get", "send"]), comes_after=True)
    with pytest.raises(Killed):
        desk.send()
    death.at_call(0, False)
    assert (desk.payouts()[0].state, len(desk.rail.paid)) == ("pending", 1)
    desk.rail.refuses = True

    assert desk.send().state == "settled"


def test_a_refusal_by_a_rail_that_never_heard_of_a_payout_is_its_failure(desk: Desk) -> None:
    desk.disburse()
    desk.rail.refuses = True

    assert desk.send().state == "failed"
    assert desk.state() == "sanctioned"


def test_a_loan_whose_payout_failed_is_paid_out_under_a_new_id(desk: Desk) -> None:
    desk.disburse()
    desk.settle("failed")
    desk.disburse("again")
    desk.send()

    assert (desk.state(), [payout.state for payout in desk.payouts()]) == ("active", ["failed", "settled"])


def test_news_of_a_payout_that_ended_otherwise_is_told_apart(desk: Desk) -> None:
    desk.disburse()
    ended = desk.hear("payout.settled")

    assert ended is not None and ended.state == "settled"
    assert desk.hear("payout.failed") is None
    assert desk.state() == "active"


def test_money_that_came_back_after_it_was_settled_changes_nothing(desk: Desk) -> None:
    desk.lent()
    desk.hear("payout.returned")

    assert (desk.state(), desk.kinds()) == ("active", LENT)


@pytest.mark.parametrize(("told", "lent_on"), [(ON - 30 * LATER, ON), (ON + LATER, ON), (None, ON)])
def test_a_loan_starts_no_earlier_than_it_was_ordered_and_no_later_than_today(
    told: date | None, lent_on: date, desk: Desk
) -> None:
    desk.disburse()
    desk.settle(on=told)

    assert desk.loans.get(desk.loan_id)[0].disbursed_on == lent_on


def test_a_second_payment_for_an_order_is_booked_too(desk: Desk) -> None:
    desk.lent().order()
    desk.receive(payment="upi_1")
    desk.receive(payment="upi_2", amount="30.27")

    assert desk.orders()[0].received == rupees("1000")
    assert desk.kinds().count("repayment") == 2


def test_money_in_another_currency_is_not_booked(desk: Desk) -> None:
    desk.lent().order()
    desk.receive(currency="CNY")
    assert (desk.kinds(), desk.orders()[0].state) == (LENT, "unmatched")

    desk.receive(payment="upi_2")
    assert desk.receive(payment="upi_3", currency="CNY") is None
    assert (desk.orders()[0].state, desk.orders()[0].received) == ("settled", rupees("969.73"))


def test_money_for_no_order_is_nobodys(desk: Desk) -> None:
    assert desk.receive(order="pay_unknown") is None


def test_money_that_comes_while_a_refund_is_on_its_way_is_refunded_after_it(desk: Desk) -> None:
    owed_a_refund(desk)
    desk.receive("10", payment="upi_2")
    assert [payout.amount for payout in desk.payouts()[1:]] == [rupees("56")]
    desk.send()
    desk.send()

    assert [payout.amount for payout in desk.payouts()[1:]] == [rupees("56"), rupees("10")]
    assert (desk.balance("excess"), desk.balance("principal"), desk.balance("payouts_in_transit")) == (0, 0, 0)
    assert is_book_right(desk.loan_id, loans=desk.loans)


def test_a_refund_that_failed_waits_for_a_person_and_the_money_stays_the_borrowers(desk: Desk) -> None:
    owed_a_refund(desk)
    desk.settle("failed")

    assert (desk.balance("excess"), desk.state()) == (-5_600, "closed")
    assert [payout.state for payout in desk.payouts()] == ["settled", "failed"]

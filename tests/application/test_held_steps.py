"""Money without an order: by a loan's reference it is booked, else held; each step killed anywhere and done again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.audit import Audit
from shared.adapters.held import Held
from shared.adapters.loans import CONTRACT, HEAD
from shared.adapters.rails import NoAnswer, PaymentNews, RefundNews, Standing, news
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.application.check_book import is_book_right
from shared.application.resolve_held import assign_held, return_held
from shared.application.send_refund import hear_refund, send_refund
from shared.application.settle_repayment import settle_repayment
from shared.domain.errors import NotFound, Refused, Unavailable
from shared.domain.held import HeldPayment, held_id
from shared.domain.loan import sanctioned
from shared.domain.references import reference
from shared.domain.staff import Staff
from tests.application.desk import AT, ON, Death, Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.domain.lending import rupees

MEENA = Staff("stf_meena", ("approver",))


@dataclass
class RefundRail:
    """Sends each id back once. With `loses` nobody hears its answers."""

    death: Death
    says: str = "settled"
    loses: bool = False
    refuses: bool = False
    sent: dict[str, str] = field(default_factory=dict)

    def refund(self, held: HeldPayment) -> Standing:
        self.death.before()
        if self.refuses:
            return Standing("refused", "refused by the rail (422)")
        self.sent.setdefault(held.refund_id, self.says)
        self.death.after()
        if self.loses:
            raise NoAnswer("lost")
        return Standing(self.sent[held.refund_id])

    def ask_refund(self, held: HeldPayment) -> Standing | None:
        self.death.before()
        self.death.after()
        return Standing(self.sent[held.refund_id]) if held.refund_id in self.sent else None


class HeldDesk(Desk):
    """Its loan has an id that a reference can name."""

    def __init__(self, book: Table, death: Death, onlooker: Any) -> None:
        super().__init__(book, death, onlooker)
        self.loan_id, self.bank = f"loan_{self.number:026}", RefundRail(death)
        self.came_as = "upi.payment.neft_1"
        loan = sanctioned(self.loan_id, "brw_asha", self.contract, "app_1", "off_1", AT)
        book.transact([Write(record(loan, self.loan_id, HEAD)), Write(record(self.contract, self.loan_id, CONTRACT))])

    def transfer(self, payment: str = "neft_1", amount: str = "500", purpose: str = "instalment") -> str | None:
        return self.receive(amount, payment, order=reference(self.loan_id, purpose))

    def stray(self, payment: str = "neft_1") -> str | None:
        return self.receive("500", payment, order="EMI January")

    def call_back(self, payment: str = "neft_1") -> str | None:
        return self.bounce(payment, order="EMI January")

    def assign(self, key: str = "assign", loan_id: str | None = None) -> Any:
        ids = (self.new_id("aud"), self.new_id("pout"))
        return assign_held(
            self.held().held_id,
            loan_id or self.loan_id,
            "instalment",
            "He sent the bank's receipt.",
            MEENA,
            ids,
            AT + timedelta(days=3),
            **self.by(key),
        )

    def give_back(self, key: str = "return") -> Any:
        return return_held(
            self.held().held_id,
            "A stranger's.",
            MEENA,
            self.new_id("aud"),
            "in",
            ON,
            AT,
            **self.by(key),
        )

    def send_back(self) -> HeldPayment:
        return send_refund(self.held().held_id, loans=self.loans, rails=self.bank_of)

    def bank_of(self, name: str) -> Any:
        self.asked_of.append(name)
        return self.bank

    def hear_back(self, news_type: Any = "refund.settled", number: int = 1) -> HeldPayment | None:
        reference = f"{self.held().held_id}.{number}"
        return hear_refund(RefundNews(type=news_type, reference=reference, reason="closed"), loans=self.loans)

    def by(self, key: str) -> dict[str, Any]:
        request = Request(MEENA.staff_id, "POST /v1/desk/unmatched", key, "hash", 200)
        return {"loans": self.loans, "request": request, "view": lambda held: {"state": held.state}}

    def held(self) -> HeldPayment:
        return Held(Table(self.onlooker, self.loans.table.name)).get(held_id(self.came_as))

    def records(self) -> list[str]:
        found, _ = Audit(Table(self.onlooker, self.loans.table.name)).page("in", "2026-02", None, 20)
        january, _ = Audit(Table(self.onlooker, self.loans.table.name)).page("in", "2026-01", None, 20)
        return [decision.action for decision in (*january, *found)]


@dataclass(frozen=True)
class Step:
    before: Callable[[HeldDesk], object]
    verb: Callable[[HeldDesk], object]
    repayments: int
    held: str | None
    records: list[str]


def lent(desk: HeldDesk) -> None:
    desk.lent()


def strayed(desk: HeldDesk) -> None:
    desk.lent()
    desk.stray()


def assigned(desk: HeldDesk) -> None:
    strayed(desk)
    desk.assign()


def ordered_back(desk: HeldDesk) -> None:
    strayed(desk)
    desk.give_back()


def on_its_way(desk: HeldDesk) -> None:
    ordered_back(desk)
    desk.bank.says = "accepted"
    desk.send_back()


def lost(desk: HeldDesk) -> None:
    ordered_back(desk)
    desk.bank.loses = True


def sent_twice(desk: HeldDesk) -> None:
    """The reply is lost; the message comes again, when the rail answers."""
    desk.send_back()
    desk.bank.loses = False
    desk.send_back()


BACK = ["payment.refund_pending"]
STEPS = {
    "a transfer with the loan's reference": Step(lent, HeldDesk.transfer, 1, None, []),
    "a transfer that names nothing": Step(lent, HeldDesk.stray, 0, "held", []),
    "assigned": Step(strayed, HeldDesk.assign, 1, "assigned", ["payment.assigned"]),
    "ordered back": Step(strayed, HeldDesk.give_back, 0, "refund_pending", BACK),
    "sent back": Step(ordered_back, HeldDesk.send_back, 0, "returned", BACK),
    "sent back, and the reply lost": Step(lost, sent_twice, 0, "returned", BACK),
    "heard to be back": Step(on_its_way, HeldDesk.hear_back, 0, "returned", BACK),
    "heard to have failed": Step(on_its_way, lambda desk: desk.hear_back("refund.failed"), 0, "held", BACK),
    "called back while held": Step(strayed, HeldDesk.call_back, 0, "called_back", []),
    "called back after it was assigned": Step(assigned, HeldDesk.call_back, 0, "called_back", ["payment.assigned"]),
}


@pytest.fixture
def desk(desks: Desks) -> HeldDesk:
    return desks(HeldDesk)


def is_as_wanted(desk: HeldDesk, step: Step) -> None:
    reversed_ids = [entry.reversal_of for entry in desk.loans.entries(desk.loan_id) if entry.reversal_of]
    assert desk.kinds().count("repayment") - len(reversed_ids) == step.repayments
    if step.held is not None:
        assert desk.held().state == step.held
    assert desk.records() == step.records
    assert is_book_right(desk.loan_id, loans=desk.loans)
    assert len(desk.bank.sent) <= 1


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    killed_at_each_call(lambda: desks(HeldDesk), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: HeldDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_money_by_reference_is_meant_for_what_the_reference_says(desk: HeldDesk) -> None:
    """Closing needs no order: the foreclosure's reference and all that is owed."""
    desk.lent()
    desk.transfer(amount="20944", purpose="foreclosure")

    assert desk.state() == "closed"


def test_a_transfer_with_an_orders_reference_settles_that_order(desk: HeldDesk) -> None:
    made = desk.lent().order("500")["id"]
    desk.receive("500", "neft_1", order=reference(made, "order"))
    assert [order.state for order in desk.orders()] == ["settled"]

    desk.bounce("neft_1", order=reference(made, "order"))
    assert [order.state for order in desk.orders()] == ["returned"]


def test_a_reference_of_no_loan_and_money_of_another_currency_are_held(desk: HeldDesk) -> None:
    desk.lent()
    assert desk.receive(payment="neft_1", order=reference("loan_" + "Z" * 26)) is None
    assert desk.held().why == "unknown_reference"
    assert desk.receive(currency="CNY", payment="neft_2", order=reference(desk.loan_id)) is None

    [other] = Held(desk.loans.table).waiting("CNY", None, 20)[0]
    assert other.why == "other_currency"
    with pytest.raises(Refused) as refusal:
        assign_held(
            other.held_id, desk.loan_id, "instalment", "Ours.", MEENA, ("aud_1", "pout_1"), AT, **desk.by("other")
        )
    assert refusal.value.code == "currency_mismatch"


def test_what_is_held_is_listed_page_by_page_and_what_was_resolved_is_not(desk: HeldDesk) -> None:
    desk.lent()
    for payment in ("neft_1", "neft_2", "neft_3"):
        desk.stray(payment)
    desk.assign()
    held = Held(desk.loans.table)
    first, then = held.waiting("INR", None, 1)
    rest, end = held.waiting("INR", then, 5)

    assert {each.payment_id for each in (*first, *rest)} == {"neft_2", "neft_3"}
    assert (len(first), end) == (1, None)


def test_money_that_is_held_is_not_booked_as_well_when_it_is_told_again_and_fits(desk: HeldDesk) -> None:
    strayed(desk)

    assert desk.transfer() is None and desk.kinds().count("repayment") == 0
    desk.assign()
    assert desk.transfer() == desk.loan_id and desk.kinds().count("repayment") == 1


def test_assigned_money_counts_from_the_day_it_came(desk: HeldDesk) -> None:
    assigned(desk)
    [entry] = [entry for entry in desk.loans.entries(desk.loan_id) if entry.kind == "repayment"]

    assert (entry.effective_on, entry.moved("lender_funds")) == (ON, rupees("500").minor)


@pytest.mark.parametrize("other", [HeldDesk.give_back, lambda desk: desk.assign("another")])
def test_what_was_resolved_is_not_resolved_again(other: Callable[[HeldDesk], Any], desk: HeldDesk) -> None:
    assigned(desk)

    with pytest.raises(Refused) as refusal:
        other(desk)
    assert refusal.value.code == "payment_resolved"


def test_what_is_assigned_to_no_loan_is_not_found(desk: HeldDesk) -> None:
    strayed(desk)

    with pytest.raises(NotFound):
        desk.assign(loan_id="loan_of_nobody")
    assert desk.held().state == "held"


def test_news_of_a_return_waits_for_the_payment_that_nothing_is_known_of(desk: HeldDesk) -> None:
    desk.lent()

    with pytest.raises(Unavailable):
        desk.call_back()


def test_money_goes_back_by_the_rail_that_it_came_by(desk: HeldDesk) -> None:
    body = {"type": "payment.received", "payment_id": "neft_1", "reference": "EMI", "received_on": "2026-02-05"}
    told = news({**body, "amount": {"minor": 5, "currency": "INR"}, "rail": "another"}, "card")
    assert isinstance(told, PaymentNews)
    settle_repayment(told, desk.new_id("pout"), AT, loans=desk.loans)
    desk.came_as = told.arrival
    desk.give_back()
    desk.send_back()

    assert desk.asked_of == [told.rail] == ["card"]


def test_a_refund_that_failed_leaves_the_money_held_and_another_has_an_id_of_its_own(desk: HeldDesk) -> None:
    on_its_way(desk)
    desk.hear_back("refund.failed")
    [listed] = Held(desk.loans.table).waiting("INR", None, 5)[0]
    assert (listed.state, listed.refund_reason) == ("held", "closed")
    desk.give_back("another")
    desk.bank.says = "settled"
    desk.send_back()

    assert desk.held().state == "returned" and len(desk.bank.sent) == 2
    assert desk.hear_back("refund.failed", 1) is not None and desk.held().state == "returned"


def test_a_rail_that_takes_no_such_refund_has_failed_it(desk: HeldDesk) -> None:
    ordered_back(desk)
    desk.bank.refuses = True

    assert (desk.send_back().state, desk.held().refund_reason) == ("held", "refused by the rail (422)")


def test_what_goes_back_is_neither_assigned_nor_called_back_meanwhile(desk: HeldDesk) -> None:
    on_its_way(desk)

    with pytest.raises(Refused):
        desk.assign()
    with pytest.raises(Unavailable):
        desk.call_back()


def test_news_of_a_refund_that_nobody_ordered_or_that_ended_otherwise_are_told_so(desk: HeldDesk) -> None:
    ordered_back(desk)
    desk.send_back()

    assert desk.hear_back("refund.failed") is None and desk.held().state == "returned"
    unknown = RefundNews(type="refund.settled", reference="held_X.1")
    assert hear_refund(unknown, loans=desk.loans) is None

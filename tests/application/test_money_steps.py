"""Every money step, killed before and after every call that it makes, and done twice: one effect, books right.

What is killed is tried again as its caller would: a borrower with the same key, a queue with the same message.
Each try makes ids of its own, as a door does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT
from shared.adapters.requests import Replayed
from shared.adapters.table import ANY, Write, record
from shared.application.check_book import is_book_right
from shared.domain.errors import NotFound, Refused, Unavailable
from tests.application.desk import LATER, ON, Death, Desk, Killed
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.domain.lending import rupees


@pytest.fixture
def desk(desks: Desks) -> Desk:
    return desks(Desk)


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


def paid_once(desk: Desk) -> None:
    desk.lent().order()
    desk.receive()


BOUNCED = [*LENT, "repayment", "reversal"]
RETURNED = [*LENT, "reversal", "payout_failed"]

STEPS = {
    "return_repayment": Step(paid_once, Desk.bounce, "active", BOUNCED, ["settled"], ["returned"]),
    "return_payout": Step(
        Desk.lent, lambda desk: desk.hear("payout.returned"), "sanctioned", RETURNED, ["returned"], []
    ),
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


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    killed_at_each_call(lambda: desks(Desk), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: Desk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


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
    death.at_call(len(["get", "get", "mark", "query", "send"]), comes_after=True)
    with pytest.raises(Killed):
        desk.send()
    death.at_call(0, False)
    assert (desk.payouts()[0].state, len(desk.rail.paid)) == ("unknown", 1)
    desk.rail.refuses = True

    assert desk.send().state == "settled"


@pytest.mark.parametrize(("market", "rail"), [("in", "upi"), ("cn", "nucc")])
def test_a_payout_goes_by_the_rail_of_its_market(desk: Desk, market: str, rail: str) -> None:
    contract = replace(desk.contract, market=market)
    desk.loans.table.transact([Write(record(contract, desk.loan_id, CONTRACT), ANY)])
    desk.disburse()
    desk.send()

    assert desk.asked_of == [rail]


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


def test_a_payout_that_came_back_was_never_lent_and_may_be_ordered_again(desk: Desk) -> None:
    desk.lent()
    desk.hear("payout.returned")
    assert (desk.state(), [payout.state for payout in desk.payouts()]) == ("sanctioned", ["returned"])
    assert (desk.balance("principal"), desk.balance("lender_funds"), desk.balance("payouts_in_transit")) == (0, 0, 0)

    desk.disburse("again")
    desk.settle()
    assert (desk.state(), desk.balance("principal")) == ("active", 2_000_000)
    assert is_book_right(desk.loan_id, loans=desk.loans)


def test_news_that_a_payout_was_settled_is_old_once_it_came_back(desk: Desk) -> None:
    desk.lent()
    desk.hear("payout.returned")
    told = desk.hear("payout.settled")

    assert told is not None and told.state == "returned"
    assert desk.state() == "sanctioned"


@pytest.mark.parametrize("before", [Desk.disburse, lambda desk: desk.lent().order()], ids=["payout", "payment"])
def test_news_that_money_came_back_waits_for_the_news_that_it_went(
    before: Callable[[Desk], object], desk: Desk
) -> None:
    before(desk)

    with pytest.raises(Unavailable):
        desk.bounce() if desk.orders() else desk.hear("payout.returned")


def test_nothing_can_come_back_of_a_payout_that_failed(desk: Desk) -> None:
    desk.disburse()
    desk.settle("failed")

    assert desk.hear("payout.returned") is None
    assert desk.state() == "sanctioned"


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


def test_a_prepayment_does_what_was_chosen_with_its_order(desk: Desk) -> None:
    desk.lent().order("969.73", "prepayment", choice="shorter_tenor")
    desk.receive()

    [paid] = [entry for entry in desk.loans.entries(desk.loan_id) if entry.kind == "repayment"]
    assert (paid.purpose, paid.choice) == ("prepayment", "shorter_tenor")


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

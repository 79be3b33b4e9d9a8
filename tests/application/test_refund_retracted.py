"""A refund waits to be sent, and the money that it was to give back is called back meanwhile: it is not sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from shared.application.check_book import is_book_right
from shared.domain.payouts import Payout
from shared.domain.references import reference
from tests.application.desk import Death, Desk
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.rails_desk import RailsDesk
from tests.application.test_night_lives import Meanwhile


def send(desk: RailsDesk, stands: str = "go") -> Payout:
    return Desk.send(desk, stands)


def ordered(desk: RailsDesk) -> str:
    """Closed by two payments, with too much, to an account that takes no money yet; what the larger one named."""
    desk.lent()
    closing = reference(desk.loan_id, "foreclosure")
    desk.pay("upi", desk.reference(), "small")
    desk.pay("upi", closing, "large", 2_300_000)
    assert send(desk, "wait").state == "pending"
    return closing


def all_gone(desk: RailsDesk) -> None:
    desk.tell("upi", "payment.returned", ordered(desk), payment_id="large")


def a_part_gone(desk: RailsDesk) -> None:
    ordered(desk)
    desk.tell("upi", "payment.returned", desk.reference(), payment_id="small")


def sends(desk: RailsDesk) -> None:
    """All that is to be sent, the later order too."""
    for _ in range(2):
        send(desk)


@dataclass(frozen=True)
class Step:
    before: Callable[[RailsDesk], object]
    states: list[str]
    loan: str
    verb: Callable[[RailsDesk], object] = sends


STEPS = {
    "all of it": Step(all_gone, ["settled", "failed"], "active"),
    "a part of it": Step(a_part_gone, ["settled", "failed", "settled"], "closed"),
}


def no_more_is_sent_than_is_his(desk: RailsDesk, step: Step) -> None:
    first, *refunds = desk.payouts()
    loan, _ = desk.loans.get(desk.loan_id)
    assert ([first.state, *(each.state for each in refunds)], loan.state) == (step.states, step.loan)
    assert refunds[0].reason == "not_owed" and refunds[0].payout_id not in desk.rail.paid
    assert (loan.excess, loan.payout_id, loan.refund_failed) == (0, None, False)
    assert desk.balance("payouts_in_transit") == 0
    assert is_book_right(desk.loan_id, loans=desk.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_refund_of_money_that_went_back_is_not_sent_wherever_it_is_killed(
    name: str, comes_after: bool, death: Death
) -> None:
    killed_at_each_call(
        lambda: RailsDesk(death), STEPS[name], no_more_is_sent_than_is_his, death, comes_after=comes_after
    )


@pytest.mark.parametrize("name", STEPS)
def test_a_refund_of_money_that_went_back_is_retracted_once(name: str, death: Death) -> None:
    done_three_times(RailsDesk(death), STEPS[name], no_more_is_sent_than_is_his)


def test_it_is_retracted_also_while_the_account_takes_no_money(death: Death) -> None:
    desk = RailsDesk(death)
    all_gone(desk)

    assert (send(desk, "wait").state, desk.payouts()[-1].reason) == ("failed", "not_owed")


@pytest.mark.parametrize("state", ["unknown", "sent"])
def test_what_may_have_been_sent_is_the_rails_to_end(state: str, death: Death) -> None:
    desk = RailsDesk(death)
    closing = ordered(desk)
    desk.rail.says, desk.rail.loses_reply = "accepted", state == "unknown"
    assert send(desk).state == state
    desk.tell("upi", "payment.returned", closing, payment_id="large")
    desk.rail.says, desk.rail.loses_reply = "settled", False

    assert send(desk).state == "settled"
    assert desk.loans.get(desk.loan_id)[0].excess < 0


@pytest.mark.parametrize("call", range(1, 16))
def test_money_that_goes_back_at_any_moment_before_it_is_claimed_is_not_sent(call: int) -> None:
    meanwhile = Meanwhile()
    desk = RailsDesk(cast(Death, meanwhile))
    closing, found = ordered(desk), list[str]()

    def bounces() -> None:
        desk.tell("upi", "payment.returned", closing, payment_id="large")
        found.append(desk.payouts()[-1].state)

    meanwhile.at_call(call, bounces)
    send(desk)
    meanwhile.at_call(0, bounces)
    sends(desk)
    refund = desk.payouts()[-1]

    assert (refund.payout_id in desk.rail.paid) == (found != ["pending"])
    assert is_book_right(desk.loan_id, loans=desk.loans)

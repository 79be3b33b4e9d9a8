"""A refund that is over on a loan that runs again: the dues before it are booked first, whether or not a night was."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from shared.application.check_book import is_book_right
from shared.application.settle_payout import settle_payout
from shared.application.work_loan import work_loan
from shared.domain import replay
from shared.domain.payouts import Payout
from shared.domain.references import reference
from tests.application.desk import AT, ON, Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.rails_desk import RailsDesk

DUE, LATE = date(2026, 2, 28), date(2026, 3, 2)


def open_again(desk: RailsDesk) -> None:
    """Closed by two payments, with too much; the refund is under way when the larger one is called back."""
    desk.lent()
    desk.pay("upi", desk.reference(), "small")
    closing = reference(desk.loan_id, "foreclosure")
    desk.pay("upi", closing, "large", 2_300_000)
    assert desk.state() == "closed" and desk.loans.get(desk.loan_id)[0].payout_id
    desk.tell("upi", "payment.returned", closing, payment_id="large")
    assert desk.state() == "active"


def in_time(desk: RailsDesk) -> None:
    open_again(desk)
    night(desk, DUE)


def night(desk: RailsDesk, on: date) -> None:
    work_loan(desk.loan_id, on, desk.new_id("pout"), AT + (on - ON), loans=desk.loans)


def is_over(status: str, desk: RailsDesk) -> Payout:
    payout_id, at = desk.payouts()[-1].payout_id, AT + (LATE - ON)
    return settle_payout(payout_id, status, LATE, "closed", desk.new_id("pout"), at, loans=desk.loans)


@dataclass(frozen=True)
class Step:
    status: str
    before: Callable[[RailsDesk], object] = open_again

    def verb(self, desk: RailsDesk) -> object:
        return is_over(self.status, desk)


def are_those_of_a_night_in_time(desk: RailsDesk, step: Step) -> None:
    punctual = RailsDesk(Death())
    in_time(punctual)
    is_over(step.status, punctual)
    for each in (desk, punctual):
        night(each, LATE + timedelta(days=40))
        loan, contract = each.loans.get(each.loan_id)
        entries = each.loans.entries(each.loan_id)
        assert is_book_right(each.loan_id, loans=each.loans)
        assert replay.corrected(loan, contract, entries, replay.given(entries), AT)[1] == ()
    assert desk.kinds() == punctual.kinds()
    accounts = ("principal", "interest_receivable", "excess", "lender_funds", "payouts_in_transit")
    assert {name: desk.balance(name) for name in accounts} == {name: punctual.balance(name) for name in accounts}


@AT_EACH_CALL
@pytest.mark.parametrize("status", ["settled", "failed"])
def test_a_refund_that_is_over_after_a_due_books_that_first(status: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(
        lambda: RailsDesk(death), Step(status), are_those_of_a_night_in_time, death, comes_after=comes_after
    )


@pytest.mark.parametrize("status", ["settled", "failed"])
def test_a_refund_that_is_over_after_a_due_is_over_once(status: str, death: Death) -> None:
    done_three_times(RailsDesk(death), Step(status), are_those_of_a_night_in_time)

"""Money out: whatever the rail does, a loan is paid out once or not at all."""

import time
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until


def paid(outside: Outside, borrower: Borrower) -> list[Any]:
    """What the rail really sent to the borrower's account."""
    payouts = outside.payouts(borrower.person.account_number)
    return [payout for payout in payouts if payout["status"] == "settled"]


@pytest.mark.parametrize(
    "behaviour",
    ["ok", "lose_reply", "lose_callback", "lose_both", "callback_first", "duplicate_callback", "unavailable"],
)
def test_a_loan_is_paid_out_once_whatever_gets_lost(
    outside: Outside, new_borrower: NewBorrower, behaviour: str
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave(behaviour)
    borrower.disburse(loan_id)
    loan = borrower.await_state(loan_id, "active", seconds=60)

    assert len(paid(outside, borrower)) == 1
    assert len(books.entries(borrower, loan_id, "disbursement")) == 1
    assert loan["outstanding"] == {"minor": 2_000_000, "currency": "INR"}
    books.check(borrower, loan_id)


def test_a_payout_that_is_late_leaves_the_loan_waiting_and_takes_no_second_order(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave("delay")
    ordered = borrower.disburse(loan_id)
    until("the rail's order", lambda: len(outside.payouts(borrower.person.account_number)), lambda found: found == 1)
    again = borrower.client.send("POST", f"/v1/loans/{loan_id}/disbursement", {})
    time.sleep(1)

    assert borrower.loan(loan_id)["state"] == "disbursing"
    assert (again.status, again.code) in {(422, "payout_in_progress"), (409, "payout_in_progress")}
    assert paid(outside, borrower) == []

    outside.release(ordered["payout_id"])
    borrower.await_state(loan_id, "active")

    assert len(paid(outside, borrower)) == 1
    books.check(borrower, loan_id)


def test_a_payout_that_the_bank_refuses_may_be_ordered_again(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave("fail")
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "sanctioned")

    assert paid(outside, borrower) == []
    assert books.settled(borrower, loan_id) == {}

    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")

    assert len(paid(outside, borrower)) == 1
    books.check(borrower, loan_id)


def test_a_disbursement_asked_twice_with_one_key_is_one_payout(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    path = f"/v1/loans/{loan_id}/disbursement"
    first = borrower.client.send("POST", path, {}, key="pay-me")
    second = borrower.client.send("POST", path, {}, key="pay-me")
    borrower.await_state(loan_id, "active")

    assert (first.status, second.status) == (202, 202)
    assert first.body == second.body
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(paid(outside, borrower)) == 1


def test_a_loan_that_was_never_paid_out_can_be_cancelled(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    cancelled = borrower.client.send("POST", f"/v1/loans/{loan_id}/cancellation", {})
    refused = borrower.client.send("POST", f"/v1/loans/{loan_id}/disbursement", {})

    assert cancelled.is_success
    assert borrower.loan(loan_id)["state"] == "cancelled"
    assert (refused.status, refused.code) == (422, "loan_not_sanctioned")
    assert outside.payouts(borrower.person.account_number) == []

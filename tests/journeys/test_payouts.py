"""Money out: whatever the rail does, a loan is paid out once or not at all."""

from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import redelivered, until

# In seconds: before its message comes again, the sender's death is to be made up.
LATER = 40


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
    loan = borrower.await_state(loan_id, "active")
    outside.rest()

    assert len(paid(outside, borrower)) == 1
    assert len(books.entries(borrower, loan_id, "disbursement")) == 1
    assert loan["outstanding"] == {"minor": 2_000_000, "currency": "INR"}
    books.check(borrower, loan_id)


def account(borrower: Borrower, digits: str) -> dict[str, str]:
    """One with a number that the rail knows otherwise."""
    person = borrower.person
    return {"holder_name": person.name, "account_number": f"5010029900{digits}", "ifsc": person.ifsc}


def test_money_goes_to_no_account_that_is_somebody_elses_or_was_changed_just_now(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    codes = []
    for digits in ("0013", "0014", "0015", "7777"):
        borrower.client.put("/v1/me/bank-account", account(borrower, digits))
        codes.append(borrower.client.send("POST", f"/v1/loans/{loan_id}/disbursement", {}).code)

    assert codes == [*["account_not_verified"] * 3, "account_cooling"]
    outside.advance(1)
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    assert [payout["status"] for payout in outside.payouts(account(borrower, "7777")["account_number"])] == ["settled"]


def test_an_order_that_the_rail_has_already_is_never_taken_for_refused(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    """The reply was lost, and the borrower has named another account since: the rail is asked first."""
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave("lose_both")
    with redelivered(outside, "Payouts", LATER):
        payout_id = borrower.disburse(loan_id)["payout_id"]
        until("the rail's order", lambda: len(paid(outside, borrower)), lambda found: found == 1)
        until("the lost reply to be noted", lambda: state(outside, payout_id), lambda found: found == "unknown")
    other = {"holder_name": borrower.person.name, "account_number": "50100999988887", "ifsc": borrower.person.ifsc}
    borrower.client.put("/v1/me/bank-account", other)
    loan = borrower.await_state(loan_id, "active")
    outside.rest()

    assert loan["outstanding"]["minor"] == 2_000_000
    assert len([one for one in outside.payouts() if one["reference"] == payout_id]) == 1
    books.check(borrower, loan_id)


def state(outside: Outside, payout_id: str) -> str:
    """Of the payout as it is stored."""
    key = {"pk": {"S": payout_id}, "sk": {"S": "payout"}}
    table = outside.cloud.client("dynamodb")
    return str(table.get_item(TableName=outside.outputs.loans_table, Key=key)["Item"]["state"]["S"])


def test_a_payout_that_is_late_leaves_the_loan_waiting_and_takes_no_second_order(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave("delay")
    ordered = borrower.disburse(loan_id)
    until("the rail's order", lambda: len(outside.payouts(borrower.person.account_number)), lambda found: found == 1)
    again = borrower.client.send("POST", f"/v1/loans/{loan_id}/disbursement", {})
    until("the rail's answer to be noted", lambda: state(outside, ordered["payout_id"]), lambda it: it == "sent")

    assert borrower.loan(loan_id)["state"] == "disbursing"
    assert (again.status, again.code) in {(422, "payout_in_progress"), (409, "payout_in_progress")}
    assert paid(outside, borrower) == []

    outside.release(ordered["payout_id"])
    borrower.await_state(loan_id, "active")
    outside.rest()

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
    outside.rest()

    assert len(paid(outside, borrower)) == 1
    books.check(borrower, loan_id)


def test_a_disbursement_asked_twice_with_one_key_is_one_payout(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    path = f"/v1/loans/{loan_id}/disbursement"
    first = borrower.client.send("POST", path, {}, key="pay-me")
    second = borrower.client.send("POST", path, {}, key="pay-me")
    borrower.await_state(loan_id, "active")
    outside.rest()

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

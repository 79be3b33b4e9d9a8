"""What was known too late: a payout or a payment that came back, and money that was received before it was told."""

from datetime import date, timedelta

from infra.local import late
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower


def test_a_payout_that_comes_back_leaves_a_loan_that_was_never_lent(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.behave("return")
    borrower.disburse(loan_id)
    borrower.client.get_until(
        "the payout's return",
        f"/v1/loans/{loan_id}/ledger",
        lambda ledger: any(entry["kind"] == "payout_failed" for entry in ledger["entries"]),
    )
    outside.rest()
    loan = borrower.loan(loan_id)
    assert (loan["state"], loan["outstanding"]["minor"]) == ("sanctioned", 0)
    books.check(borrower, loan_id)

    borrower.disburse(loan_id)
    assert borrower.await_state(loan_id, "active")["outstanding"]["minor"] == 2_000_000
    books.check(borrower, loan_id)


def test_the_late_borrowers_story_ends_with_a_closed_loan(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    late.story(borrower)
    (loan,) = borrower.client.get("/v1/loans")["loans"]

    assert (loan["state"], loan["days_past_due"], loan["outstanding"]["minor"]) == ("closed", 0, 0)
    books.check(borrower, loan["loan_id"])


def test_a_payment_that_is_told_days_later_counts_from_its_own_day(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    first = borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"][0]
    outside.advance(31)
    outside.night()
    due_on = date.fromisoformat(first["due_on"])
    order = borrower.order_repayment(loan_id, first["total"])
    outside.advance(9)
    outside.night()
    received_on = due_on - timedelta(days=3)
    outside.pay(order["repayment_id"], first["total"], "lender@bank", received_on=received_on.isoformat())
    path = f"/v1/loans/{loan_id}/receipts"
    receipts = borrower.client.get_until("the receipt", path, lambda found: found["receipts"])["receipts"]

    assert receipts[0]["on"] == received_on.isoformat()
    assert borrower.loan(loan_id)["days_past_due"] == 0
    books.check(borrower, loan_id)

"""A whole loan on the deployed stage: the journey that `make run` tells, and its numbers."""

from datetime import date

import pytest

from infra.local import journey
from infra.local.outside import Outside
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until


def rupees(minor: int) -> dict[str, object]:
    return {"minor": minor, "currency": "INR"}


def test_the_journey_of_make_run_reaches_its_end(outside: Outside, capsys: pytest.CaptureFixture[str]) -> None:
    journey.main(outside.cloud, outside.outputs, outside.services)
    told = capsys.readouterr().out

    assert "Key Facts Statement" in told
    assert "Where to look next" in told


def test_a_loan_paid_on_its_days_closes_at_nothing(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan(rupees(600_000), 3)
    schedule = borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    for instalment in schedule:
        outside.advance(days_until(outside, instalment["due_on"]))
        borrower.repay(loan_id, instalment["total"])
        books.check(borrower, loan_id)
    loan = borrower.await_state(loan_id, "closed")
    letter = borrower.client.get(f"/v1/loans/{loan_id}/no-dues-letter")

    assert schedule[-1]["balance"]["minor"] == 0
    assert sum(instalment["principal"]["minor"] for instalment in schedule) == 600_000
    assert loan["outstanding"]["minor"] == 0
    assert letter["loan_id"] == loan_id
    assert "principal" not in books.settled(borrower, loan_id)


def test_what_is_paid_too_much_is_paid_back_once(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    outside.advance(12)
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")["amount"]
    more = {**quoted, "minor": quoted["minor"] + 5_000}
    borrower.repay(loan_id, quoted, "foreclosure", paying=more)
    borrower.await_state(loan_id, "closed")
    until("the refund", lambda: books.entries(borrower, loan_id, "refund"), bool)
    outside.rest()
    assert len(books.entries(borrower, loan_id, "refund")) == 1
    paid = [payout["order"]["amount"]["minor"] for payout in outside.payouts(borrower.person.account_number)]
    books.check(borrower, loan_id)

    assert paid[-1] == 5_000 and len(paid) == 2
    assert borrower.loan(loan_id)["excess"]["minor"] == 0


def test_a_part_payment_ahead_of_time_makes_the_debt_smaller(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    before = borrower.loan(loan_id)["outstanding"]["minor"]
    borrower.repay(loan_id, rupees(300_000), "prepayment")
    after = borrower.loan(loan_id)["outstanding"]["minor"]
    books.check(borrower, loan_id)

    assert after == before - 300_000


def test_every_list_and_statement_reads_at_every_step(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    parts = ("", "/schedule", "/statement", "/ledger", "/repayments")
    sanctioned = [borrower.client.send("GET", f"/v1/loans/{loan_id}{part}").status for part in parts]
    borrower.disburse(loan_id)
    disbursing = [borrower.client.send("GET", f"/v1/loans/{loan_id}{part}").status for part in parts]
    borrower.await_state(loan_id, "active")
    active = [borrower.client.send("GET", f"/v1/loans/{loan_id}{part}").status for part in parts]

    assert sanctioned == disbursing == active == [200] * len(parts)


def days_until(outside: Outside, day: str) -> int:
    return (date.fromisoformat(day) - date.fromisoformat(outside.rail_today())).days

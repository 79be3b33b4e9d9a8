"""Lenders' days on the deployed stage: what moved is compared with two statements, and what differs is dealt with."""

import hashlib
import json
import urllib.request
from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.borrower import Borrower, payee_of
from infra.local.outside import Outside
from infra.local.staff import Member
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.strays import sent_back
from tests.journeys.waiting import until

LENDER = "sahyadri"


@pytest.fixture(scope="module")
def reviewer(outside: Outside) -> Member:
    return Member(outside, "ravi", "reviewer")


@pytest.fixture(scope="module")
def approver(outside: Outside) -> Member:
    return Member(outside, "anita", "approver")


@pytest.fixture(autouse=True)
def a_day_of_its_own(outside: Outside) -> None:
    """What other tests have moved is of days before, and the statements are right."""
    outside.advance(1)
    for side in ("rail", "partner"):
        outside.statements_say(side)


def report(member: Member, on: str) -> Any:
    answer = member.client.send("GET", f"/v1/desk/partners/{LENDER}/report?on={on}")
    return answer.body if answer.is_success else {"state": None}


def settled(outside: Outside, member: Member, on: str, state: str) -> Any:
    outside.settle()
    outside.rest()
    return until("the settlement", lambda: report(member, on), lambda it: it["state"] == state)


def unsettled(outside: Outside) -> int:
    """How many lenders' days were still to be settled; they are by now, if their statements are there."""
    found = outside.settle()["asked"]
    outside.rest()
    return int(found)


def next_day(outside: Outside) -> str:
    """The day that is over by then."""
    on = outside.rail_today()
    outside.advance(1)
    return on


def lent(borrower: Borrower) -> str:
    """The id of a loan of the lender, paid out."""
    borrower.become_ready()
    application = borrower.apply()
    [offer] = [each for each in borrower.offers(application)["matched"] if each["partner_id"] == LENDER]
    loan_id = str(borrower.accept(application, offer)["loan_id"])
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    return loan_id


def pay(outside: Outside, borrower: Borrower, loan_id: str, minor: int) -> str:
    """The rail's id of a payment that is booked."""
    order = borrower.order_repayment(loan_id, {"minor": minor, "currency": "INR"})
    known_as = outside.pay(order["repayment_id"], order["amount"], payee_of(order))
    path = f"/v1/loans/{loan_id}/repayments/{order['repayment_id']}"
    borrower.client.get_until("the payment", path, lambda found: found["state"] == "settled")
    return known_as


def test_a_day_with_payouts_payments_and_a_return_agrees(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member, approver: Member
) -> None:
    borrower = new_borrower()
    loan_id = lent(borrower)
    pay(outside, borrower, loan_id, 50_000)
    bounced = pay(outside, borrower, loan_id, 30_000)
    outside.bounce(bounced)
    until("the return", lambda: books.entries(borrower, loan_id, "reversal"), bool)
    sent_back(outside, approver, "sahyadri.loans@sandbox")
    on = next_day(outside)
    found = settled(outside, reviewer, on, "agreed")
    movements = reviewer.client.get(f"/v1/desk/partners/{LENDER}/movements?on={on}")["movements"]
    [day] = [
        each
        for each in reviewer.client.get(f"/v1/desk/partners/{LENDER}/days?month={on[:7]}")["days"]
        if each["on"] == on
    ]

    kinds = [each["kind"] for each in movements if each["loan_id"] == loan_id]
    assert sorted(kinds) == ["disbursed", "payment_returned", "repaid", "repaid"]
    assert sum(each["amount"]["minor"] for each in movements) == found["net"]["minor"]
    for side in ("rail", "partner"):
        assert found[side]["unexplained"]["minor"] == found[side]["held"]["minor"] == 0
        assert found[side]["net"] == found["net"]
    assert found["fee"]["minor"] >= 0 and found["late_payouts"] == [] and day["state"] == "agreed"
    files = approver.client.get(f"/v1/desk/partners/{LENDER}/files?on={on}")
    [part] = files["parts"]
    with urllib.request.urlopen(part["url"], timeout=10) as answer:
        body = answer.read()
    assert hashlib.sha256(body).hexdigest() == part["sha256"]
    assert sum(json.loads(line)["minor"] for line in body.splitlines()) == found["net"]["minor"]
    until("every lender's day", lambda: unsettled(outside), lambda it: it == 0)


def test_what_the_rail_omits_doubles_and_alters_is_a_difference_until_it_is_put_right_or_explained(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member, approver: Member
) -> None:
    borrower = new_borrower()
    loan_id = lent(borrower)
    omitted, doubled, altered = (pay(outside, borrower, loan_id, minor) for minor in (10_000, 20_000, 30_000))
    outside.statements_say("rail", omit=[omitted], double=[doubled], alter={altered: 29_000})
    on = next_day(outside)
    found = settled(outside, reviewer, on, "differs")

    assert {(each["movement_id"], each["kind"]) for each in found["differences"]} == {
        (f"payment.{omitted}", "missing_at_rail"),
        (f"payment.{doubled}", "amount_differs"),
        (f"payment.{altered}", "amount_differs"),
    }
    assert found["rail"]["unexplained"]["minor"] == -10_000 + 20_000 - 1_000
    assert outside.settle()["unexplained"] >= 31_000

    outside.statements_say("rail", alter={altered: 29_000})
    outside.settle()
    outside.rest()
    path = f"/v1/desk/differences?partner={LENDER}"
    [left] = reviewer.client.get(path)["differences"]
    asked = f"/v1/desk/differences/{left['difference_id']}/explanation"
    done = reviewer.client.post(asked, {"reason": "The bank's typing error, put right by hand."})

    assert (left["movement_id"], left["age_days"], done["state"]) == (f"payment.{altered}", 1, "closed")
    assert settled(outside, approver, on, "agreed")["rail"]["unexplained"]["minor"] == -1_000


def test_a_lenders_statement_that_is_late_is_waited_for(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member
) -> None:
    borrower = new_borrower()
    lent(borrower)
    on = outside.rail_today()
    outside.statements_say("partner", late=[on])
    next_day(outside)
    waiting = settled(outside, reviewer, on, "waiting")
    late = outside.settle()
    outside.rest()
    outside.statements_say("partner")

    assert waiting["partner"] is None and waiting["rail"] is not None and late["unsettled"] >= 1
    assert settled(outside, reviewer, on, "agreed")["partner"] is not None


def test_a_loan_that_is_overdue_for_as_long_as_the_guarantee_says_is_called_in_once(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member
) -> None:
    borrower = new_borrower()
    loan_id = lent(borrower)
    day = next_day(outside)
    settled(outside, reviewer, day, "agreed")
    schedule = borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    trigger = date.fromisoformat(schedule[0]["due_on"]) + timedelta(days=120)
    # At an hour of that day at which borrowers are written to.
    outside.turn_to(10, trigger)
    outside.night()
    for _ in range(2):
        outside.at_its_hour("remind-in")
    claims = f"/v1/desk/claims?partner={LENDER}&limit=100"
    found = until(
        "the claim",
        lambda: reviewer.client.get(claims),
        lambda it: loan_id in [each["loan_id"] for each in it["claims"]],
    )
    [claim] = [each for each in found["claims"] if each["loan_id"] == loan_id]

    assert claim["days_past_due"] == 120
    # Loans of other tests are as late by then, and may have taken all of it before.
    invoked = sum(each["amount"]["minor"] for each in found["claims"])
    assert 0 < invoked == found["pool"]["invoked"]["minor"] <= found["pool"]["cap"]["minor"]
    assert found["pool"]["left"]["minor"] == found["pool"]["cap"]["minor"] - invoked
    # The borrower owes as before.
    assert borrower.loan(loan_id)["state"] == "active"
    books.check(borrower, loan_id)

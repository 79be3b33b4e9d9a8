"""A purchase on the deployed stage: a limit, an order in two calls, the merchant paid, and what he gives back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.borrower import TWENTY_THOUSAND, Borrower
from infra.local.outside import Outside
from infra.local.staff import Member
from tests.journeys import books, strays
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until

MERCHANTS_ACCOUNT = "919020081234567"


def rupees(whole: int) -> dict[str, Any]:
    return {"minor": whole * 100, "currency": "INR"}


def with_a_limit(new_borrower: NewBorrower) -> Borrower:
    borrower = new_borrower()
    borrower.become_ready()
    assert borrower.apply(TWENTY_THOUSAND, purpose="purchase")["state"] == "granted"
    return borrower


def bought(borrower: Borrower, order_id: str, whole: int = 10_000) -> Any:
    """A loan that is paid out to the merchant."""
    loan = borrower.confirm(borrower.reserve(order_id, rupees(whole)))
    borrower.await_state(loan["loan_id"], "active")
    return loan


def credits(outside: Outside, order_id: str) -> list[int]:
    """What the rail paid to the merchant for an order, in minor units."""
    paid = [each for each in outside.payouts(MERCHANTS_ACCOUNT) if each["order"]["remark"] == order_id]
    return [each["order"]["amount"]["minor"] for each in paid if each["status"] == "settled"]


@pytest.mark.parametrize("behaviour", ["ok", "lose_both", "duplicate_callback"])
def test_the_merchant_is_paid_the_price_once(outside: Outside, new_borrower: NewBorrower, behaviour: str) -> None:
    borrower = with_a_limit(new_borrower)
    checkout = borrower.reserve(f"P-{behaviour}", rupees(10_000))
    outside.behave(behaviour)
    loan_id = borrower.confirm(checkout)["loan_id"]
    loan = borrower.await_state(loan_id, "active")
    outside.rest()

    assert credits(outside, f"P-{behaviour}") == [1_000_000]
    assert outside.payouts(borrower.person.account_number) == []
    assert loan["purchase"]["order_id"] == f"P-{behaviour}"
    assert loan["net_disbursed"] == rupees(10_000)
    limit = borrower.client.get("/v1/me/limit")
    assert limit["used"] == loan["outstanding"] and limit["reserved"] == rupees(0)
    books.check(borrower, loan_id)


def test_the_limit_comes_back_as_the_loan_is_repaid(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = with_a_limit(new_borrower)
    loan_id = bought(borrower, "R-1")["loan_id"]
    before = borrower.client.get("/v1/me/limit")
    borrower.repay(loan_id, rupees(4_000), "prepayment")
    after = borrower.client.get("/v1/me/limit")

    assert after["free"]["minor"] - before["free"]["minor"] == before["used"]["minor"] - after["used"]["minor"] > 0
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/cooling-off-quote")
    borrower.repay(loan_id, quoted["amount"], "cooling_off")
    borrower.await_state(loan_id, "closed")
    assert borrower.client.get("/v1/me/limit")["free"] == before["granted"]


def test_a_part_that_the_merchant_gives_back_was_never_lent(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = with_a_limit(new_borrower)
    loan = bought(borrower, "G-1")
    path = f"/v1/loans/{loan['loan_id']}"
    lent = borrower.client.get(path)["outstanding"]["minor"]
    outside.merchant_gives_back(loan["payout_id"], rupees(4_000))
    left = borrower.client.get_until("the refund", path, lambda found: found["outstanding"]["minor"] < lent)

    assert left["outstanding"]["minor"] == lent - 400_000
    assert left["state"] == "active"
    assert len(books.entries(borrower, loan["loan_id"], "merchant_refund")) == 1
    books.check(borrower, loan["loan_id"])


def test_the_whole_price_back_closes_the_loan_and_what_was_paid_comes_back(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = with_a_limit(new_borrower)
    loan = bought(borrower, "G-2")
    borrower.repay(loan["loan_id"], rupees(1_000), "prepayment")
    outside.merchant_gives_back(loan["payout_id"], rupees(10_000))
    borrower.await_state(loan["loan_id"], "closed")
    sent = until(
        "the borrower's money",
        lambda: [each for each in outside.payouts(borrower.person.account_number) if each["status"] == "settled"],
        bool,
    )
    outside.rest()

    assert len(sent) == 1
    assert sent[0]["order"]["amount"] == rupees(1_000)
    limit = borrower.client.get("/v1/me/limit")
    assert limit["free"] == limit["granted"]
    books.check(borrower, loan["loan_id"])


def test_more_than_the_price_is_held_and_goes_back_by_the_rail_that_knows_it(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = with_a_limit(new_borrower)
    loan = bought(borrower, "G-3")
    too_much = outside.merchant_gives_back(loan["payout_id"], rupees(10_001))
    outside.merchant_gives_back(loan["payout_id"], rupees(1_000))
    until("the second refund", lambda: books.entries(borrower, loan["loan_id"], "merchant_refund"), bool)
    outside.rest()

    assert len(books.entries(borrower, loan["loan_id"], "merchant_refund")) == 1
    assert borrower.loan(loan["loan_id"])["state"] == "active"
    approver = Member(outside, "anita", "approver")
    strays.send_back(approver, until("what is too much", lambda: strays.held(approver, too_much), bool))
    strays.settled(outside, too_much)
    [payout] = [each for each in outside.payouts() if each["reference"] == loan["payout_id"]]
    lines = outside.statement(payout["order"]["from_account"], outside.rail_today())
    went = [line for line in lines if line["amount"] == rupees(10_001)]
    assert [(line["kind"], line["direction"]) for line in went] == [
        ("merchant_refund", "in"),
        ("payment_refund", "out"),
    ]


def test_two_devices_at_once_take_no_more_than_the_limit(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = with_a_limit(new_borrower)
    path = "/v1/checkouts"
    orders = [
        {"merchant_id": "lotus", "order_id": f"D-{each}", "amount": rupees(9_000), "tenor_months": 6}
        for each in range(6)
    ]
    with ThreadPoolExecutor(6) as devices:
        answers = list(devices.map(lambda order: borrower.client.send("POST", path, order), orders))

    assert sum(answer.is_success for answer in answers) <= 2
    assert {answer.code for answer in answers if not answer.is_success} <= {"limit_exceeded", "request_in_flight"}
    limit = borrower.client.get("/v1/me/limit")
    assert limit["reserved"]["minor"] <= limit["granted"]["minor"]

"""An order of money to come is one item, which is its request's record too; what came of it lies beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.loans import Loans, changed_order
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import Stale, Table
from shared.domain.errors import NotFound, Refused
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder, paid

AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
HUNDRED = Money(10_000, "INR")


def request(key: str, **changes: Any) -> Request:
    return replace(Request("brw_asha", "POST /v1/loans/loan_1/repayments", key, "hash", 201, "pay"), **changes)


def make(loans: Loans, asked: Request, loan_id: str = "loan_1", minutes: int = 0) -> RepaymentOrder:
    at = AT + timedelta(minutes=minutes)
    order = RepaymentOrder(asked.made_id, loan_id, "brw_asha", HUNDRED, "instalment", "lender@upi", "ordered", at)
    loans.order_repayment(order, asked, {"id": order.repayment_id})
    return order


@pytest.fixture
def book(loans: Table) -> Loans:
    return Loans(loans)


def test_an_order_asked_for_again_is_answered_as_before_whatever_came_of_it(book: Loans) -> None:
    order = make(book, request("one"))
    book.change(changed_order(paid(order, HUNDRED)))

    with pytest.raises(Replayed) as replay:
        make(book, request("one"), minutes=5)
    assert (replay.value.status, replay.value.answer) == (201, {"id": order.repayment_id})
    with pytest.raises(Replayed):
        book.table.answered(request("one"))


def test_a_key_that_comes_with_another_body_is_refused(book: Loans) -> None:
    make(book, request("one"))

    with pytest.raises(Refused) as refusal:
        make(book, request("one", body_hash="other"))
    assert refusal.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    "changes", [{"caller": "brw_ravi"}, {"route": "POST /v1/loans/loan_2/repayments"}, {"key": "two"}]
)
def test_another_request_makes_another_order(changes: dict[str, Any]) -> None:
    first = request("one")

    assert replace(first, **changes).made_id != first.made_id == replace(first, body_hash="other").made_id


def test_an_order_stands_as_what_came_of_it_says(book: Loans) -> None:
    order = make(book, request("one"))
    assert book.repayment_order(order.repayment_id) == order

    for number in (1, 2):
        seen = book.repayment_order(order.repayment_id)
        assert seen is not None
        book.change(changed_order(paid(seen, HUNDRED)))
        came = Money(number * 10_000, "INR")
        assert book.repayment_order(order.repayment_id) == replace(
            order, state="settled", received=came, version=number
        )


def test_of_two_payments_for_an_order_at_once_one_is_decided_again(book: Loans) -> None:
    order = make(book, request("one"))
    book.change(changed_order(paid(order, HUNDRED)))

    with pytest.raises(Stale):
        book.change(changed_order(paid(order, HUNDRED)))


@pytest.mark.parametrize("reference", ["pay_nobodys", "loan_1", "pout_1"])
def test_a_reference_to_no_order_finds_none(reference: str, book: Loans) -> None:
    assert book.repayment_order(reference) is None


def test_a_loans_orders_come_in_pages_oldest_first(book: Loans) -> None:
    made = [make(book, request(str(number)), minutes=number) for number in range(5)]
    make(book, request("of another"), "loan_2")

    first, then = book.repayment_orders("loan_1", None, 2)
    second, after_second = book.repayment_orders("loan_1", then, 2)
    third, end = book.repayment_orders("loan_1", after_second, 2)

    assert [*first, *second, *third] == made
    assert (then, end) == (made[1].repayment_id, None)


def test_a_page_behind_another_loans_order_is_not_found(book: Loans) -> None:
    other = make(book, request("of another"), "loan_2")

    for after in (other.repayment_id, "pay_nobodys"):
        with pytest.raises(NotFound):
            book.repayment_orders("loan_1", after, 2)

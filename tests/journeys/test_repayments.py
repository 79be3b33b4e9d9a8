"""Money in: each payment settles what it says once, and what is not ours to book moves nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from infra.local.sandbox.partner import ANOTHER_SECRET
from infra.local.staff import Member
from tests.journeys import books, events
from tests.journeys.conftest import NewBorrower
from tests.journeys.strays import held
from tests.journeys.waiting import until

# Each call at once is a process of its own on this machine.
AT_ONCE = 8
HUNDRED = {"minor": 10_000, "currency": "INR"}


@pytest.fixture(scope="module")
def owing(new_borrower: NewBorrower) -> tuple[Borrower, str]:
    """A borrower with a running loan; what a test leaves of it does not matter to the next."""
    borrower = new_borrower()
    return borrower, borrower.active_loan()


def today(outside: Outside) -> str:
    return str(outside.rail_today())


def repaid(borrower: Borrower, loan_id: str) -> list[Any]:
    return books.entries(borrower, loan_id, "repayment")


def await_repayments(borrower: Borrower, loan_id: str, number: int) -> None:
    until("the repayments", lambda: len(repaid(borrower, loan_id)), lambda found: found >= number)


def test_a_payment_told_twenty_times_at_once_is_booked_once(outside: Outside, owing: tuple[Borrower, str]) -> None:
    borrower, loan_id = owing
    before = len(repaid(borrower, loan_id))
    order = borrower.order_repayment(loan_id, HUNDRED)
    payment_id = outside.pay(order["repayment_id"], HUNDRED, "lender@sandbox")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda _: outside.redeliver(payment_id), range(20)))
    await_repayments(borrower, loan_id, before + 1)
    again = outside.redeliver(payment_id)
    outside.rest()

    assert {*answers, again} <= {200, 202}
    assert len(repaid(borrower, loan_id)) == before + 1
    books.check(borrower, loan_id)


def test_one_payment_told_under_many_event_ids_is_booked_once(outside: Outside, owing: tuple[Borrower, str]) -> None:
    borrower, loan_id = owing
    before = len(repaid(borrower, loan_id))
    order = borrower.order_repayment(loan_id, HUNDRED)
    event = events.received(order["repayment_id"], "upi_many", 10_000, today(outside))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda number: events.send(outside, f"evt_many_{number}", event), range(20)))
    await_repayments(borrower, loan_id, before + 1)
    outside.rest()
    books.check(borrower, loan_id)

    assert all(answer.is_success for answer in answers)
    assert len(repaid(borrower, loan_id)) == before + 1


def test_twenty_payments_at_once_are_all_booked(outside: Outside, owing: tuple[Borrower, str]) -> None:
    borrower, loan_id = owing
    before = len(repaid(borrower, loan_id))
    orders = [borrower.order_repayment(loan_id, HUNDRED)["repayment_id"] for _ in range(20)]
    day = today(outside)

    def tell(order: str) -> bool:
        return events.send(outside, f"evt_{order}", events.received(order, f"upi_{order}", 10_000, day)).is_success

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert all(threads.map(tell, orders))
    await_repayments(borrower, loan_id, before + 20)
    outside.rest()
    assert len(repaid(borrower, loan_id)) == before + 20
    books.check(borrower, loan_id)


def test_payments_told_in_another_order_end_the_same(outside: Outside, new_borrower: NewBorrower) -> None:
    """The later day's payment is told before the earlier one's."""
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    first_day = today(outside)
    early = borrower.order_repayment(loan_id, HUNDRED, "prepayment")["repayment_id"]
    late = borrower.order_repayment(loan_id, HUNDRED, "prepayment")["repayment_id"]
    outside.advance(1)
    events.send(outside, f"evt_{late}", events.received(late, f"upi_{late}", 10_000, today(outside)))
    await_repayments(borrower, loan_id, 1)
    events.send(outside, f"evt_{early}", events.received(early, f"upi_{early}", 10_000, first_day))
    await_repayments(borrower, loan_id, 2)
    outside.rest()

    books.check(borrower, loan_id)
    assert len(repaid(borrower, loan_id)) == 2


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": ANOTHER_SECRET},
        {"webhook_timestamp": "1600000000"},
        {"webhook_signature": "v1,bm90IGEgc2lnbmF0dXJl"},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,%%%"},
        {"webhook_signature": ""},
        {"webhook_timestamp": "yesterday"},
        {"webhook_id": "evt_another"},
    ],
    ids=lambda forged: "-".join(f"{name}={value[:8]}" for name, value in forged.items()),
)
def test_a_message_with_a_false_signature_moves_nothing(
    outside: Outside, owing: tuple[Borrower, str], forged: dict[str, str]
) -> None:
    borrower, loan_id = owing
    before = books.ledger(borrower, loan_id)
    order = borrower.order_repayment(loan_id, HUNDRED)
    event = events.received(order["repayment_id"], "upi_forged", 10_000, today(outside))
    answer = events.send(outside, "evt_forged", event, **forged)

    assert (answer.status, answer.code) == (401, "signature_invalid")
    assert books.ledger(borrower, loan_id) == before


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "payment.received"},
        {"type": "something.else", "reference": "pay_01J"},
        events.received("pay_01JZZZZZZZZZZZZZZZZZZZZZZZ", "upi_unknown", 10_000, "2026-11-22"),
        events.received("loan_x", "upi_odd", 10_000, "2026-11-22"),
        events.received("pay_01JZZZZZZZZZZZZZZZZZZZZZZZ", "upi_zero", 0, "2026-11-22"),
        events.received("pay_01JZZZZZZZZZZZZZZZZZZZZZZZ", "upi_minus", -5, "2026-11-22"),
        events.received("pay_01JZZZZZZZZZZZZZZZZZZZZZZZ", "upi_day", 5, "2026-02-30"),
    ],
    ids=lambda event: f"{event.get('payment_id', event.get('type', 'empty'))}",
)
def test_a_signed_message_that_makes_no_sense_is_never_an_error_of_ours(outside: Outside, event: Any) -> None:
    answer = events.send(outside, f"evt_{uuid4()}", event)

    assert answer.status < 500


@pytest.mark.parametrize(("minor", "currency"), [(9_999, "INR"), (10_000, "CNY")])
def test_a_payment_of_another_amount_is_booked_as_what_it_is_or_not_at_all(
    outside: Outside, new_borrower: NewBorrower, minor: int, currency: str
) -> None:
    """A payment in another currency is never booked; one of another amount never as the amount that was ordered."""
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    order = borrower.order_repayment(loan_id, HUNDRED, "prepayment")
    event = events.received(order["repayment_id"], f"upi_{order['repayment_id']}", minor, today(outside), currency)
    answer = events.send(outside, f"evt_{order['repayment_id']}", event)
    path = f"/v1/loans/{loan_id}/repayments/{order['repayment_id']}"
    until("a verdict", lambda: borrower.client.get(path), lambda found: found["state"] != "ordered")
    outside.rest()
    books.check(borrower, loan_id)

    assert answer.is_success
    booked = sum(posting["amount"]["minor"] for entry in repaid(borrower, loan_id) for posting in entry["postings"])
    assert booked in ((0, minor) if currency == "INR" else (0,))


def test_money_of_which_another_markets_rail_tells_is_held_and_its_id_is_still_free(
    outside: Outside, owing: tuple[Borrower, str]
) -> None:
    borrower, loan_id = owing
    before, booked = books.ledger(borrower, loan_id), len(repaid(borrower, loan_id))
    order = borrower.order_repayment(loan_id, HUNDRED)
    event = events.received(order["repayment_id"], "the_same_id", 10_000, today(outside))
    assert events.send(outside.in_market("cn"), "evt_of_china", event).is_success
    approver = Member(outside, "anita", "approver")
    found = until("the money", lambda: held(approver, "the_same_id"), bool)
    outside.rest()

    assert (found["why"], found["rail"]) == ("other_rail", "nucc")
    assert books.ledger(borrower, loan_id) == before
    assert events.send(outside, "evt_of_india", event).is_success
    await_repayments(borrower, loan_id, booked + 1)
    outside.rest()
    books.check(borrower, loan_id)
    assert held(approver, "the_same_id") == found


def test_a_loan_given_back_within_the_cooling_off_days_costs_its_days_and_nothing_else(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    outside.advance(2)
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/cooling-off-quote")
    borrower.repay(loan_id, quoted["amount"], "cooling_off")
    loan = borrower.await_state(loan_id, "closed")
    books.check(borrower, loan_id)

    assert loan["outstanding"]["minor"] == 0
    assert borrower.client.get(f"/v1/loans/{loan_id}/no-dues-letter")


def test_the_cooling_off_ends(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    outside.advance(10)
    refused = borrower.client.send("GET", f"/v1/loans/{loan_id}/cooling-off-quote")

    assert (refused.status, refused.code) == (422, "cooling_off_over")


def test_a_closed_loan_takes_no_repayment(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    borrower.repay(loan_id, quoted["amount"], "foreclosure")
    borrower.await_state(loan_id, "closed")
    body = {"amount": HUNDRED, "purpose": "instalment", "method": "upi"}
    refused = borrower.client.send("POST", f"/v1/loans/{loan_id}/repayments", body)

    assert (refused.status, refused.code) == (422, "loan_not_active")


def test_a_letter_of_no_dues_waits_for_the_end(owing: tuple[Borrower, str]) -> None:
    borrower, loan_id = owing
    refused = borrower.client.send("GET", f"/v1/loans/{loan_id}/no-dues-letter")

    assert (refused.status, refused.code) == (422, "dues_outstanding")

"""What a statement calls by one name is told apart in a settlement: by its day, by what became of it, by lender.

A rail's id is good among its own payments: another rail may use it, on another day.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.held import Held
from shared.adapters.loans import CONTRACT, HEAD
from shared.adapters.rails import Amount, PaymentNews, RefundNews
from shared.adapters.requests import Request
from shared.adapters.table import Write, record
from shared.application.resolve_held import assign_held, return_held
from shared.application.send_refund import hear_refund
from shared.application.settle_repayment import settle_repayment
from shared.domain.held import HeldPayment, held_id
from shared.domain.reconciliation import Line, Seen
from tests.application.desk import AT, ON, Death
from tests.application.settling import ANITA, SettlingDesk, in_memory, night_after

DAY = timedelta(days=1)
NAME, LATER = "payment.1", ON + 20 * DAY


@pytest.fixture
def desk(death: Death) -> SettlingDesk:
    desk = in_memory(death)
    desk.lent()
    desk.order("5000")
    return desk


def told(desk: SettlingDesk, on: date, minor: int, rail: str = "upi", reference: str = "") -> str | None:
    news = PaymentNews(
        type="payment.received",
        payment_id="1",
        reference=reference or desk.orders()[0].repayment_id,
        amount=Amount(minor=minor, currency="INR"),
        received_on=on,
        rail=rail,
    )
    return settle_repayment(news, desk.new_id("pout"), AT + (on - ON), loans=desk.loans)


def said(desk: SettlingDesk, on: date, minor: int, name: str = NAME, reference: str | None = None) -> None:
    """By both, as what the desk's own books have is."""
    for side in ("rail", "partner"):
        desk.bank.says[side, on].append(Line(name, minor, on, reference))


def settled(desk: SettlingDesk, *days: date) -> list[str]:
    return [desk.settle_day(on, night_after(on)).state for on in days]


def of_rail(desk: SettlingDesk) -> list[tuple[str, str, Seen | None, Seen | None]]:
    """In the order in which they were raised."""
    found = sorted((each for each in desk.differences() if each.side == "rail"), key=lambda each: each.on)
    return [(each.kind, each.state, each.here, each.there) for each in found]


@pytest.mark.parametrize("later", [ON + DAY, ON + 3 * DAY, LATER])
def test_a_payment_that_is_missing_at_the_rail_is_not_the_one_of_another_rail_later(
    later: date, desk: SettlingDesk
) -> None:
    """Each is raised, and each closes by itself."""
    desk.bank.omits.add(("rail", NAME))
    told(desk, ON, 20_000)
    told(desk, later, 30_000, rail="card", reference=str(desk.order("300", method="card")["id"]))
    settled(desk, ON, later)
    assert of_rail(desk) == [
        ("missing_at_rail", "open", Seen(20_000, ON), None),
        ("missing_at_rail", "open", Seen(30_000, later), None),
    ]

    desk.bank.omits.clear()
    assert settled(desk, later) == ["agreed"]
    assert [state for _, state, _, _ in of_rail(desk)] == ["open", "closed"]
    assert settled(desk, ON) == ["agreed"]
    assert [state for _, state, _, _ in of_rail(desk)] == ["closed", "closed"]


@pytest.mark.parametrize("later", [ON + 3 * DAY, LATER])
def test_lost_news_of_a_payment_are_missing_though_another_rail_used_its_id_before(
    later: date, desk: SettlingDesk
) -> None:
    """The loan has had a payment of that name and sum, which is on the statement of its own day."""
    told(desk, ON, 20_000)
    said(desk, later, 20_000, reference=desk.orders()[0].repayment_id)
    states = settled(desk, ON, later)

    assert states == ["agreed", "differs"]
    assert of_rail(desk) == [("missing_here", "open", None, Seen(20_000, later))]


def test_lost_news_are_missing_though_money_of_the_same_name_is_held_from_before(desk: SettlingDesk) -> None:
    told(desk, ON, 20_000, reference="EMI January")
    said(desk, ON, 20_000)
    said(desk, LATER, 20_000)

    assert settled(desk, ON, LATER) == ["agreed", "differs"]
    assert of_rail(desk) == [("missing_here", "open", None, Seen(20_000, LATER))]


def test_an_explanation_is_not_of_the_other_rails_payment(desk: SettlingDesk) -> None:
    said(desk, ON, 20_000)
    settled(desk, ON)
    desk.explain(NAME)
    said(desk, LATER, 20_000)
    settled(desk, LATER)

    assert [(state, there) for _, state, _, there in of_rail(desk)] == [
        ("closed", Seen(20_000, ON)),
        ("open", Seen(20_000, LATER)),
    ]
    settled(desk, ON, LATER)
    assert [state for _, state, _, _ in of_rail(desk)] == ["closed", "open"]


def held(desk: SettlingDesk, minor: int = 50_000) -> HeldPayment:
    told(desk, ON, minor, reference="EMI January")
    return Held(desk.loans.table).get(held_id("upi.payment.1"))


def by(key: str, view: Any = lambda held: held.refund_id) -> dict[str, Any]:
    request = Request(ANITA.staff_id, "POST /v1/desk/unmatched", key, "hash", 200)
    return {"request": request, "view": view}


def test_held_money_of_another_sum_than_the_statement_has_differs(desk: SettlingDesk) -> None:
    held(desk, 50_000)
    said(desk, ON, 500_000)

    assert settled(desk, ON) == ["differs"]
    assert of_rail(desk) == [("amount_differs", "open", Seen(50_000, ON), Seen(500_000, ON))]
    assert [each.unexplained for each in desk.differences()] == [450_000] * 2


def test_held_money_that_is_on_the_statement_twice_differs(desk: SettlingDesk) -> None:
    held(desk)
    said(desk, ON, 50_000)
    said(desk, ON, 50_000)

    assert settled(desk, ON) == ["differs"]
    assert [each.unexplained for each in desk.differences()] == [50_000] * 2


def test_two_that_are_held_under_one_name_are_their_sum_on_the_statement(desk: SettlingDesk) -> None:
    for rail, minor in (("upi", 20_000), ("card", 30_000)):
        told(desk, ON, minor, rail, "EMI January")
        said(desk, ON, minor)

    assert settled(desk, ON) == ["agreed"]


@pytest.mark.parametrize("is_assigned", [False, True])
def test_money_that_the_bank_called_back_and_no_news_told_is_missing_here(
    is_assigned: bool, desk: SettlingDesk
) -> None:
    """It is held, or in a loan's books, as if it were still there."""
    known = held(desk)
    said(desk, ON, 50_000)
    if is_assigned:
        for side in ("rail", "partner"):
            desk.bank.says[side, ON].clear()
        ids = ("aud_1", "pout_x")
        assign_held(known.held_id, desk.loan_id, "instalment", "His.", ANITA, ids, AT, loans=desk.loans, **by("assign"))
    said(desk, ON + DAY, -50_000, "payment_return.1", "EMI January")

    assert settled(desk, ON, ON + DAY) == ["agreed", "differs"]
    assert of_rail(desk) == [("missing_here", "open", None, Seen(-50_000, ON + DAY))]


def test_a_refund_that_failed_here_and_is_on_the_statement_is_missing_here(desk: SettlingDesk) -> None:
    known = held(desk)
    said(desk, ON, 50_000)
    first = return_held(known.held_id, "Not ours.", ANITA, "aud_1", "in", ON, AT, loans=desk.loans, **by("back"))
    hear_refund(RefundNews(type="refund.failed", reference=first, reason="closed"), loans=desk.loans)
    said(desk, ON + DAY, -50_000, f"payment_refund.{first}", first)

    assert settled(desk, ON, ON + DAY) == ["agreed", "differs"]
    second = return_held(known.held_id, "Not ours.", ANITA, "aud_2", "in", ON, AT, loans=desk.loans, **by("again"))
    hear_refund(RefundNews(type="refund.settled", reference=second), loans=desk.loans)
    said(desk, ON + 2 * DAY, -50_000, f"payment_refund.{second}", second)

    assert settled(desk, ON + DAY, ON + 2 * DAY) == ["differs", "agreed"]


def test_what_came_into_a_lenders_account_is_not_there_for_another_lenders_loan(desk: SettlingDesk) -> None:
    """Staff assigned it to a loan of his, whose account has never had it."""
    known, (loan, contract) = held(desk), desk.loans.get(desk.loan_id)
    other = replace(loan, loan_id="loan_other", partner_id="other")
    heads = (record(other, other.loan_id, HEAD), record(contract, other.loan_id, CONTRACT))
    desk.loans.table.transact([Write(item) for item in heads])
    ids = ("aud_1", "pout_x")
    assign_held(known.held_id, other.loan_id, "instalment", "His.", ANITA, ids, AT, loans=desk.loans, **by("assign"))
    said(desk, ON, 50_000)

    assert settled(desk, ON) == ["differs"]
    assert of_rail(desk) == [("missing_here", "open", None, Seen(50_000, ON))]

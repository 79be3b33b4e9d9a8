"""The past may change: whatever arrives late, comes back or is entered in another order, the books end up the same."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from shared.domain import replay
from shared.domain.allocation import COMPONENTS, Waterfall
from shared.domain.contract import Contract
from shared.domain.ledger import RECEIVABLE, balances, live
from shared.domain.loan import fold
from shared.domain.money import Money
from shared.domain.penal import Penalty
from shared.domain.repayment import Receipt
from shared.domain.schedule import schedule
from shared.domain.terms import Terms
from tests.domain.lending import AT, Life, contract, rupees

LENT = [date(2026, 1, 31), date(2027, 12, 31), date(2028, 2, 29), date(2026, 3, 15)]
ORDERS = [
    Waterfall(("penalty", "fee", "interest", "principal"), ("interest", "principal"), ("interest", "principal")),
    Waterfall(("interest", "principal", "fee", "penalty"), ("interest", "principal", "fee", "penalty")),
    Waterfall(("principal", "interest", "penalty", "fee"), ("principal", "interest"), ("principal",), is_vertical=True),
]
PENALTIES = [
    None,
    Penalty("charge", Decimal("0.24"), 3, cap_share=Decimal("0.10"), tax_rate=Decimal("0.18")),
    Penalty("charge", Decimal("0.24"), 3, "defers"),
    Penalty("rate", Decimal("0.225"), day_count="actual/360"),
]
WAYS: list[dict[str, Any]] = [
    {},
    {"recalculation": "none", "interest_on_overdue": False},
    {"interest_on_overdue": False, "interest_period": "daily", "day_count": "actual/actual-ISDA"},
    {"interest_method": "flat", "recalculation": "none", "interest_on_overdue": False},
    {"due_day": 5, "first_due_after_days": 10},
    {"month_end": "stays_last"},
    {"every": (2, "week"), "interest_period": "daily", "day_count": "actual/365"},
]
PURPOSES = ["instalment", "prepayment", "foreclosure", "cooling_off"]


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    principal, rate = draw(st.sampled_from(["20000", "0.05", "1000.01"])), draw(st.sampled_from(["0", "0.15", "0.36"]))
    terms = Terms(rupees(principal), Decimal(rate), draw(st.sampled_from([1, 3, 7])), **draw(st.sampled_from(WAYS)))
    return contract(
        fees="0",
        terms=terms,
        instalment=schedule(terms, LENT[0])[0].total,
        waterfall=draw(st.sampled_from(ORDERS)),
        penal=draw(st.sampled_from(PENALTIES)),
        prepayment=draw(st.sampled_from(["shorter_tenor", "smaller_instalment"])),
    )


# Each payment: days after the disbursement (all different), minor units, purpose, and whether it comes back.
PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 300),
        st.one_of(st.integers(1, 400_000), st.integers(1, 5), st.just(3_000_000)),
        st.sampled_from(PURPOSES),
        st.booleans(),
    ),
    max_size=7,
    unique_by=lambda payment: payment[0],
)


def paid(life: Life, payments: list[tuple[int, int, str, bool]], order: list[int], lent_on: date) -> Life:
    """The payments in the order of arrival; then some come back, the first to arrive last."""
    for index in order:
        days, minor, purpose, _ = payments[index]
        life.paid = index
        life.pay(Money(minor, "INR"), lent_on + timedelta(days=days), purpose)
    for index in reversed(order):
        if payments[index][3]:
            life.comes_back(index + 1)
    return life


def told(life: Life) -> list[Any]:
    """What stands in the books, without when and in which order it was entered."""
    return [replace(entry, entry_id=entry.name, revision=0, sequence=0, recorded_at=AT) for entry in live(life.entries)]


def told_head(life: Life) -> Any:
    return replace(life.loan, sequence=0, revision=0)


@settings(max_examples=1500, deadline=None, print_blob=True)
@given(contracts(), st.sampled_from(LENT), PAYMENTS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_books_of_the_order_of_dates(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]], chance: Any
) -> None:
    order = list(range(len(payments)))
    chance.shuffle(order)
    note(f"arrival {order}")
    late = paid(Life(agreed, lent_on), payments, order, lent_on)
    in_time = Life(agreed, lent_on)
    for index in sorted(order, key=lambda index: payments[index][0]):
        days, minor, purpose, comes_back = payments[index]
        if not comes_back:
            in_time.paid = index
            in_time.pay(Money(minor, "INR"), lent_on + timedelta(days=days), purpose)
    through = lent_on + timedelta(days=400)
    late.until(through).check()
    in_time.until(through).check()

    assert told(late) == told(in_time)
    assert balances(late.entries) == balances(in_time.entries)
    head, entries = replay.as_of(late.loan, agreed, late.entries, through, AT)
    assert told(in_time) == [replace(entry, sequence=0) for entry in entries]
    assert replace(head, sequence=0) == told_head(late) == told_head(in_time)


@settings(max_examples=500, deadline=None, print_blob=True)
@given(contracts(), st.sampled_from(LENT), PAYMENTS)
def test_whatever_happens_every_amount_is_accounted_for(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]]
) -> None:
    life = paid(Life(agreed, lent_on), payments, list(range(len(payments))), lent_on)
    life.until(lent_on + timedelta(days=400)).check()

    standing = live(life.entries)
    kept = sum(minor for _, minor, _, comes_back in payments if not comes_back)
    assert life.balance("lender_funds") == kept - agreed.net_disbursed.minor
    assert (
        life.loan.excess >= 0
        and min((getattr(due, part) for due in life.loan.dues for part in COMPONENTS), default=0) >= 0
    )
    for entry in standing:
        if entry.kind == "repayment":
            settled = sum(line.amount for line in entry.lines)
            received = entry.moved("lender_funds")
            assert settled + entry.ahead + entry.moved("excess") * -1 <= received + entry.debited("excess")
    demanded = sum(entry.due.principal for entry in standing if entry.due)
    early = -life.moved("principal", "repayment") - sum(
        line.amount
        for entry in standing
        if entry.kind == "repayment"
        for line in entry.lines
        if line.component == "principal"
    )
    assert demanded + early == agreed.terms.principal.minor - life.loan.not_yet_due


@settings(max_examples=200, deadline=None)
@given(contracts(), st.sampled_from(LENT), PAYMENTS, st.integers(0, 350))
def test_a_day_in_the_past_is_what_the_books_of_that_day_say(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]], days: int
) -> None:
    on = lent_on + timedelta(days=days)
    then = [payment for payment in payments if payment[0] <= days]
    at_the_time = paid(Life(agreed, lent_on), then, list(range(len(then))), lent_on).until(on)
    later = paid(
        Life(agreed, lent_on), then + [late for late in payments if late[0] > days], list(range(len(payments))), lent_on
    )
    head, entries = replay.as_of(later.loan, agreed, later.entries, on, AT)

    assert [replace(entry, sequence=0) for entry in entries] == told(at_the_time)
    assert fold(at_the_time.start, agreed, entries) == replace(head, version=0)


def test_the_receivables_are_the_open_dues_with_penal_charges_too() -> None:
    life = Life(contract(penal=PENALTIES[1])).until(date(2026, 6, 30))
    for part in COMPONENTS:
        if part != "principal":
            assert life.balance(RECEIVABLE[part]) == sum(getattr(due, part) for due in life.loan.dues)


def test_a_correction_reverses_what_follows_and_leaves_what_was_before() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), date(2026, 2, 28))
    life.until(date(2026, 3, 31))
    before = list(life.entries)
    life.pay(rupees("500"), date(2026, 3, 10), "prepayment")
    life.check()

    assert life.entries[: len(before)] == before
    assert [(entry.entry_id, entry.effective_on.isoformat()) for entry in life.entries[len(before) :]] == [
        ("reversal.due.2~1", "2026-03-31"),
        ("repayment.upi.payment.upi2", "2026-03-10"),
        ("due.2~1", "2026-03-31"),
    ]


def test_an_entry_that_is_corrected_twice_has_the_second_corrections_name() -> None:
    life = Life(contract()).until(date(2026, 3, 31))
    for day in (20, 10):
        life.pay(rupees("1"), date(2026, 3, day))

    assert [entry.entry_id for entry in live(life.entries) if entry.kind == "due"] == ["due.1", "due.2~2"]


def test_money_that_comes_back_twice_comes_back_once() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), date(2026, 2, 28))
    life.comes_back(1)
    once = len(life.entries)
    life.comes_back(1)

    assert len(life.entries) == once
    assert life.balance("lender_funds") == -1_960_000


def test_a_payment_that_comes_back_after_its_refund_leaves_the_borrower_owing_it() -> None:
    life = Life(contract())
    life.pay(rupees("21000"), date(2026, 2, 1), "foreclosure")
    refunded = life.refund(date(2026, 2, 2))
    life.comes_back(1)

    assert life.loan.state == "active"
    assert life.loan.excess == -refunded.minor
    life.check()
    # What he was given too much is filled before anything goes ahead.
    life.pay(rupees("1"), date(2026, 2, 3))
    assert life.loan.excess == -refunded.minor + 100
    life.check()


@pytest.mark.parametrize("days", [0, 1, 40])
def test_only_money_older_than_the_books_is_late(days: int) -> None:
    life = Life(contract())
    life.pay(rupees("1"), date(2026, 2, 10))
    receipt = Receipt("upi.payment.upi9", rupees("1"), "instalment", date(2026, 2, 10) - timedelta(days=days), AT)

    assert replay.is_late(life.loan, receipt) == (days > 0)


@settings(max_examples=300, deadline=None)
@given(
    contracts(), st.sampled_from(LENT), st.integers(0, 200), st.lists(st.integers(1, 90_000), min_size=1, max_size=6)
)
def test_money_that_comes_in_pieces_on_one_day_leaves_the_books_of_one_payment(
    agreed: Contract, lent_on: date, days: int, pieces: list[int]
) -> None:
    """Where closing early has its price, what may be paid ahead depends on what was: to a paisa, and so left out."""
    agreed, on = replace(agreed, foreclosure_rate=Decimal(0)), lent_on + timedelta(days=days)
    whole, parts = Life(agreed, lent_on), Life(agreed, lent_on)
    whole.pay(Money(sum(pieces), "INR"), on)
    for piece in pieces:
        parts.pay(Money(piece, "INR"), on)
    through = lent_on + timedelta(days=400)
    whole.until(through).check()
    parts.until(through).check()

    assert {name: minor for name, minor in balances(parts.entries).items() if minor} == {
        name: minor for name, minor in balances(whole.entries).items() if minor
    }
    assert parts.loan.dues == whole.loan.dues

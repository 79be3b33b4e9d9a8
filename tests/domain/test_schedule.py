"""Schedules against published figures, and the rules that hold for every loan."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import Money, total
from shared.domain.schedule import Instalment, Row, schedule
from shared.domain.terms import Terms

LENT_ON = date(2026, 1, 31)


def rupees(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "INR")


def monthly(principal: str, annual_rate: str, instalments: int, **others: object) -> Terms:
    return Terms(rupees(principal), Decimal(annual_rate), instalments, **others)  # type: ignore[arg-type]


def interest(rows: tuple[Instalment, ...]) -> Money:
    return total((row.interest for row in rows), "INR")


# 1.35 % a month is 16.2 % a year.
@pytest.mark.parametrize(
    ("principal", "instalments", "first", "last"),
    [("10000", 3, "3423.74", "3423.72"), ("10000", 12, "908.26", "908.19"), ("100000", 36, "3525.59", "3525.35")],
)
def test_at_1_35_percent_a_month_the_last_instalment_takes_the_paise_that_rounding_left(
    principal: str, instalments: int, first: str, last: str
) -> None:
    rows = schedule(monthly(principal, "0.162", instalments), LENT_ON)

    assert {row.total for row in rows[:-1]} == {rupees(first)}
    assert rows[-1].total == rupees(last)


def test_the_interest_of_a_small_loan_is_the_sum_of_its_rows() -> None:
    assert interest(schedule(monthly("10000", "0.162", 3), LENT_ON)) == rupees("271.20")


# Instalments that regulators and textbooks print.
@pytest.mark.parametrize(
    ("principal", "annual_rate", "instalments", "expected"),
    [
        ("20000", "0.15", 24, "969.73"),  # RBI/2024-25/18, Key Facts Statement, Annex B
        ("162000", "0.03875", 360, "761.78"),  # CFPB, Closing Disclosure H-25(B)
        ("100000", "0.07", 360, "665.30"),  # Mississippi State University Extension, P3920
        ("12000", "0", 7, "1714.29"),  # nothing but principal
    ],
)
def test_level_instalments_are_those_published(
    principal: str, annual_rate: str, instalments: int, expected: str
) -> None:
    assert schedule(monthly(principal, annual_rate, instalments), LENT_ON)[0].total == rupees(expected)


def test_due_dates_keep_the_day_of_disbursement() -> None:
    rows = schedule(monthly("10000", "0.162", 3), LENT_ON)

    assert [row.due_on for row in rows] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_first_due_date_agreed_apart_becomes_the_anchor() -> None:
    rows = schedule(monthly("10000", "0.162", 3), LENT_ON, first_due_on=date(2026, 3, 5))

    assert [row.due_on for row in rows] == [date(2026, 3, 5), date(2026, 4, 5), date(2026, 5, 5)]


def test_interest_by_days_follows_the_length_of_each_month() -> None:
    terms = monthly("10000", "0.162", 12, interest_period="daily", day_count="actual/365")
    rows = schedule(terms, date(2026, 1, 1))

    # 31 days of January, 28 of February: 10,000 x 16.2 % x 31/365 is 137.589.
    assert rows[0].interest == rupees("137.59")
    assert rows[1].interest == Money(round(rows[1].opening.minor * Fraction("0.162") * 28 / 365), "INR")
    assert len({row.total for row in rows[:-1]}) == 1
    assert abs(rows[-1].total.minor - rows[0].total.minor) <= len(rows)


def test_flat_interest_is_the_same_in_every_row() -> None:
    rows = schedule(monthly("1000", "0.12", 3, interest_method="flat"), date(2024, 6, 1))

    assert [row.interest for row in rows] == [rupees("10")] * 3
    assert [row.principal for row in rows] == [rupees("333.33"), rupees("333.33"), rupees("333.34")]


def test_an_instalment_may_be_rounded_to_whole_rupees() -> None:
    rows = schedule(monthly("10000", "0.162", 12, instalment_multiple_minor=100, instalment_rounding=ROUND_UP), LENT_ON)

    assert {row.total for row in rows[:-1]} == {rupees("909")}
    assert rows[-1].total < rupees("909")


MODES: dict[str, Callable[[Fraction], int]] = {
    ROUND_HALF_UP: lambda exact: floor(exact + Fraction(1, 2)),
    ROUND_HALF_EVEN: round,
    ROUND_UP: ceil,
    ROUND_DOWN: floor,
}


def by_fractions(terms: Terms) -> list[Row]:
    """The textbook's table in fractions, slow and written apart from the engine."""
    to_minor = MODES[terms.rounding]
    lent, rate, count = terms.principal.minor, Fraction(terms.annual_rate) / 12, terms.instalments
    instalment = to_minor(lent * rate / (1 - (1 + rate) ** -count) if rate else Fraction(lent, count))
    balance, rows = lent, []
    for number in range(1, count + 1):
        earned = to_minor(balance * rate)
        repaid = balance if number == count else min(instalment - earned, balance)
        rows.append((balance, repaid, earned))
        balance -= repaid
    return rows


LOANS = {
    "minor": st.integers(10_000, 10**9),
    "annual_rate": st.decimals(0, 1, places=4),
    "instalments": st.integers(1, 60),
}


@given(**LOANS, rounding=st.sampled_from(sorted(MODES)))
def test_every_schedule_is_the_textbook_s_to_the_paisa(
    minor: int, annual_rate: Decimal, instalments: int, rounding: str
) -> None:
    terms = Terms(Money(minor, "INR"), annual_rate, instalments, rounding=rounding)

    assert [row.row for row in schedule(terms, LENT_ON)] == by_fractions(terms)


@given(minor=st.integers(1, 200), annual_rate=LOANS["annual_rate"], instalments=LOANS["instalments"])
def test_a_loan_of_a_few_paise_asks_nothing_more_once_it_is_repaid(
    minor: int, annual_rate: Decimal, instalments: int
) -> None:
    terms = Terms(Money(minor, "INR"), annual_rate, instalments)

    assert [row.row for row in schedule(terms, LENT_ON)] == by_fractions(terms)


@given(
    minor=LOANS["minor"],
    # Where a long loan costs far more, a month of 31 days asks more interest than an equal instalment has.
    annual_rate=st.decimals(0, Decimal("0.48"), places=4),
    instalments=st.integers(1, 36),
    method=st.sampled_from(["declining", "flat"]),
    period=st.sampled_from(["whole_period", "daily"]),
    every=st.sampled_from([(1, "month"), (2, "week"), (30, "day")]),
)
def test_a_schedule_repays_the_principal_exactly_and_asks_each_row_s_interest_on_its_opening(
    minor: int, annual_rate: Decimal, instalments: int, method: str, period: str, every: tuple[int, str]
) -> None:
    terms = Terms(
        Money(minor, "INR"), annual_rate, instalments, every, method, interest_period=period, day_count="actual/365"
    )
    rows = schedule(terms, LENT_ON)

    assert total((row.principal for row in rows), "INR") == terms.principal
    assert rows[-1].balance == Money(0, "INR")
    assert all(row.principal.minor >= 0 and row.interest.minor >= 0 for row in rows)
    assert all(later.opening == row.balance for row, later in pairwise(rows))
    assert all(later.due_on > row.due_on for row, later in pairwise(rows))

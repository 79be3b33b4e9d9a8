"""Schedules against published figures, and the rules that hold for every loan."""

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import Money, total
from shared.domain.schedule import Instalment, level_instalment, remaining_schedule, schedule
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
    rate = Fraction(Decimal(annual_rate)) / 12

    assert level_instalment(rupees(principal), rate, instalments, ROUND_HALF_UP) == rupees(expected)
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


def test_a_prepaid_part_shortens_the_tenor_when_the_instalment_stays() -> None:
    terms = monthly("10000", "0.162", 12)
    before = schedule(terms, LENT_ON)
    left = remaining_schedule(
        terms,
        before[2].balance - rupees("4000"),
        since=before[2].due_on,
        due_on=[row.due_on for row in before[3:]],
        instalment=before[0].total,
        first_number=4,
    )

    assert [row.number for row in left] == [4, 5, 6, 7, 8]
    assert {row.total for row in left[:-1]} == {before[0].total}
    assert left[-1].total < before[0].total
    assert left[-1].balance == rupees("0")


def test_a_prepaid_part_lowers_the_instalment_when_the_tenor_stays() -> None:
    terms = monthly("10000", "0.162", 12)
    before = schedule(terms, LENT_ON)
    owed = before[2].balance - rupees("4000")
    left = remaining_schedule(
        terms, owed, since=before[2].due_on, due_on=[row.due_on for row in before[3:]], first_number=4
    )

    assert [row.due_on for row in left] == [row.due_on for row in before[3:]]
    assert left[0].total == level_instalment(owed, Decimal("0.0135"), 9, ROUND_HALF_UP)
    assert left[-1].balance == rupees("0")


def test_the_first_interest_after_a_prepayment_may_come_from_a_period_that_began_on_more() -> None:
    terms = monthly("10000", "0.162", 2)
    due_on = [date(2026, 3, 31), date(2026, 4, 30)]
    rows = remaining_schedule(
        terms, rupees("5000"), since=date(2026, 2, 28), due_on=due_on, first_interest=rupees("99.99")
    )
    alone = remaining_schedule(
        terms, rupees("5000"), since=date(2026, 2, 28), due_on=due_on[:1], first_interest=rupees("99.99")
    )

    assert rows[0].interest == rupees("99.99")
    assert (alone[0].principal, alone[0].interest) == (rupees("5000"), rupees("99.99"))


def test_nothing_left_to_repay_has_no_rows() -> None:
    assert (
        remaining_schedule(monthly("10000", "0.162", 2), rupees("0"), since=LENT_ON, due_on=[date(2026, 3, 31)]) == ()
    )


def in_decimals(minor: int, annual_rate: Decimal, instalments: int, rounding: str) -> list[tuple[int, int]]:
    """The textbook's table in decimals of 60 digits, written apart from the engine: principal and interest."""
    with localcontext(prec=60):
        rate = annual_rate / 12
        level = minor * rate / (1 - (1 + rate) ** -instalments) if rate else Decimal(minor) / instalments
        instalment, balance, rows = int(level.quantize(Decimal(1), rounding)), minor, []
        for _ in range(instalments):
            earned = int((balance * annual_rate / 12).quantize(Decimal(1), rounding))
            rows.append((min(instalment - earned, balance), earned))
            balance -= rows[-1][0]
        return [*rows[:-1], (rows[-1][0] + balance, rows[-1][1])]


LOANS = {
    "minor": st.integers(10_000, 10**9),
    "annual_rate": st.decimals(0, 1, places=4),
    "instalments": st.integers(1, 60),
}


@given(**LOANS, rounding=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_every_schedule_is_the_textbook_s_to_the_paisa(
    minor: int, annual_rate: Decimal, instalments: int, rounding: str
) -> None:
    rows = schedule(Terms(Money(minor, "INR"), annual_rate, instalments, rounding=rounding), LENT_ON)

    assert [(row.principal.minor, row.interest.minor) for row in rows] == in_decimals(
        minor, annual_rate, instalments, rounding
    )


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

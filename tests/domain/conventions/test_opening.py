"""Opening tables of other systems, against figures that they or their regulators print."""

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest

from shared.domain.conventions.opening import Habits, Table, opening_table
from shared.domain.conventions.year_rules import year_fraction
from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.schedule import Row
from shared.domain.terms import Terms

NEW_YEAR = date(2024, 1, 1)


def terms(principal: int, annual_rate: str, instalments: int, **others: object) -> Terms:
    settings = {"interest_period": "daily", "rounding": ROUND_HALF_EVEN, **others}
    return Terms(Money(principal * 100, "INR"), Decimal(annual_rate), instalments, **settings)  # type: ignore[arg-type]


def in_units(table: Table, row: Row) -> list[int]:
    """A row in whole currency units, for display."""
    return [divide(amount, table.units_per_minor * 100, ROUND_HALF_UP) for amount in row]


def test_the_reserve_bank_s_table_carries_paise_that_it_does_not_show() -> None:
    # RBI, Master Direction on microfinance loans, 2022, Annex III: 20,000 at 15 % over 24 months, shown in rupees.
    table = opening_table(
        terms(20_000, "0.15", 24, interest_period="whole_period"), Habits("annuity_nominal", carry="exact_all"), None
    )

    assert in_units(table, table.rows[0]) == [20_000, 720, 250]
    assert in_units(table, table.rows[2]) == [18_552, 738, 232]
    assert in_units(table, table.rows[23]) == [958, 958, 12]
    assert table.due_on == ()


def test_an_equal_instalment_by_factors_lets_the_last_row_take_the_difference() -> None:
    # Apache Fineract, end-to-end tests of progressive loans: 100 at 7 % over six months, 30/360.
    table = opening_table(terms(100, "0.07", 6), Habits("factor_product"), NEW_YEAR)

    assert [row[1] for row in table.rows] == [1643, 1652, 1662, 1672, 1681, 1690]
    assert [row[2] for row in table.rows] == [58, 49, 39, 29, 20, 10]
    assert table.instalment == 1701


def test_a_canadian_mortgage_compounds_twice_a_year_and_leaves_a_balance() -> None:
    # Olivier & Chan, Business Math: 350,100 at 4.9 % compounded semi-annually over 20 years, a term of 36 months.
    habits = Habits("annuity_nominal", compounding_per_year=2, amortised_over=240)
    table = opening_table(
        terms(350_100, "0.049", 36, interest_period="whole_period", rounding=ROUND_HALF_UP), habits, None
    )

    assert table.instalment == 228_173
    assert table.rows[-1][0] - table.rows[-1][1] == 31_659_349


def test_a_given_instalment_ends_when_the_balance_is_zero() -> None:
    # Frappe Lending, tests: 280,000 at 8.4 % with 14,000 a month; interest in all 22,712.
    habits = Habits("given", instalment_minor=1_400_000, carry="exact")
    table = opening_table(
        terms(280_000, "0.084", 400, interest_period="whole_period", instalment_rounding=ROUND_UP), habits, None
    )

    assert len(table.rows) == 22
    assert divide(sum(row[2] for row in table.rows), table.units_per_minor * 100, ROUND_HALF_UP) == 22_712


@pytest.mark.parametrize(("flat_total", "interests"), [("sum", [34, 34, 34]), ("total_first", [34, 34, 33])])
def test_flat_interest_may_be_rounded_by_row_or_in_total(flat_total: str, interests: list[int]) -> None:
    flat = terms(10, "0.405", 3, interest_method="flat", interest_period="whole_period", rounding=ROUND_HALF_UP)
    table = opening_table(flat, Habits("flat", flat_total=flat_total), None)

    assert [row[2] for row in table.rows] == interests
    assert sum(row[1] for row in table.rows) == 1_000


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("split_12-31", Fraction(16, 365) + Fraction(15, 366)),
        ("split_01-01", Fraction(17, 365) + Fraction(14, 366)),
        ("first_year", Fraction(31, 365)),
        ("start_year", Fraction(31, 365)),
        ("feb29_only", Fraction(31, 365)),
    ],
)
def test_systems_disagree_where_a_leap_year_begins(rule: str, expected: Fraction) -> None:
    assert year_fraction(rule, date(2023, 12, 15), date(2024, 1, 15), disbursed_on=date(2022, 6, 1)) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-02-01", "2024-02-29", Fraction(28, 366)),
        ("2024-02-29", "2024-03-29", Fraction(29, 365)),
        ("2023-12-01", "2024-03-01", Fraction(30, 365) + Fraction(61, 366)),
    ],
)
def test_a_leap_day_counts_in_the_period_that_ends_on_or_after_it(start: str, end: str, expected: Fraction) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)

    assert year_fraction("feb29_only", first, last, disbursed_on=first) == expected

"""What follows from terms before money moves: due dates and period rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from shared.domain.money import Money
from shared.domain.terms import Terms, due_dates, period_rates

START, DUE = date(2026, 1, 1), date(2026, 2, 1)


def lent(instalments: int = 2, **agreed: Any) -> Terms:
    return Terms(Money(1_000_000, "INR"), Decimal("0.162"), instalments, **agreed)


@pytest.mark.parametrize(
    ("every", "interest_period", "day_count", "expected"),
    [
        ((1, "month"), "whole_period", "30/360", (1, 120)),
        ((3, "month"), "whole_period", "actual/365", (3, 120)),
        ((2, "week"), "whole_period", "30/360", (2, 520)),
        ((30, "day"), "whole_period", "actual/360", (30, 3600)),
        ((30, "day"), "whole_period", "actual/actual-ISDA", (30, 3650)),
        ((1, "month"), "daily", "30/360", (1, 120)),
        ((2, "week"), "daily", "30/360", (14, 3600)),
        ((1, "month"), "daily", "actual/365", (31, 3650)),
        ((1, "month"), "daily", "actual/360", (31, 3600)),
    ],
)
def test_a_period_s_rate_is_its_part_of_the_year(
    every: tuple[int, str], interest_period: str, day_count: str, expected: tuple[int, int]
) -> None:
    terms = Terms(Money(100, "INR"), Decimal("0.1"), 1, every, interest_period=interest_period, day_count=day_count)
    [(part, whole)] = period_rates(terms, START, [DUE])

    assert part * expected[1] == whole * expected[0]


def test_due_dates_count_in_weeks_and_days_too() -> None:
    assert due_dates(lent(every=(2, "week")), START) == (date(2026, 1, 15), date(2026, 1, 29))
    assert due_dates(lent(every=(30, "day")), START) == (date(2026, 1, 31), date(2026, 3, 2))


def test_the_31st_comes_back_after_a_short_month() -> None:
    lent_on = date(2027, 12, 31)

    assert due_dates(lent(instalments=3), lent_on) == (date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31))


def test_a_loan_of_the_last_of_february_may_fall_due_on_the_last_of_every_month() -> None:
    lent_on = date(2026, 2, 28)

    assert due_dates(lent(), lent_on) == (date(2026, 3, 28), date(2026, 4, 28))
    assert due_dates(lent(month_end="stays_last"), lent_on) == (date(2026, 3, 31), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("lent_on", "first"),
    [
        (date(2026, 1, 20), date(2026, 2, 5)),
        (date(2026, 1, 21), date(2026, 2, 5)),
        (date(2026, 1, 22), date(2026, 3, 5)),
        (date(2026, 12, 31), date(2027, 2, 5)),
    ],
)
def test_an_agreed_day_of_the_month_leaves_at_least_the_days_agreed(lent_on: date, first: date) -> None:
    assert due_dates(lent(due_day=5, first_due_after_days=15), lent_on)[0] == first


def test_a_first_period_that_is_not_a_month_is_counted_in_days_of_thirty_day_months() -> None:
    terms = lent(due_day=5)
    broken, whole = period_rates(terms, date(2026, 1, 20), due_dates(terms, date(2026, 1, 20)))

    # 15 of 360 days; 30 of 360.
    assert Fraction(*broken) == Fraction("0.162") * 15 / 360
    assert Fraction(*whole) == Fraction("0.162") / 12


@pytest.mark.parametrize(
    ("lent_on", "days"), [(date(2026, 1, 28), 30), (date(2026, 1, 31), 28), (date(2026, 1, 29), 29)]
)
def test_a_month_that_is_short_only_because_february_is_is_still_counted_in_days(lent_on: date, days: int) -> None:
    terms = lent(due_day=28)
    first, _ = period_rates(terms, lent_on, due_dates(terms, lent_on))

    assert Fraction(*first) == Fraction("0.162") * days / 360


def test_a_due_day_stays_when_the_first_one_is_also_the_last_of_its_month() -> None:
    terms = lent(due_day=28, month_end="stays_last")

    assert due_dates(terms, date(2026, 2, 5)) == (date(2026, 2, 28), date(2026, 3, 28))

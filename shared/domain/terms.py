"""The terms of a loan, and what follows from them before any money moves: due dates and the rate of each period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import gcd

from shared.domain import daycount
from shared.domain.calendar import add_months
from shared.domain.money import Money
from shared.domain.rounding import divide

# What a period costs as a fraction of the balance: numerator and denominator, exact.
Rate = tuple[int, int]

PERIODS_PER_YEAR = {"month": 12, "week": 52}
# The length of each unit in a year of 360 days.
NOMINAL_DAYS = {"month": 30, "week": 7, "day": 1}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a borrower and a lender agree about one loan.

    `annual_rate` is a fraction (0.162 is 16.2 % a year). `interest_method`: `declining` on the balance, `flat` on the
    principal. `interest_period`: `whole_period` gives every period its nominal part of the year (a month is 1/12),
    `daily` counts by `day_count` (a name of `daycount`; 30/360 is nominal here too). The instalment is rounded to
    `instalment_multiple_minor` units, in `instalment_rounding` or else in `rounding`.
    """

    principal: Money
    annual_rate: Decimal
    instalments: int
    every: tuple[int, str] = (1, "month")
    interest_method: str = "declining"
    interest_period: str = "whole_period"
    day_count: str = "30/360"
    rounding: str = ROUND_HALF_UP
    instalment_multiple_minor: int = 1
    instalment_rounding: str | None = None


def due_dates(
    every: tuple[int, str], instalments: int, disbursed_on: date, first_due_on: date | None = None
) -> tuple[date, ...]:
    """Dates counted from the anchor: from disbursement, or from a first due date that was agreed apart from it."""
    if first_due_on is None:
        return tuple(_step(disbursed_on, every, k) for k in range(1, instalments + 1))
    return tuple(_step(first_due_on, every, k) for k in range(instalments))


def period_rates(terms: Terms, since: date, due_on: Sequence[date]) -> list[Rate]:
    """The rate of each period, from one due date to the next; the first runs from `since`."""
    if (part := nominal_part(terms)) is not None:
        return [as_rate(terms.annual_rate, part)] * len(due_on)
    starts = (since, *due_on[:-1])
    parts = [daycount.year_fraction(terms.day_count, start, end) for start, end in zip(starts, due_on, strict=True)]
    return [as_rate(terms.annual_rate, part) for part in parts]


def nominal_part(terms: Terms) -> Fraction | None:
    """A period's part of the year where the calendar has no say; None where its days are counted."""
    number, unit = terms.every
    if terms.interest_period == "whole_period":
        return Fraction(number, PERIODS_PER_YEAR.get(unit) or daycount.DENOMINATORS.get(terms.day_count, 365))
    return Fraction(number * NOMINAL_DAYS[unit], 360) if terms.day_count == "30/360" else None


def accrued_interest(
    terms: Terms, balances: Sequence[tuple[date, Money]], *, period: tuple[date, date], until: date
) -> Money:
    """Interest of one period up to `until`, rounded once. `balances` says what was outstanding from which date on.

    Where a period's length is nominal, a stretch is its share of the period's actual days.
    """
    start, end = period
    assert start <= until <= end, (period, until)
    exact = Fraction(0)
    ends = [since for since, _ in balances[1:]] + [until]
    for (since, balance), stop in zip(balances, ends, strict=True):
        if (part := nominal_part(terms)) is not None:
            part *= Fraction((stop - since).days, (end - start).days)
        else:
            part = daycount.year_fraction(terms.day_count, since, stop)
        exact += balance.minor * part
    numerator, denominator = as_rate(terms.annual_rate, exact)
    return Money(divide(numerator, denominator, terms.rounding), terms.principal.currency)


def as_rate(annual_rate: Decimal, part: Fraction) -> Rate:
    """The product in lowest terms."""
    numerator, denominator = annual_rate.as_integer_ratio()
    numerator, denominator = numerator * part.numerator, denominator * part.denominator
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


def _step(anchor: date, every: tuple[int, str], count: int) -> date:
    number, unit = every
    if unit == "month":
        return add_months(anchor, number * count)
    return anchor + timedelta(days=number * count * NOMINAL_DAYS[unit])

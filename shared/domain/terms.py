"""The terms of a loan, and what follows from them before any money moves: due dates and the rate of each period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from math import gcd

from shared.domain import daycount
from shared.domain.calendar import add_months
from shared.domain.money import Money

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

    `recalculation`: `daily` lets an instalment that is paid before its date lower the interest from that day on; with
    `none` it waits for its date. `interest_on_overdue`: whether principal that was demanded and not paid
    earns on, until the last due date. Due dates are counted from the disbursement, or fall on `due_day` of the
    month, the first at least `first_due_after_days` after it. `month_end`, where there is no due day: `keeps_day`
    (31 Jan, 28 Feb, 31 Mar) or `stays_last` (28 Feb, 31 Mar, 30 Apr).
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
    recalculation: str = "daily"
    interest_on_overdue: bool = True
    due_day: int | None = None
    first_due_after_days: int = 0
    month_end: str = "keeps_day"

    def __post_init__(self) -> None:
        assert self.due_day is None or 1 <= self.due_day <= 28, self.due_day
        assert self.recalculation == "daily" or not self.interest_on_overdue, "agreed interest does not grow"


def first_due_on(terms: Terms, disbursed_on: date) -> date:
    """The date of the first instalment. A period that is not a whole one by this is counted in days."""
    if terms.due_day is None:
        return nth_due_on(terms, disbursed_on, 1)
    earliest = disbursed_on + timedelta(days=max(terms.first_due_after_days, 1))
    same_month = earliest.replace(day=terms.due_day)
    return same_month if same_month >= earliest else add_months(same_month, 1)


def nth_due_on(terms: Terms, anchor: date, count: int) -> date:
    """`count` periods after the anchor; counted from it each time, so that the 31st is never lost."""
    on = _step(anchor, terms.every, count)
    stays_last = terms.month_end == "stays_last" and terms.due_day is None
    if stays_last and terms.every[1] == "month" and _is_last_of_month(anchor):
        return add_months(on.replace(day=1), 1) - timedelta(days=1)
    return on


def due_dates(terms: Terms, disbursed_on: date, first: date | None = None) -> tuple[date, ...]:
    """All due dates. `first` is a first date that was agreed apart from the terms; the others are counted from it."""
    if first is None and terms.due_day is None:
        return tuple(nth_due_on(terms, disbursed_on, k) for k in range(1, terms.instalments + 1))
    anchor = first or first_due_on(terms, disbursed_on)
    return tuple(nth_due_on(terms, anchor, k) for k in range(terms.instalments))


def period_rates(terms: Terms, since: date, due_on: Sequence[date]) -> list[Rate]:
    """The rate of each period, from one due date to the next; the first runs from `since`."""
    if (part := nominal_part(terms)) is None:
        starts = (since, *due_on[:-1])
        counted = [daycount.year_fraction(terms.day_count, *ends) for ends in zip(starts, due_on, strict=True)]
        return [as_rate(terms.annual_rate, part) for part in counted]
    rates = [as_rate(terms.annual_rate, part)] * len(due_on)
    if terms.due_day is not None and since != nth_due_on(terms, due_on[0], -1):
        rates[0] = as_rate(terms.annual_rate, broken_part(terms, since, due_on[0]))
    return rates


def broken_part(terms: Terms, start: date, end: date) -> Fraction:
    """The part of the year of a period that is longer or shorter than a whole one, where whole ones are nominal."""
    if terms.every[1] == "month":
        return daycount.year_fraction("30E/360", start, end)
    return Fraction((end - start).days, 365)


def nominal_part(terms: Terms) -> Fraction | None:
    """A period's part of the year where the calendar has no say; None where its days are counted."""
    return _nominal_part(terms.interest_period, terms.every, terms.day_count)


@cache
def _nominal_part(interest_period: str, every: tuple[int, str], day_count: str) -> Fraction | None:
    number, unit = every
    if interest_period == "whole_period":
        return Fraction(number, PERIODS_PER_YEAR.get(unit) or daycount.DENOMINATORS.get(day_count, 365))
    return Fraction(number * NOMINAL_DAYS[unit], 360) if day_count == "30/360" else None


def as_rate(annual_rate: Decimal, part: Fraction) -> Rate:
    """The product in lowest terms."""
    numerator, denominator = annual_rate.as_integer_ratio()
    numerator, denominator = numerator * part.numerator, denominator * part.denominator
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


def _is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


def _step(anchor: date, every: tuple[int, str], count: int) -> date:
    number, unit = every
    if unit == "month":
        return add_months(anchor, number * count)
    return anchor + timedelta(days=number * count * NOMINAL_DAYS[unit])

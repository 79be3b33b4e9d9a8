"""Day counts and year fractions between two dates; the start is included, the end is not.

Sources: 2006 ISDA Definitions 4.16 (30/360 family, actual/actual ISDA), ICMA Rule 251 (actual/actual ICMA),
Fédération Bancaire Française, 1999 (actual/actual AFB). Fractions are exact.
"""

import calendar
from datetime import date, timedelta
from fractions import Fraction

from shared.domain.calendar import add_months

# Days of the year by which a count of days is divided.
DENOMINATORS = {
    "30/360": 360,
    "30E/360": 360,
    "30E/360-ISDA": 360,
    "30U/360": 360,
    "30E/365": 365,
    "actual/360": 360,
    "actual/364": 364,
    "actual/365": 365,
}


def days(convention: str, start: date, end: date, termination_date: date | None = None) -> int:
    """Days by the convention. `termination_date` matters to 30E/360-ISDA only: there its 28 February stays 28."""
    if not convention.startswith("30"):
        return (end - start).days
    first, last = _thirty_day_months(convention, start, end, termination_date)
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def year_fraction(
    convention: str,
    start: date,
    end: date,
    *,
    reference_period: tuple[date, date] | None = None,
    termination_date: date | None = None,
) -> Fraction:
    """The part of a year. `reference_period` is actual/actual-ICMA's coupon period; by default the dates themselves."""
    if convention == "actual/actual-ISDA":
        return _by_calendar_year(start, end)
    if convention == "actual/actual-ICMA":
        return _by_reference_period(start, end, *(reference_period or (start, end)))
    if convention == "actual/actual-AFB":
        return _whole_years_then_stub(start, end)
    return Fraction(days(convention, start, end, termination_date), DENOMINATORS[convention])


def year_days(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def has_leap_day(first: date, last: date) -> bool:
    """Whether a 29 February lies in [first, last]."""
    years = range(first.year, last.year + 1)
    return any(calendar.isleap(year) and first <= date(year, 2, 29) <= last for year in years)


def is_end_of_february(day: date) -> bool:
    return day.month == 2 and (day + timedelta(days=1)).month == 3


def _thirty_day_months(convention: str, start: date, end: date, termination_date: date | None) -> tuple[int, int]:
    """The two days of the month, moved so that every month has thirty."""
    first, last = start.day, end.day
    if convention == "30U/360":
        if is_end_of_february(start):
            first = 30
            last = 30 if is_end_of_february(end) else last
        return min(first, 30), 30 if last == 31 and first >= 30 else last
    if convention == "30/360":
        first = min(first, 30)
        return first, 30 if last == 31 and first == 30 else last
    if convention == "30E/360-ISDA":
        first = 30 if is_end_of_february(start) else first
        last = 30 if is_end_of_february(end) and end != termination_date else last
    return min(first, 30), min(last, 30)


def _by_calendar_year(start: date, end: date) -> Fraction:
    """Actual/actual ISDA: the days in each calendar year over the length of that year."""
    fraction = Fraction(0)
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        fraction += Fraction((last - first).days, year_days(year))
    return fraction


def _by_reference_period(start: date, end: date, reference_start: date, reference_end: date) -> Fraction:
    """Actual/actual ICMA: each day is a part of its reference period; the others follow by whole months."""
    if start >= end:
        return Fraction(0)
    months = max(1, (24 * (reference_end - reference_start).days + 365) // 730)
    fraction, back, period_start, period_end = Fraction(0), 0, reference_start, reference_end
    while True:
        inside = min(end, period_end if back else max(end, period_end)) - max(start, period_start)
        if inside.days > 0:
            fraction += Fraction(inside.days * months, (period_end - period_start).days * 12)
        if start >= period_start:
            return fraction
        back += 1
        period_start, period_end = add_months(reference_start, -months * back), period_start


def _whole_years_then_stub(start: date, end: date) -> Fraction:
    """Actual/actual AFB: whole years back from the end; what is left at the start by 366 if it holds 29 February."""
    years, stub_end = 0, end
    while (earlier := _years_before(end, years + 1)) >= start:
        years, stub_end = years + 1, earlier
    rest = (stub_end - start).days
    if rest == 0:
        return Fraction(years)
    return years + Fraction(rest, 366 if has_leap_day(start, stub_end - timedelta(days=1)) else 365)


def _years_before(day: date, years: int) -> date:
    """The same day in an earlier year; a 28 February becomes the 29th where there is one."""
    earlier = add_months(day, -12 * years)
    is_short_february = (earlier.month, earlier.day) == (2, 28) and calendar.isleap(earlier.year)
    return earlier.replace(day=29) if is_short_february else earlier

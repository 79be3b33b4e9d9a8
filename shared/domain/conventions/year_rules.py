"""What "actual/actual" means to systems that do not say which: five ways to choose the length of the year."""

from datetime import date, timedelta
from fractions import Fraction

from shared.domain import daycount


def year_fraction(rule: str, start: date, end: date, disbursed_on: date) -> Fraction:
    """The part of a year from `start` to `end`, in a loan disbursed on `disbursed_on`.

    - `split_12-31`: cut at 31 December (not at 1 January), each part over the length of its own year;
    - `split_01-01`: cut at 1 January, as actual/actual ISDA;
    - `first_year`, `start_year`: all days over the length of the year of disbursement, or of `start`;
    - `feb29_only`: over 365 unless a 29 February lies in the dates; then 366, or over New Year as `split_12-31`.
    """
    if rule == "split_12-31":
        return _split_at_31_december(start, end)
    if rule == "split_01-01":
        return daycount.year_fraction("actual/actual-ISDA", start, end)
    if rule == "feb29_only" and start.year != end.year and daycount.has_leap_day(start + timedelta(days=1), end):
        return _split_at_31_december(start, end)
    if rule == "feb29_only":
        length = 366 if daycount.has_leap_day(start + timedelta(days=1), end) else 365
    else:
        length = daycount.year_days({"first_year": disbursed_on, "start_year": start}[rule].year)
    return Fraction((end - start).days, length)


def _split_at_31_december(start: date, end: date) -> Fraction:
    fraction = Fraction(0)
    for year in range(start.year, end.year):
        cut = date(year, 12, 31)
        fraction += Fraction((cut - start).days, daycount.year_days(year))
        start = cut
    return fraction + Fraction((end - start).days, daycount.year_days(end.year))

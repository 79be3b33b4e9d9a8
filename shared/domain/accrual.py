"""Interest by the day: what was owed on each day, weighed by the day, times the rate; rounded once, when it is due."""

from datetime import date

from shared.domain import daycount
from shared.domain.rounding import divide
from shared.domain.terms import Terms, broken_part, nominal_part

# Of how many equal parts a year consists, per day count that our own products may use: a day is a whole number of them.
PARTS = {
    "30/360": 360,
    "30E/360": 360,
    "actual/360": 360,
    "actual/364": 364,
    "actual/365": 365,
    "actual/actual-ISDA": 365 * 366,
}


def weight(terms: Terms, since: date, until: date) -> int:
    """What the days from `since` to before `until` count together; weights of adjoining stretches add up."""
    if nominal_part(terms) is not None:
        return (until - since).days
    if terms.day_count == "actual/actual-ISDA":
        fraction = daycount.year_fraction(terms.day_count, since, until)
        return fraction.numerator * (PARTS[terms.day_count] // fraction.denominator)
    return daycount.days(terms.day_count, since, until)


def interest(terms: Terms, weighed: int, start: date, end: date, *, is_whole: bool) -> int:
    """Minor units of interest in the period from `start` to `end`, rounded as the terms say.

    `weighed` is the sum of amount x weight over the stretches of the period so far. Where a period's length is
    nominal, a day is its share of the period's actual days; one that is not whole is counted in days.
    """
    numerator, denominator = terms.annual_rate.as_integer_ratio()
    part = nominal_part(terms)
    if part is None:
        return divide(weighed * numerator, denominator * PARTS[terms.day_count], terms.rounding)
    if not is_whole:
        part = broken_part(terms, start, end)
    numerator, denominator = numerator * part.numerator, denominator * part.denominator
    return divide(weighed * numerator, denominator * (end - start).days, terms.rounding)

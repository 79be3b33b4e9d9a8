"""The opening table of a loan under another system's instalment rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from shared.domain.conventions.year_rules import year_fraction
from shared.domain.money import DIGITS
from shared.domain.rounding import divide
from shared.domain.schedule import Row, declining_rows, exact_instalment, rounded_instalment, rows_of
from shared.domain.terms import PERIODS_PER_YEAR, Rate, Terms, as_rate, due_dates, nominal_part, period_rates

# Where a system carries unrounded amounts, they are kept to this part of a minor unit.
FINE = 10**30


@dataclass(frozen=True, slots=True)
class Habits:
    """How another system turns terms into a table.

    `instalment_rule`: `factor_product`, `annuity_first_period`, `annuity_nominal`, `given` or `flat`. `year_rule`: for
    actual/actual by days. `carry`: `rounded`; `exact`, only the instalment is rounded; `exact_all`, nothing is.
    The rest belongs to one rule each: `compounding_per_year`, `amortised_over` and `interest_by_days` to
    `annuity_nominal`, `instalment_minor` to `given`, `flat_total` (`sum` or `total_first`) to `flat`.
    """

    instalment_rule: str
    year_rule: str = "split_01-01"
    carry: str = "rounded"
    compounding_per_year: int | None = None
    amortised_over: int | None = None
    interest_by_days: bool = False
    instalment_minor: int | None = None
    flat_total: str = "sum"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of opening balance, principal and interest in units, `units_per_minor` of them to a minor unit."""

    instalment: int
    rows: list[Row]
    due_on: tuple[date, ...]
    units_per_minor: int


def opening_table(terms: Terms, habits: Habits, disbursed_on: date | None, first_due_on: date | None = None) -> Table:
    """Without dates the rows are known by their number only, and `due_on` is empty."""
    due_on = due_dates(terms, disbursed_on, first_due_on) if disbursed_on else ()
    units = 1 if habits.carry == "rounded" else FINE
    balance = terms.principal.minor * units
    multiple = terms.instalment_multiple_minor * units if habits.carry != "exact_all" else 1
    fine = replace(terms, instalment_multiple_minor=multiple)
    if habits.instalment_rule == "annuity_nominal" and not habits.interest_by_days:
        rates = [compounded_rate(terms, habits.compounding_per_year)] * terms.instalments
    else:
        rates = rates_of(terms, habits, disbursed_on, due_on)
    if habits.instalment_rule == "flat":
        instalment, rows = _flat(fine, habits, balance, rates)
    elif habits.instalment_rule == "factor_product":
        instalment, rows = _improved(fine, balance, rates, units)
    else:
        instalment = _instalment(fine, habits, balance, rates[0], units)
        rows = _declining(fine, habits, balance, rates, instalment)
    return Table(instalment, rows, due_on[: len(rows)], units)


def rates_of(terms: Terms, habits: Habits, disbursed_on: date | None, due_on: Sequence[date]) -> list[Rate]:
    """Each period's rate by the calendar, or nominal."""
    if (part := nominal_part(terms)) is not None:
        return [as_rate(terms.annual_rate, part)] * terms.instalments
    assert disbursed_on is not None, "Interest by days needs dates."
    if terms.day_count != "actual/actual":
        return period_rates(terms, disbursed_on, due_on)
    parts = [
        year_fraction(habits.year_rule, start, end, disbursed_on) for start, end in pairwise((disbursed_on, *due_on))
    ]
    return [as_rate(terms.annual_rate, part) for part in parts]


def _instalment(terms: Terms, habits: Habits, balance: int, first: Rate, units: int) -> int:
    """The instalment of the rules that need one rate only: that of the first period, or the nominal one."""
    if habits.instalment_rule == "given":
        assert habits.instalment_minor is not None
        return habits.instalment_minor * units
    if habits.instalment_rule == "annuity_first_period":
        return rounded_instalment(terms, *exact_instalment(balance, [first] * terms.instalments))
    assert habits.instalment_rule == "annuity_nominal", habits.instalment_rule
    nominal = compounded_rate(terms, habits.compounding_per_year)
    return rounded_instalment(
        terms, *exact_instalment(balance, [nominal] * (habits.amortised_over or terms.instalments))
    )


def compounded_rate(terms: Terms, compounding_per_year: int | None) -> Rate:
    """The rate of a period when the nominal rate is compounded so often a year: (1+r/c)^(c/periods) - 1."""
    number, unit = terms.every
    periods = Fraction(PERIODS_PER_YEAR.get(unit, 365), number)
    if compounding_per_year is None:
        return as_rate(terms.annual_rate, 1 / periods)
    power = compounding_per_year / periods
    with localcontext(prec=50):
        growth = 1 + terms.annual_rate / compounding_per_year
        rate = growth ** (Decimal(power.numerator) / power.denominator) - 1
        return rate.as_integer_ratio()


def _declining(terms: Terms, habits: Habits, balance: int, rates: list[Rate], instalment: int) -> list[Row]:
    if habits.amortised_over and habits.amortised_over > len(rates):
        # The last row of a longer amortisation is one like the others: a balance remains.
        return declining_rows(balance, [*rates, rates[-1]], instalment, terms.rounding)[:-1]
    rows = declining_rows(balance, rates, instalment, terms.rounding)
    return [row for row in rows if row[0] > 0] if habits.instalment_rule == "given" else rows


def _improved(terms: Terms, balance: int, rates: list[Rate], units: int) -> tuple[int, list[Row]]:
    """Fineract's improvement: at most three times, what the last row differs by is spread over all instalments."""
    instalment = rounded_instalment(terms, *exact_instalment(balance, rates))
    rows = declining_rows(balance, rates, instalment, terms.rounding)
    major = units * 10 ** DIGITS[terms.principal.currency]
    for _ in range(3):
        difference = rows[-1][1] + rows[-1][2] - instalment
        if len(rows) < 2 or abs(difference) * 100 <= len(rows) // 2 * major:
            break
        share = divide(difference, len(rows) * units, terms.rounding) * units
        better = rounded_instalment(terms, instalment + share, 1)
        if better == instalment:
            break
        attempt = declining_rows(balance, rates, better, terms.rounding)
        if abs(attempt[-1][1] + attempt[-1][2] - better) >= abs(difference):
            break
        instalment, rows = better, attempt
    return instalment, rows


def _flat(terms: Terms, habits: Habits, balance: int, rates: list[Rate]) -> tuple[int, list[Row]]:
    """`sum` is our own flat rule; `total_first` fixes the rounded total and lets the last interest absorb the rest."""
    interests = [divide(balance * part, whole, terms.rounding) for part, whole in rates]
    exact = balance * sum((Fraction(*rate) for rate in rates), Fraction(0))
    if habits.flat_total == "total_first":
        interests[-1] = divide(exact.numerator, exact.denominator, terms.rounding) - sum(interests[:-1])
        whole = (balance + exact) / len(rates)
    else:
        whole = Fraction(balance + sum(interests), len(rates))
    instalment = rounded_instalment(terms, whole.numerator, whole.denominator)
    return instalment, rows_of(balance, interests, instalment)

"""Repayment schedules: equal instalments, rounded once per row, that end at a balance of exactly nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm, prod

from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.terms import Rate, Terms, due_dates, period_rates

# Opening balance, principal and interest in minor units.
Row = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int
    due_on: date
    opening: Money
    principal: Money
    interest: Money

    @property
    def total(self) -> Money:
        return self.principal + self.interest

    @property
    def balance(self) -> Money:
        """What is still owed of the principal once this instalment is paid."""
        return self.opening - self.principal


def schedule(terms: Terms, disbursed_on: date, first_due_on: date | None = None) -> tuple[Instalment, ...]:
    """All instalments as agreed at disbursement."""
    due = due_dates(terms, disbursed_on, first_due_on)
    rates = period_rates(terms, disbursed_on, due)
    if terms.interest_method == "flat":
        rows = flat_rows(terms, rates)
    else:
        instalment = equal_instalment(terms, terms.principal.minor, rates)
        rows = declining_rows(terms.principal.minor, rates, instalment, terms.rounding)
    return _instalments(rows, due, terms.principal.currency, first_number=1)


def remaining_schedule(
    terms: Terms,
    outstanding: Money,
    *,
    since: date,
    due_on: Sequence[date],
    instalment: Money | None = None,
    first_interest: Money | None = None,
    first_number: int = 1,
) -> tuple[Instalment, ...]:
    """The instalments that repay `outstanding` from `since` on, for a declining loan, after a part was prepaid.

    With `instalment` it stays as it was and rows stop when the balance is zero (a shorter tenor); without, it is
    computed anew over all of `due_on` (the same tenor). The last date takes the whole balance either way.
    `first_interest` replaces the interest of the first row, whose period may have begun on a larger balance.
    """
    assert terms.interest_method == "declining", terms.interest_method
    rates = period_rates(terms, since, due_on)
    level = instalment.minor if instalment else equal_instalment(terms, outstanding.minor, rates)
    first = None if first_interest is None else first_interest.minor
    rows = declining_rows(outstanding.minor, rates, level, terms.rounding, first_interest=first)
    return _instalments([row for row in rows if row[0] > 0], due_on, outstanding.currency, first_number)


def level_instalment(principal: Money, rate: Fraction | Decimal, instalments: int, rounding: str) -> Money:
    """The annuity for a rate per period, rounded to minor units: P i / (1 - (1+i)^-n), or P/n when the rate is zero."""
    part, whole = rate.as_integer_ratio()
    return Money(divide(*_annuity(principal.minor, part, whole, instalments), rounding), principal.currency)


def equal_instalment(terms: Terms, balance: int, rates: Sequence[Rate]) -> int:
    """The instalment in minor units that repays `balance` in equal rows, each with its own period's rate."""
    return rounded_instalment(terms, *exact_instalment(balance, rates))


def exact_instalment(balance: int, rates: Sequence[Rate]) -> tuple[int, int]:
    """Before rounding, as a fraction: P (1+f1)...(1+fn) / s, with s = 1, then s(1+f)+1 for f2..fn.

    Where all rates are equal this is the annuity, which is quicker in closed form.
    """
    if rates.count(rates[0]) == len(rates):
        return _annuity(balance, *rates[0], len(rates))
    whole = lcm(*(denominator for _, denominator in rates))
    growths = [whole + part * (whole // denominator) for part, denominator in rates]
    # The sum is kept as a whole number over whole^(k-1), so that no digit is lost.
    series, scale = 1, 1
    for growth in growths[1:]:
        scale *= whole
        series = series * growth + scale
    return balance * prod(growths), series * whole


def rounded_instalment(terms: Terms, numerator: int, denominator: int) -> int:
    """To minor units, or to the multiple of them that the terms name."""
    multiple = terms.instalment_multiple_minor
    return multiple * divide(numerator, denominator * multiple, terms.instalment_rounding or terms.rounding)


def declining_rows(
    balance: int, rates: Sequence[Rate], instalment: int, rounding: str, first_interest: int | None = None
) -> list[Row]:
    """Interest on the balance, rounded once per row; the last row takes the whole balance."""
    rows = []
    for part, whole in rates:
        interest = divide(balance * part, whole, rounding)
        if first_interest is not None:
            interest, first_interest = first_interest, None
        principal = min(instalment - interest, balance)
        rows.append((balance, principal, interest))
        balance -= principal
    return _last_takes_all(rows)


def flat_rows(terms: Terms, rates: Sequence[Rate]) -> list[Row]:
    """Interest on the principal lent in every row; the instalment is an equal part of principal and interest."""
    balance = terms.principal.minor
    interests = [divide(balance * part, whole, terms.rounding) for part, whole in rates]
    instalment = rounded_instalment(terms, balance + sum(interests), len(rates))
    return rows_of(balance, interests, instalment)


def rows_of(balance: int, interests: Sequence[int], instalment: int) -> list[Row]:
    """Rows whose interest is known before; the last takes the whole balance."""
    rows = []
    for interest in interests:
        principal = min(instalment - interest, balance)
        rows.append((balance, principal, interest))
        balance -= principal
    return _last_takes_all(rows)


def _last_takes_all(rows: list[Row]) -> list[Row]:
    opening, _, interest = rows[-1]
    return [*rows[:-1], (opening, opening, interest)]


def _annuity(principal: int, part: int, whole: int, instalments: int) -> tuple[int, int]:
    """P i / (1 - (1+i)^-n) with i = part/whole, as an exact fraction."""
    if part == 0:
        return principal, instalments
    grown, flat = (whole + part) ** instalments, whole**instalments
    return principal * part * grown, whole * (grown - flat)


def _instalments(
    rows: Sequence[Row], due_on: Sequence[date], currency: str, first_number: int
) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(first_number + k, due_on[k], *(Money(minor, currency) for minor in row))
        for k, row in enumerate(rows)
    )

"""Repayment schedules: equal instalments, rounded once per row, that end at a balance of exactly nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP
from itertools import count, repeat
from math import lcm, prod

from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.terms import Rate, Terms, due_dates, period_rates

# Opening balance, principal and interest in minor units.
Row = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Instalment:
    """A row with its number, counted from one, and its date. Amounts become money when they are asked for."""

    number: int
    due_on: date
    row: Row
    currency: str

    @property
    def opening(self) -> Money:
        return Money(self.row[0], self.currency)

    @property
    def principal(self) -> Money:
        return Money(self.row[1], self.currency)

    @property
    def interest(self) -> Money:
        return Money(self.row[2], self.currency)

    @property
    def total(self) -> Money:
        return Money(self.row[1] + self.row[2], self.currency)

    @property
    def balance(self) -> Money:
        """What is still owed of the principal once this instalment is paid."""
        return Money(self.row[0] - self.row[1], self.currency)


def schedule(terms: Terms, disbursed_on: date, first_due_on: date | None = None) -> tuple[Instalment, ...]:
    """All instalments as agreed at disbursement."""
    due = due_dates(terms, disbursed_on, first_due_on)
    rows = agreed_rows(terms, period_rates(terms, disbursed_on, due))
    return tuple(map(Instalment, count(1), due, rows, repeat(terms.principal.currency)))


def agreed_rows(terms: Terms, rates: Sequence[Rate]) -> list[Row]:
    """The same without dates, for who needs numbers only; `rates` are those of the periods."""
    if terms.interest_method == "flat":
        return flat_rows(terms, rates)
    balance = terms.principal.minor
    return declining_rows(balance, rates, equal_instalment(terms, balance, rates), terms.rounding)


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


def declining_rows(balance: int, rates: Sequence[Rate], instalment: int, rounding: str) -> list[Row]:
    """Interest on the balance, rounded once per row; the last row takes the whole balance."""
    if rounding == ROUND_HALF_UP and rates.count(rates[0]) == len(rates):
        rows = _half_up_rows(balance, rates[0], instalment, len(rates))
        # A balance that falls below nothing stays there, so the last row tells whether any row took too much.
        if rows[-1][0] >= 0:
            return _last_takes_all(rows)
    rows = []
    for part, whole in rates:
        interest = divide(balance * part, whole, rounding)
        principal = min(instalment - interest, balance)
        rows.append((balance, principal, interest))
        balance -= principal
    return _last_takes_all(rows)


def _half_up_rows(balance: int, rate: Rate, instalment: int, count: int) -> list[Row]:
    """The rows of one rate and the usual rounding: without a call, since this loop is most of a schedule's time."""
    part, whole = rate
    half = whole // 2
    rows = []
    for _ in range(count):
        interest = (balance * part + half) // whole
        principal = instalment - interest
        rows.append((balance, principal, interest))
        balance -= principal
    return rows


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
    rows[-1] = (opening, opening, interest)
    return rows


def _annuity(principal: int, part: int, whole: int, instalments: int) -> tuple[int, int]:
    """P i / (1 - (1+i)^-n) with i = part/whole, as an exact fraction."""
    if part == 0:
        return principal, instalments
    grown, flat = (whole + part) ** instalments, whole**instalments
    return principal * part * grown, whole * (grown - flat)

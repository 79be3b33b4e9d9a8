"""Interest by the day, recomputed after every change: what each row asks follows from what was paid, and when.

Every row was meant to bring in an expected amount. Interest that the row's days did not earn becomes principal; what
they earned beyond it is carried to the next row; what the whole table is off by lands in the last unpaid row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from shared.domain import daycount
from shared.domain.conventions.book import Book, Row
from shared.domain.conventions.year_rules import year_fraction
from shared.domain.rounding import divide
from shared.domain.terms import nominal_part

# Per row: principal asked, interest asked, and the interest there was to ask for (own and carried).
Solved = tuple[int, int, int]


def refresh(book: Book) -> None:
    """Solve and absorb the real state; the rows then ask what came out."""
    if book.is_fixed:
        return
    book.expected, solved = absorbed(book, book.expected, cut_on=None)
    for row, (principal, interest, _) in zip(book.rows, solved, strict=False):
        row.asked["principal"], row.asked["interest"] = principal, interest


def learn(book: Book, day: date) -> None:
    """Overdue principal is known to be unpaid up to `day`; this never goes back."""
    if book.habits.interest_until == "period_end":
        day = book.end_of_period(day) or day
    book.known_until = max(book.known_until, day)
    refresh(book)


def absorbed(book: Book, expected: Sequence[int], cut_on: date | None) -> tuple[list[int], list[Solved]]:
    """Solve, let the last row that is not paid off take what the table is off by, solve again.

    With `cut_on` no day from that date on earns interest: the table as it would be if the loan ended there.
    """
    expected, solved = list(expected), solve(book, expected, cut_on)
    interest = sum(row_interest for _, row_interest, _ in solved)
    paid = [_paid(row) for row in book.scheduled]
    for last in reversed(range(len(expected))):
        if expected[last] == paid[last]:
            continue
        expected[last] += book.terms.principal.minor + interest - sum(expected)
        if expected[last] >= paid[last]:
            break
        expected[last] = paid[last]
    return expected, solve(book, expected, cut_on)


def solve(book: Book, expected: Sequence[int], cut_on: date | None) -> list[Solved]:
    solved: list[Solved] = []
    unpaid: list[tuple[date, int]] = []
    carried = 0
    for row, meant in zip(book.scheduled, expected, strict=True):
        paid_principal, paid_interest = row.paid["principal"], row.paid["interest"]
        own = sum((stretch.interest for stretch in _stretches(book, row, unpaid, cut_on)), Fraction(0))
        due_interest = divide(own.numerator, own.denominator, book.terms.rounding) + carried
        if paid_principal > max(0, meant - due_interest):
            interest = paid_interest
        else:
            interest = max(paid_interest, min(due_interest, meant))
        principal = max(0, meant - interest, paid_principal)
        carried = due_interest - interest
        unpaid.append((row.due_on, principal - paid_principal))
        solved.append((principal, interest, due_interest))
    return solved


def settlement(book: Book, day: date) -> int:
    """Principal and interest that would settle the loan on `day`."""
    _, solved = absorbed(book, book.expected, cut_on=day)
    paid_interest = sum(row.paid["interest"] for row in book.scheduled)
    paid_principal = sum(row.paid["principal"] for row in book.scheduled)
    return book.terms.principal.minor - paid_principal + sum(interest for _, interest, _ in solved) - paid_interest


def in_advance(book: Book, row: Row, day: date) -> Solved:
    """What `row` asks of money that comes on `day`, before it is due: the copy of the table cut off there.

    A row that has not begun by then asks its full instalment, so that a prepayment of one row stays one row long.
    """
    expected, solved = absorbed(book, book.expected, cut_on=day)
    not_paid_off = [row for row, asked in zip(book.scheduled, solved, strict=True) if asked[0] + asked[1] > _paid(row)]
    index = row.number - 1
    if day <= row.start and len(not_paid_off) > 1:
        expected[index] = book.instalment
        solved = solve(book, expected, cut_on=day)
    return solved[index]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a period on one balance, and the interest they earn: minor units, the interest exact."""

    start: date
    days: int
    balance: int
    interest: Fraction


def day_rows(book: Book, row: Row) -> list[Stretch]:
    """Why a row asks its interest: the stretches of its period as the book stands."""
    earlier = book.scheduled[: row.number - 1]
    unpaid = [(other.due_on, other.asked["principal"] - other.paid["principal"]) for other in earlier]
    return list(_stretches(book, row, unpaid, cut_on=None))


def _stretches(book: Book, row: Row, unpaid: Sequence[tuple[date, int]], cut_on: date | None) -> Iterator[Stretch]:
    """The period cut where the balance changes; each stretch is on the balance of its first day."""
    end = min(row.due_on, cut_on) if cut_on else row.due_on
    changes = {row.start, book.known_until, *(on for on, _ in book.principal_paid)}
    starts = sorted(day for day in changes if row.start <= day < end)
    for start, stop in pairwise([*starts, end]):
        balance = book.terms.principal.minor - sum(amount for on, amount in book.principal_paid if on <= start)
        balance -= sum(rest for due_on, rest in unpaid if _bears_until(book, due_on) <= start)
        days = (stop - start).days
        yield Stretch(start, days, balance, balance * days * _per_day(book, row, start))


def _bears_until(book: Book, due_on: date) -> date:
    """The date from which overdue principal is taken as paid."""
    return max(due_on, book.known_until) if book.habits.interest_on_overdue else due_on


def _per_day(book: Book, row: Row, start: date) -> Fraction:
    """What one day earns per unit of balance, in a stretch from `start` to the end of the row's period."""
    terms = book.terms
    rate = Fraction(terms.annual_rate)
    if (part := nominal_part(terms)) is not None:
        return rate * part / (row.due_on - row.start).days
    if terms.day_count == "actual/actual":
        rule = book.habits.table.year_rule
        part = year_fraction(rule, start, row.due_on, book.disbursed_on)
    else:
        part = daycount.year_fraction(terms.day_count, start, row.due_on)
    return rate * part / (row.due_on - start).days


def _paid(row: Row) -> int:
    return row.paid["principal"] + row.paid["interest"]

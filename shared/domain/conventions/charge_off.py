"""Charging a loan off: rows are frozen, and interest that will never be earned may become principal."""

from datetime import date

from shared.domain.allocation import COMPONENTS
from shared.domain.conventions.book import CHARGE_KINDS, Allocation, Book, Row, asked
from shared.domain.conventions.recalculation import absorbed, learn
from shared.domain.rounding import divide


def charge_off(book: Book, ref: str, on: date) -> None:
    learn(book, on)
    change = {"continues": _continue, "stops": _stop, "accelerates": _accelerate}[book.habits.charge_off_interest]
    earned = _earned_interest(book, on)
    change(book, on, earned)
    book.is_fixed = True
    taken = {component: sum(row.outstanding(component) for row in book.rows) for component in COMPONENTS}
    book.allocations[ref] = Allocation(on, sum(taken.values()), taken, rest=0)


def _earned_interest(book: Book, on: date) -> dict[int, int]:
    """Per row number: the interest there is to ask for when no day from `on` earns any."""
    if not book.is_fixed:
        _, solved = absorbed(book, book.expected, cut_on=on)
        return {row.number: due for row, (_, _, due) in zip(book.scheduled, solved, strict=True)}
    return {
        row.number: divide(
            row.outstanding("interest") * (on - row.start).days, (row.due_on - row.start).days, book.terms.rounding
        )
        for row in book.scheduled
        if row.start <= on <= row.due_on
    }


def _continue(book: Book, on: date, earned: dict[int, int]) -> None:
    """The rows stay as they are."""


def _stop(book: Book, on: date, earned: dict[int, int]) -> None:
    """Interest after the date becomes principal, and the last open row's principal makes the sum right again."""
    for row in book.scheduled:
        if row.start <= on < row.due_on:
            old = row.outstanding("interest") if not book.habits.recalculates_daily else row.asked["interest"]
            row.asked["principal"] += old - earned[row.number]
            row.asked["interest"] = earned[row.number]
        elif row.start > on:
            row.asked["principal"] += row.outstanding("interest")
            row.asked["interest"] = row.paid["interest"]
    last = next((row for row in reversed(book.scheduled) if row.is_open), None)
    if last:
        last.asked["principal"] += book.terms.principal.minor - sum(row.asked["principal"] for row in book.scheduled)


def _accelerate(book: Book, on: date, earned: dict[int, int]) -> None:
    """The row of the date takes all later principal and is due at once; later charges move to an extra row."""
    if on >= book.scheduled[-1].due_on:
        return
    row = next(row for row in book.scheduled if on <= row.due_on)
    later = book.rows[row.number :]
    row.asked["interest"] = earned[row.number]
    row.due_on = on
    book.rows = book.rows[: row.number]
    book.expected = book.expected[: row.number]
    for other in later:
        other.asked["interest"] = other.paid["interest"]
        row.take_over(other, ("principal", "interest"))
    _move_charges(book, later, on)


def _move_charges(book: Book, later: list[Row], on: date) -> None:
    """Charges of rows that vanished go to one extra row, due with the latest that is not paid."""
    moved = [
        (charge.due_on, row.outstanding(charge.kind) > 0)
        for charge in book.charges.values()
        for row in later
        if row.start < charge.due_on <= row.due_on
    ]
    if not moved:
        return
    unpaid = [due_on for due_on, is_unpaid in moved if is_unpaid]
    extra = Row(len(book.rows) + 1, on, max(unpaid or (due_on for due_on, _ in moved)), asked())
    for other in later:
        extra.take_over(other, CHARGE_KINDS)
    book.rows.append(extra)

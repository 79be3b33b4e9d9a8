"""Where a repayment goes under other systems' rules, over rows that change while it is being allocated."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN

from shared.domain.allocation import COMPONENTS, Waterfall, in_order
from shared.domain.conventions.book import CHARGE_KINDS, Allocation, Book, Row
from shared.domain.conventions.recalculation import in_advance, learn, refresh, settlement
from shared.domain.rounding import divide


def repay(book: Book, ref: str, on: date, amount: int, in_advance_to: str | None = None) -> None:
    """Allocate a new repayment; a rest that no row takes is kept with it."""
    learn(book, on)
    book.allocations[ref] = Allocation(on, amount, dict.fromkeys(COMPONENTS, 0), amount, in_advance_to)
    allocate(book, book.allocations[ref])


def allocate(book: Book, allocation: Allocation) -> None:
    """Allocate what is left of a repayment, at its own date."""
    Payment(book, allocation).run()


class Payment:
    """A repayment on its way through the rows: `allocation.rest` is the money still in hand."""

    def __init__(self, book: Book, allocation: Allocation) -> None:
        self.book = book
        self.allocation = allocation
        self.on = allocation.on
        self.in_advance_to = allocation.in_advance_to or book.habits.in_advance_to
        self.to_period_end = self._interest_runs_to_period_end()
        if self.to_period_end and (end := book.end_of_period(self.on)):
            learn(book, end)

    def run(self) -> None:
        habits = self.book.habits
        past_due = habits.past_due if habits.is_horizontal else habits.due
        for row, component in in_order(self.book.rows, Waterfall(past_due, habits.due), self.on):
            self._fill(row, component)
        if habits.is_horizontal:
            self._spread_in_advance()
        else:
            self._oldest_first_in_advance()

    def _interest_runs_to_period_end(self) -> bool:
        """Whether this repayment is charged its whole period; a settling one is known by covering that amount."""
        if self.book.is_fixed or self.book.habits.interest_until == "payment_day":
            return False
        if self.book.habits.interest_until == "period_end":
            return True
        end = self.book.end_of_period(self.on) or self.on
        return self.allocation.rest >= settlement(self.book, end)

    def _spread_in_advance(self) -> None:
        """Split the money evenly over the chosen rows, component by component, until nothing moves."""
        moved = True
        while moved and self.allocation.rest > 0:
            before = self.allocation.rest
            chosen = self._chosen()
            for component in self.book.habits.in_advance if chosen else ():
                share = divide(self.allocation.rest, len(chosen), ROUND_HALF_EVEN)
                shares = [share] * (len(chosen) - 1)
                for row, part in zip(chosen, [*shares, self.allocation.rest - sum(shares)], strict=True):
                    self._fill(row, component, part)
            moved = self.allocation.rest < before

    def _chosen(self) -> Sequence[Row]:
        later = [row for row in self.book.open_rows() if row.due_on > self.on]
        if self.in_advance_to == "reamortise":
            return later
        if self.in_advance_to == "next":
            return later[:1]
        begun = [row for row in later if row.start <= self.on] if self.in_advance_to == "next_then_last" else []
        return begun or later[-1:]

    def _oldest_first_in_advance(self) -> None:
        """Row by row; where there is a first pass, it may not pay charges that are not due yet."""
        habits = self.book.habits
        for row in [row for row in self.book.open_rows() if row.due_on > self.on]:
            for component in habits.first_pass:
                self._fill(row, component, self._due_charges(component) if component in CHARGE_KINDS else None)
            for component in habits.in_advance:
                self._fill(row, component)

    def _due_charges(self, kind: str) -> int:
        """The loan's charges of a kind that are due by now, less waivers and all that was ever paid of the kind."""
        due = sum(
            charge.amount - charge.waived
            for charge in self.book.charges.values()
            if charge.kind == kind and charge.due_on <= self.on
        )
        return max(0, due - sum(row.paid[kind] for row in self.book.rows))

    def _fill(self, row: Row, component: str, limit: int | None = None) -> None:
        amount = self.allocation.rest if limit is None else min(limit, self.allocation.rest)
        if amount > 0:
            amount = min(amount, self._asked(row, component) - row.paid[component] - row.waived[component])
        if amount <= 0:
            return
        row.pay(component, amount, self.on)
        self.allocation.taken[component] += amount
        self.allocation.rest -= amount
        if component == "principal":
            self.book.principal_paid.append((self._effective_on(row), amount))
        if component in ("principal", "interest"):
            refresh(self.book)

    def _asked(self, row: Row, component: str) -> int:
        if component in CHARGE_KINDS or self.book.is_fixed or row.due_on <= self.on:
            return row.asked[component]
        has_begun = row.start < self.on
        day = row.due_on if self.to_period_end and has_begun else self.on
        principal, interest, _ = in_advance(self.book, row, day)
        return principal if component == "principal" else interest

    def _effective_on(self, row: Row) -> date:
        """The date from which principal paid into a row lowers the balance."""
        day = self.on
        if self.to_period_end and row.start < self.on:
            day = self.book.end_of_period(self.on) or self.on
        return day if self.book.habits.interest_on_overdue else min(day, row.due_on)

"""A loan's life under other systems' rules: events as they are entered, and what makes everything be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from shared.domain.conventions import book as books
from shared.domain.conventions.book import Book, Charge, LoanHabits
from shared.domain.conventions.charge_off import charge_off
from shared.domain.conventions.opening import Table
from shared.domain.conventions.recalculation import learn, settlement
from shared.domain.conventions.repayment import allocate, repay
from shared.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class Repaid:
    """`amount` in minor units; None pays off what is owed on the day."""

    ref: str
    on: date
    amount: int | None
    in_advance_to: str | None = None


@dataclass(frozen=True, slots=True)
class Charged:
    ref: str
    on: date
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class ChargedOff:
    ref: str
    on: date


@dataclass(frozen=True, slots=True)
class Waived:
    """Of the charge `ref`, or taken back."""

    ref: str
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Reversed:
    """The repayment or charge-off `ref` never was."""

    ref: str


@dataclass(frozen=True, slots=True)
class DayClosed:
    on: date


Dated = Repaid | Charged | ChargedOff
Event = Dated | Waived | Reversed | DayClosed


@dataclass(slots=True)
class Life:
    """The book as it stands, and the dated events in the order in which they were entered."""

    terms: Terms
    habits: LoanHabits
    table: Table
    disbursed_on: date
    opened_on: date
    book: Book
    entered: list[Dated] = field(default_factory=list)
    waived: set[str] = field(default_factory=set)

    def record(self, event: Event, recorded_on: date) -> None:
        """Apply an event to the state as it is, or rebuild everything when the event belongs further back."""
        if isinstance(event, DayClosed):
            learn(self.book, event.on)
        elif isinstance(event, Reversed):
            self.entered = [
                earlier for earlier in self.entered if isinstance(earlier, Charged) or earlier.ref != event.ref
            ]
            self._replay(recorded_on)
        elif isinstance(event, Waived):
            self._waive(event, recorded_on)
        else:
            if isinstance(event, Repaid) and event.amount is None:
                event = replace(event, amount=payoff_amount(self.book, event.on))
            goes_back = self._goes_back(event, recorded_on)
            self.entered.append(event)
            if goes_back:
                self._replay(recorded_on)
            else:
                self._apply(event)

    def _goes_back(self, event: Dated, recorded_on: date) -> bool:
        if isinstance(event, Charged):
            return any(isinstance(earlier, Repaid) and earlier.on >= event.on for earlier in self.entered)
        if isinstance(event, Repaid):
            later = (earlier for earlier in self.entered if not isinstance(earlier, Charged) and earlier.on > event.on)
            return event.on < recorded_on or any(later)
        return False

    def _waive(self, event: Waived, recorded_on: date) -> None:
        (self.waived.discard if event.is_taken_back else self.waived.add)(event.ref)
        if any(isinstance(earlier, ChargedOff) for earlier in self.entered):
            self._replay(recorded_on)
        else:
            (books.unwaive if event.is_taken_back else books.waive)(self.book, self.book.charges[event.ref])

    def _replay(self, recorded_on: date) -> None:
        self.book = books.opened(self.terms, self.habits, self.table, self.disbursed_on, self.opened_on)
        learn(self.book, self.opened_on)
        for event in self._in_replay_order():
            self._apply(event)
            if isinstance(event, Charged) and event.ref in self.waived:
                books.waive(self.book, self.book.charges[event.ref])
        learn(self.book, recorded_on)

    def _in_replay_order(self) -> Sequence[Dated]:
        """By date, then as entered; where instalments are taken oldest first, all charges come before."""
        if self.habits.is_horizontal:
            return sorted(self.entered, key=lambda event: event.on)
        return sorted(self.entered, key=lambda event: (not isinstance(event, Charged), event.on))

    def _apply(self, event: Dated) -> None:
        if isinstance(event, Repaid):
            assert event.amount is not None
            repay(self.book, event.ref, event.on, event.amount, event.in_advance_to)
        elif isinstance(event, ChargedOff):
            charge_off(self.book, event.ref, event.on)
        else:
            books.place(self.book, Charge(event.ref, event.kind, event.on, event.amount))
            if self.habits.is_horizontal:
                self._allocate_rests_again()

    def _allocate_rests_again(self) -> None:
        for allocation in self.book.allocations.values():
            if allocation.rest > 0:
                allocate(self.book, allocation)


def begun(terms: Terms, habits: LoanHabits, table: Table, *, disbursed_on: date, recorded_on: date) -> Life:
    """A loan just disbursed; entered late, its first dues may be overdue already."""
    book = books.opened(terms, habits, table, disbursed_on, recorded_on)
    learn(book, recorded_on)
    return Life(terms, habits, table, disbursed_on, recorded_on, book)


def payoff_amount(book: Book, on: date) -> int:
    """Everything owed if the loan is settled on a date, in minor units."""
    if book.is_fixed:
        return book.outstanding
    learn(book, on)
    day = on if book.habits.interest_until == "payment_day" else book.end_of_period(on) or on
    charges = sum(row.outstanding(kind) for row in book.rows for kind in books.CHARGE_KINDS)
    return settlement(book, day) + charges

"""The state of a loan under other systems' rules: rows, charges, payments. It changes in place, event by event."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from shared.domain.allocation import COMPONENTS
from shared.domain.conventions.opening import Habits, Table
from shared.domain.terms import Terms

CHARGE_KINDS = ("fee", "penalty")


@dataclass(frozen=True, slots=True)
class LoanHabits:
    """How another system keeps a loan after its opening table.

    `past_due`, `due`, `in_advance`, `first_pass`: components in order. `is_horizontal` chooses the timing groups,
    otherwise instalments are taken oldest first. `in_advance_to`: `next`, `last`, `next_then_last` or `reamortise`.
    `recalculates_daily`, `interest_until` and `interest_on_overdue`: see `recalculation`. `charge_off_interest`:
    `continues`, `stops` or `accelerates`.
    """

    table: Habits
    past_due: tuple[str, ...]
    due: tuple[str, ...]
    in_advance: tuple[str, ...]
    is_horizontal: bool = True
    first_pass: tuple[str, ...] = ()
    in_advance_to: str = "next"
    recalculates_daily: bool = False
    interest_until: str = "payment_day"
    interest_on_overdue: bool = True
    charge_off_interest: str = "continues"


@dataclass(slots=True)
class Charge:
    """`waived` is what its waiver took, in minor units; zero without one."""

    ref: str
    kind: str
    due_on: date
    amount: int
    waived: int = 0


@dataclass(slots=True)
class Row:
    """An instalment: amounts due, paid and waived per component in minor units, over (start, due_on]."""

    number: int
    start: date
    due_on: date
    asked: dict[str, int]
    paid: dict[str, int] = field(default_factory=lambda: asked())
    waived: dict[str, int] = field(default_factory=lambda: asked())
    payments: list[tuple[date, str, int]] = field(default_factory=list)

    def outstanding(self, component: str) -> int:
        return self.asked[component] - self.paid[component] - self.waived[component]

    @property
    def total_outstanding(self) -> int:
        return sum(map(self.outstanding, COMPONENTS))

    @property
    def is_open(self) -> bool:
        return any(self.outstanding(component) > 0 for component in COMPONENTS)

    def pay(self, component: str, amount: int, on: date) -> None:
        self.paid[component] += amount
        self.payments.append((on, component, amount))

    def take_over(self, other: "Row", components: Collection[str]) -> None:
        """Everything asked, paid and waived of these components in another row."""
        for component in components:
            self.asked[component] += other.asked[component]
            self.paid[component] += other.paid[component]
            self.waived[component] += other.waived[component]
        self.payments += [payment for payment in other.payments if payment[1] in components]


@dataclass(slots=True)
class Allocation:
    """What a repayment settled per component, and the rest that nothing took."""

    on: date
    amount: int
    taken: dict[str, int]
    rest: int
    in_advance_to: str | None = None


@dataclass(slots=True)
class Book:
    """One loan's state.

    `expected` holds what each row was meant to bring in, principal and interest; `known_until` is the date up to which
    overdue principal is known to be unpaid; `principal_paid` has the date from which each payment lowers the balance.
    Once `is_fixed`, rows no longer follow from the days.
    """

    terms: Terms
    habits: LoanHabits
    disbursed_on: date
    instalment: int
    rows: list[Row]
    expected: list[int]
    known_until: date
    is_fixed: bool
    charges: dict[str, Charge] = field(default_factory=dict)
    allocations: dict[str, Allocation] = field(default_factory=dict)
    principal_paid: list[tuple[date, int]] = field(default_factory=list)

    @property
    def scheduled(self) -> list[Row]:
        """The rows with principal: all but the extra one for charges after the last due date."""
        return self.rows[: len(self.expected)]

    @property
    def outstanding(self) -> int:
        return sum(row.total_outstanding for row in self.rows)

    @property
    def overpaid(self) -> int:
        return sum(allocation.rest for allocation in self.allocations.values())

    def open_rows(self) -> Iterator[Row]:
        return (row for row in self.rows if row.is_open)

    def end_of_period(self, day: date) -> date | None:
        """The due date of the period that holds `day` (from < day <= due)."""
        return next((row.due_on for row in self.scheduled if row.start < day <= row.due_on), None)


def opened(terms: Terms, habits: LoanHabits, table: Table, disbursed_on: date, known_until: date) -> Book:
    starts = (disbursed_on, *table.due_on)
    rows = [
        Row(number, starts[number - 1], table.due_on[number - 1], asked(principal=principal, interest=interest))
        for number, (_, principal, interest) in enumerate(table.rows, start=1)
    ]
    return Book(
        terms=terms,
        habits=habits,
        disbursed_on=disbursed_on,
        instalment=table.instalment,
        rows=rows,
        expected=[principal + interest for _, principal, interest in table.rows],
        known_until=known_until,
        is_fixed=not habits.recalculates_daily,
    )


def row_of(book: Book, due_on: date) -> Row:
    """The row a charge belongs to: from < due_on <= due; earlier dates to the first, later ones to an extra row."""
    for row in book.scheduled:
        if due_on <= row.due_on:
            return row
    if len(book.rows) == len(book.expected):
        last = book.rows[-1]
        book.rows.append(Row(last.number + 1, last.due_on, due_on, asked()))
    extra = book.rows[-1]
    extra.due_on = max(extra.due_on, due_on)
    return extra


def place(book: Book, charge: Charge) -> None:
    book.charges[charge.ref] = charge
    row_of(book, charge.due_on).asked[charge.kind] += charge.amount


def waive(book: Book, charge: Charge) -> None:
    """Take what is outstanding of the row's charges of that kind, at most the charge."""
    row = row_of(book, charge.due_on)
    charge.waived = min(charge.amount, row.outstanding(charge.kind))
    row.waived[charge.kind] += charge.waived


def unwaive(book: Book, charge: Charge) -> None:
    row_of(book, charge.due_on).waived[charge.kind] -= charge.waived
    charge.waived = 0


def asked(*, principal: int = 0, interest: int = 0) -> dict[str, int]:
    return {"principal": principal, "interest": interest, "fee": 0, "penalty": 0}

"""Which dues a repayment settles, in an order that is data: the waterfall of the contract."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

COMPONENTS = ("principal", "interest", "fee", "penalty")


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The components in order, for dues before the day of payment, on it, and after it.

    Horizontal: the oldest due is filled, component by component, before the next due gets anything.
    Vertical: the first component is filled over all dues of the same timing, oldest first, before the next component.
    Components in `afterwards` are settled when nothing else is left of any due up to the day, the oldest due first.
    Dues after the day are taken from the `next` or from the `last` on; an empty `in_advance` leaves them alone.
    """

    past_due: tuple[str, ...]
    due: tuple[str, ...]
    in_advance: tuple[str, ...] = ()
    is_vertical: bool = False
    in_advance_to: str = "next"
    afterwards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for components in (self.past_due + self.afterwards, self.due + self.afterwards, self.in_advance):
            assert set(components) <= set(COMPONENTS) and len(set(components)) == len(components), components
        assert self.in_advance_to in ("next", "last"), self.in_advance_to


@dataclass(frozen=True, slots=True)
class Due:
    """What is outstanding of one due, per component in minor units, and what its lateness has come to.

    `overdue` is what was unpaid at the end of the due day; `late` the sum of unpaid amount x days since `penal_from`;
    `penalised` what was charged for it so far, without tax. See `penal`.
    """

    number: int
    due_on: date
    principal: int = 0
    interest: int = 0
    fee: int = 0
    penalty: int = 0
    penal_from: date | None = None
    overdue: int = 0
    late: int = 0
    penalised: int = 0

    @property
    def unpaid(self) -> int:
        """All that may still be demanded."""
        return self.principal + self.interest + self.fee + self.penalty

    @property
    def arrears(self) -> int:
        """What makes a loan late while it is unpaid: all but the penal charge."""
        return self.principal + self.interest + self.fee


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` minor units settle `component` of due `number`."""

    number: int
    component: str
    amount: int


@dataclass(frozen=True, slots=True)
class Allocation:
    lines: tuple[Line, ...]
    rest: int

    def of(self, component: str) -> int:
        """What the component got, over all dues."""
        return sum(line.amount for line in self.lines if line.component == component)


class HasDueDate(Protocol):
    @property
    def due_on(self) -> date: ...


D = TypeVar("D", bound=HasDueDate)


def allocate(amount: int, dues: Sequence[Due], waterfall: Waterfall, on: date) -> Allocation:
    """Settle `dues` (oldest first) with `amount` minor units paid on a date; what no due takes is the rest."""
    assert amount >= 0, amount
    lines = []
    for due, component in in_order(dues, waterfall, on):
        taken = min(amount, getattr(due, component))
        if taken > 0:
            lines.append(Line(due.number, component, taken))
            amount -= taken
    return Allocation(tuple(lines), amount)


def in_order(dues: Sequence[D], waterfall: Waterfall, on: date) -> Iterator[tuple[D, str]]:
    """Every due and component that the waterfall reaches, in its order, each once."""
    advance = [due for due in dues if due.due_on > on]
    groups = (
        ([due for due in dues if due.due_on < on], waterfall.past_due),
        ([due for due in dues if due.due_on == on], waterfall.due),
        ([due for due in dues if due.due_on <= on], waterfall.afterwards),
        (advance if waterfall.in_advance_to == "next" else advance[::-1], waterfall.in_advance),
    )
    for group, components in groups:
        if waterfall.is_vertical:
            yield from ((due, component) for component in components for due in group)
        else:
            yield from ((due, component) for due in group for component in components)

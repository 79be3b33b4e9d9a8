"""What happened outside, what the books did, what a loan owes: the plain things that the oracle counts with."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

DAY = timedelta(days=1)
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened outside: `sanctioned`, `disbursed`, `received` (`purpose` says for what), `granted`, `planned`,
    `offered`, `written_off` or `refunded`. Minor units.

    The money of a loan that was sanctioned can be asked for until the end of `by`.

    A waiver that was granted gives up `waived` of the penal charges once `amount` is paid by the end of `by`, a
    settlement that was offered all that is left then. A plan that was agreed has its `terms`, which change no more.
    """

    on: date
    kind: str
    name: str
    amount: int = 0
    purpose: str = "instalment"
    by: date = date.max
    waived: int = 0
    terms: "NewTerms | None" = None


@dataclass(frozen=True, slots=True)
class Row:
    """What the books did on a day, as amounts in minor units by what they were for; nothing is left out but zeros."""

    on: date
    what: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewTerms:
    """Instalments from a first date on, counted from it or from the anchor that was; None days cannot be broken."""

    instalments: int
    first_on: date
    keeps_anchor: bool
    adds_interest: bool
    breaks_after: int | None
    watch_months: int


@dataclass(slots=True)
class Due:
    number: int
    on: date
    parts: dict[str, int]
    overdue: int = 0
    late: int = 0
    charged: int = 0
    taxed: int = 0

    @property
    def unpaid(self) -> int:
        """What makes it late: a penal charge alone does not."""
        return self.parts["principal"] + self.parts["interest"]


@dataclass(slots=True)
class Promise:
    """A waiver that waits for its condition: `pay` by the end of `by`, of which so much is paid. One that `closes` the
    loan, a settlement, gives up all that is left then; what is paid beyond it is the borrower's."""

    name: str
    by: date
    pay: int
    waived: int
    paid: int = 0
    closes: bool = False


@dataclass(slots=True)
class Watched:
    """A plan that can be broken, and the dates that were before it: the anchor, its number, the last number."""

    days: int
    former: tuple[date, int, int]


@dataclass(slots=True)
class Watch:
    """From `since` on every due must be paid in time for so many months, else anew from the day on which it was."""

    since: date
    months: int


def nearest(exact: Fraction) -> int:
    """To whole minor units; halves go up."""
    return floor(exact + Fraction(1, 2))


def moved(day: date, months: int) -> date:
    """The same day in another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])

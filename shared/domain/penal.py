"""What default costs: a charge for each day on which a due is unpaid, on what is unpaid of it that day.

India: a penal charge, not interest (RBI/2023-24/53, 18 August 2023): it is never added to the principal and nothing
is charged on it. China: a rate above the contract's on overdue principal and interest (Yinfa [2003] 251). Both are one
formula: principal and interest of a due, unpaid at the end of a day, x annual rate / days of the year.

A due's charge is a function of its days, rounded once; what is booked of it is the difference to what was booked
before. So it does not matter how often one books, and a day's own charge is the difference of two such sums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from shared.domain import daycount
from shared.domain.allocation import Due
from shared.domain.rounding import divide

FORGIVES, DEFERS = "forgives", "defers"


@dataclass(frozen=True, slots=True)
class Penalty:
    """The terms of default, pinned with the contract.

    `kind`: `charge` or `rate`. `grace_days` after the due date cost nothing if `grace` is `forgives`, whatever comes
    later; if it is `defers` they are charged too once the grace is over and the due is still open. `cap_share` bounds
    the charge by a share of what was unpaid at the end of the due day; zero charges nothing, None is no bound.
    `tax_rate` is added to the charge.
    """

    kind: str
    annual_rate: Decimal
    grace_days: int = 0
    grace: str = FORGIVES
    cap_share: Decimal | None = None
    tax_rate: Decimal = Decimal(0)
    day_count: str = "actual/365"

    def __post_init__(self) -> None:
        assert self.kind in ("charge", "rate") and self.grace in (FORGIVES, DEFERS), self
        assert self.day_count in ("actual/360", "actual/365"), self.day_count

    def counts_from(self, due_on: date) -> date:
        """The first day that may be charged: the due day itself when the due is unpaid at its end."""
        return due_on + timedelta(days=self.grace_days if self.grace == FORGIVES else 0)

    def is_in_grace(self, due: Due, on: date) -> bool:
        return on <= due.due_on + timedelta(days=self.grace_days)


def passed(due: Due, since: date, on: date) -> Due:
    """The due with the ends of the days from `since` to before `on` counted, on what is unpaid of it now."""
    base = due.principal + due.interest
    if due.penal_from is None or not base or on <= due.due_on:
        return due
    days = max(0, (on - max(since, due.penal_from)).days)
    if not days and due.overdue:
        return due
    # Spelt out, since every open due of every day comes by: `replace` takes three times as long.
    return Due(
        *(due.number, due.due_on, due.principal, due.interest, due.fee, due.penalty, due.penal_from),
        overdue=due.overdue or base,
        late=due.late + base * days,
        penalised=due.penalised,
    )


def charged(due: Due, terms: Penalty, on: date) -> int:
    """The whole charge for a due up to before `on`, without tax, in minor units; `due` has its days counted.

    Rounded half up; the bound is rounded down.
    """
    if terms.is_in_grace(due, on):
        return 0
    uncapped = _uncapped(due, terms)
    return uncapped if terms.cap_share is None else min(uncapped, _share(due.overdue, terms.cap_share, ROUND_DOWN))


def is_at_cap(due: Due, terms: Penalty) -> bool:
    """Whether its days would cost more than the bound."""
    if terms.cap_share is None:
        return False
    return _uncapped(due, terms) >= _share(due.overdue, terms.cap_share, ROUND_DOWN)


def unbooked(due: Due, terms: Penalty | None, on: date) -> tuple[int, int]:
    """Charge and tax that no entry has booked yet; `due` has its days counted up to `on`."""
    if terms is None or due.penal_from is None:
        return 0, 0
    whole = charged(due, terms, on)
    if whole <= due.penalised:
        return 0, 0
    tax = _share(whole, terms.tax_rate, ROUND_HALF_UP) - _share(due.penalised, terms.tax_rate, ROUND_HALF_UP)
    return whole - due.penalised, tax


def accrued(dues: Iterable[Due], terms: Penalty | None, since: date, on: date) -> int:
    """All that would be booked on a day, with tax, for dues whose days are counted up to `since`."""
    return sum(sum(unbooked(passed(due, since, on), terms, on)) for due in dues)


def _uncapped(due: Due, terms: Penalty) -> int:
    numerator, denominator = terms.annual_rate.as_integer_ratio()
    return divide(due.late * numerator, denominator * daycount.DENOMINATORS[terms.day_count], ROUND_HALF_UP)


def _share(minor: int, share: Decimal, rounding: str) -> int:
    numerator, denominator = share.as_integer_ratio()
    return divide(minor * numerator, denominator, rounding)

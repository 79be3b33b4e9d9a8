"""Erasure: a borrower asks to be forgotten, and is, once nothing is owed and the law asks for nothing any more.

Digital Personal Data Protection Act, 2023, sections 8(7) and 12(3); Personal Information Protection Law, article 47.
The books keep what was lent and paid, under an id that then belongs to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from shared.domain.calendar import add_months
from shared.domain.errors import Refused
from shared.domain.loan import Loan

State = Literal["kept", "asked", "scheduled", "erasing", "done", "withdrawn"]
# After that many days it is looked at again whether something is still open.
AGAIN_DAYS = 7


@dataclass(frozen=True, slots=True)
class Erasure:
    """Every borrower has one from his first sign-in, at `asked_at`: `kept` while nobody asked, and `withdrawn` once he
    thought better of it, `asked_at` being then when he did.

    `asked`: something is still open, `waits_for` says what. `scheduled`: on `due_on` or the night after it is done,
    `is_by_rule` where his data's time is over and he did not ask.

    `erasing`: the data are unreadable, and their files and the sign-in are being removed. `look_on` is the day on which
    it is taken up next, None once it is over.
    """

    state: State
    asked_at: datetime
    waits_for: Literal["loan", "application", "retention"] | None = None
    due_on: date | None = None
    look_on: date | None = None
    done_at: datetime | None = None
    is_by_rule: bool = False
    version: int = 1

    @property
    def is_asked(self) -> bool:
        """Whether the borrower wants it, and it has not begun."""
        return self.state in ("asked", "scheduled") and not self.is_by_rule


def planned(
    erasure: Erasure, loans: Sequence[Loan], *, has_application: bool, retention_years: int, on: date
) -> Erasure:
    """What there is to wait for today. The years of retention begin when the last loan has ended."""
    if any(ended_on(loan) is None for loan in loans):
        return _waiting(erasure, "loan", on)
    if has_application:
        return _waiting(erasure, "application", on)
    ends = [end for loan in loans if (end := ended_on(loan))]
    kept_until = add_months(max(ends), 12 * retention_years) if ends else None
    due_on = kept_until + timedelta(days=1) if kept_until and kept_until >= on else on
    waits_for: Literal["retention"] | None = "retention" if due_on > on else None
    return replace(erasure, state="scheduled", is_by_rule=False, waits_for=waits_for, due_on=due_on, look_on=due_on)


def begun(erasure: Erasure) -> Erasure:
    assert erasure.state == "scheduled", erasure
    return replace(erasure, state="erasing")


def done(erasure: Erasure, at: datetime) -> Erasure:
    assert erasure.state == "erasing", erasure
    return replace(erasure, state="done", look_on=None, done_at=at)


def withdrawn(erasure: Erasure, at: datetime, on: date) -> Erasure:
    """He stays, whether he had asked or a rule had: looked at anew the next day, as one who was just heard of.

    Raises `Refused` (erasure_begun) once there is nothing left to keep.
    """
    if erasure.state in ("erasing", "done"):
        raise Refused("erasure_begun", "The erasure has begun and cannot be undone.")
    stays = replace(erasure, state="withdrawn", asked_at=at, waits_for=None, due_on=None, is_by_rule=False)
    return replace(stays, look_on=on + timedelta(days=1))


def _waiting(erasure: Erasure, what: Literal["loan", "application"], on: date) -> Erasure:
    return replace(
        erasure, state="asked", is_by_rule=False, waits_for=what, due_on=None, look_on=on + timedelta(days=AGAIN_DAYS)
    )


def ended_on(loan: Loan) -> date | None:
    """None while somebody can still owe: what was written off is owed until it is paid, and excess is the borrower's.

    A loan that was never paid out ended, at the latest, on the day it was granted.
    """
    if loan.excess or loan.payout_id:
        return None
    if loan.state == "cancelled":
        return loan.sanctioned_at.date()
    return loan.closed_on

"""How long what is known of a borrower is kept without anybody asking: each kind of data by a rule of its market.

A period begins when the last loan has ended; while anything is owed, or may be, nothing ends. Who never borrowed is
kept for a shorter time after he was last heard of. Digital Personal Data Protection Act, 2023, section 8(7); Personal
Information Protection Law, articles 19 and 47.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from shared.domain.calendar import add_months
from shared.domain.erasure import Erasure, ended_on
from shared.domain.loan import Loan

# `identity` is the last to go: the profile, the key of all seals, the sign-in, and with them whatever is left.
Kind = Literal["contacts", "bank_account", "papers", "identity"]
KINDS: tuple[Kind, ...] = ("contacts", "bank_account", "papers", "identity")


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Years after the last loan's end, by kind; and days after the last sign of life for one who never borrowed.

    `notice_days` before the last of it goes the borrower is told. `look_days` is how often it is worked out anew while
    a loan runs. `books_years` is how long the books themselves are kept, which no longer say whose they are.
    """

    years: Mapping[str, int]
    never_lent_days: int
    notice_days: int
    look_days: int
    books_years: int


def kept_until(
    rules: RetentionRules, loans: Sequence[Loan], *, heard_on: date, is_open: bool
) -> Mapping[Kind, date | None]:
    """The last day of each kind; None while a loan, an application or a dispute is open. `heard_on` is the last day on
    which the borrower was heard of: he is not forgotten while he uses his account."""
    ends = [ended_on(loan) for loan in loans]
    if is_open or None in ends:
        return dict.fromkeys(KINDS)
    quiet_until = heard_on + timedelta(days=rules.never_lent_days)
    last = max((end for end in ends if end is not None), default=None)
    if last is None:
        return dict.fromkeys(KINDS, quiet_until)
    return {kind: max(quiet_until, add_months(last, 12 * rules.years[kind])) for kind in KINDS}


def over(until: Mapping[Kind, date | None], on: date) -> tuple[Kind, ...]:
    """The kinds whose last day has passed, but for the identity, which goes by an erasure that is told before."""
    return tuple(kind for kind in KINDS if kind != "identity" and _is_past(until[kind], on))


def next_step(erasure: Erasure, until: Mapping[Kind, date | None], rules: RetentionRules, on: date) -> Erasure:
    """The clock of one who did not ask: when to look again, or, told by then, when all of it goes.

    Who is heard of after he was told is kept. Looked at late, he still has all days of the notice.
    """
    last = until["identity"]
    if last is None:
        return _kept(erasure, on + timedelta(days=rules.look_days))
    due_on = last + timedelta(days=1)
    if erasure.state == "scheduled" and erasure.due_on is not None and due_on <= erasure.due_on:
        return erasure
    told_on = due_on - timedelta(days=rules.notice_days)
    if on < told_on:
        coming = [day + timedelta(days=1) for day in until.values() if day is not None and day >= on]
        return _kept(erasure, min([told_on, *(day for day in coming if day > on)]))
    due_on = max(due_on, on + timedelta(days=rules.notice_days))
    return replace(erasure, state="scheduled", is_by_rule=True, waits_for=None, due_on=due_on, look_on=due_on)


def _kept(erasure: Erasure, look_on: date) -> Erasure:
    state = "kept" if erasure.is_by_rule or erasure.state == "kept" else erasure.state
    return replace(erasure, state=state, is_by_rule=False, waits_for=None, due_on=None, look_on=look_on)


def _is_past(day: date | None, on: date) -> bool:
    return day is not None and day < on

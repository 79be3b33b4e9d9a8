"""What the programme did: how many asked, got a waiver and kept it, and how those and the others repaid afterwards.

Those who were declined are no twin of those who were granted: they were chosen for what they are, so that a difference
between the two says nothing of what a waiver does. They are shown beside each other, and no more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.ledger import Entry, live
from shared.domain.waivers import Waiver, given_up, state_on

# Days after the request whose payments count as repaid at once, and those in which what falls due is followed.
AT_ONCE, AFTERWARDS = timedelta(days=30), timedelta(days=90)
GRANTED, NOT_GRANTED = ("granted", "kept", "lapsed"), ("declined", "expired")


@dataclass(frozen=True, slots=True)
class Group:
    """Requests alike. `owed` is what their dues and penal charges came to, `repaid` what was paid in 30 days.

    `followed` are those of which 90 days are over: in these so much `fell_due`, penal charges apart, and so much of
    that was `paid` by their end.
    """

    requests: int = 0
    owed: int = 0
    repaid: int = 0
    followed: int = 0
    fell_due: int = 0
    paid: int = 0


@dataclass(frozen=True, slots=True)
class WaiverFigures:
    """Counts by the state of today, amounts in minor units. The figures of parts add up to those of the whole.

    `asked` are all, `kept` those of which the condition was met. `promised` and `given_up` are those of the granted.
    What is undecided or was taken back is in neither group.
    """

    asked: int
    kept: int
    by_state: Mapping[str, int]
    promised: int
    given_up: int
    granted: Group
    not_granted: Group


def figures(found: Iterable[tuple[Waiver, Sequence[Entry]]], on: date) -> WaiverFigures:
    """Of waivers, each with its loan's entries."""
    told = [(waiver, entries, state_on(waiver, entries, on)) for waiver, entries in found]
    granted = [(waiver, entries) for waiver, entries, state in told if state in GRANTED]
    return WaiverFigures(
        asked=len(told),
        kept=sum(state == "kept" for _, _, state in told),
        by_state=Counter(state for _, _, state in told),
        promised=sum(waiver.outcome.waived for waiver, _ in granted),
        given_up=sum(given_up(waiver, entries) for waiver, entries in granted),
        granted=_group(granted, on),
        not_granted=_group(((waiver, entries) for waiver, entries, state in told if state in NOT_GRANTED), on),
    )


def repaid(waiver: Waiver, entries: Iterable[Entry]) -> int:
    """Money that came for the loan within 30 days of the request."""
    days = (waiver.asked_on, waiver.asked_on + AT_ONCE)
    return sum(
        entry.debited("lender_funds")
        for entry in live(entries)
        if entry.kind == "repayment" and days[0] <= entry.effective_on <= days[1]
    )


def fell_due(waiver: Waiver, entries: Iterable[Entry]) -> tuple[int, int]:
    """What fell due in the 90 days after the request, penal charges apart, and what of that was paid by their end."""
    last = waiver.asked_on + AFTERWARDS
    stood = [entry for entry in live(entries) if waiver.asked_on < entry.effective_on <= last]
    dues = {entry.due.number: entry.due.unpaid for entry in stood if entry.kind == "due" and entry.due is not None}
    paid = sum(
        line.amount
        for entry in stood
        if entry.kind in ("repayment", "settled_from_excess")
        for line in entry.lines
        if line.number in dues and line.component != "penalty"
    )
    return sum(dues.values()), paid


def _group(found: Iterable[tuple[Waiver, Sequence[Entry]]], on: date) -> Group:
    group = Group()
    for waiver, entries in found:
        is_followed = waiver.asked_on + AFTERWARDS < on
        due, paid = fell_due(waiver, entries) if is_followed else (0, 0)
        group = Group(
            requests=group.requests + 1,
            owed=group.owed + waiver.outcome.arrears + waiver.outcome.penalty,
            repaid=group.repaid + repaid(waiver, entries),
            followed=group.followed + is_followed,
            fell_due=group.fell_due + due,
            paid=group.paid + paid,
        )
    return group

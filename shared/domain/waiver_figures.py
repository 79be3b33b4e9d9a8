"""What the programme did: how many asked, got a waiver and kept it, and how those and the others repaid afterwards.

Those who were declined are no twin of those who were granted: the two are shown beside each other, and no more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.ledger import Entry, live
from shared.domain.waivers import Waiver, given_up, state_on

# Days after the request whose payments count as repaid afterwards.
AFTERWARDS = timedelta(days=30)
GRANTED, NOT_GRANTED = ("granted", "kept", "lapsed"), ("declined", "expired")


@dataclass(frozen=True, slots=True)
class Group:
    """Requests alike. `owed` is what their dues and penal charges came to, `repaid` what was paid in 30 days."""

    requests: int = 0
    owed: int = 0
    repaid: int = 0


@dataclass(frozen=True, slots=True)
class WaiverFigures:
    """Counts by the state of today, amounts in minor units. The figures of parts add up to those of the whole.

    `promised` and `given_up` are those of the granted. What is undecided or was taken back is in neither group.
    """

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
        by_state=Counter(state for _, _, state in told),
        promised=sum(waiver.outcome.waived for waiver, _ in granted),
        given_up=sum(given_up(waiver, entries) for waiver, entries in granted),
        granted=_group(granted),
        not_granted=_group((waiver, entries) for waiver, entries, state in told if state in NOT_GRANTED),
    )


def repaid(waiver: Waiver, entries: Iterable[Entry]) -> int:
    """Money that came for the loan within 30 days of the request."""
    days = (waiver.asked_on, waiver.asked_on + AFTERWARDS)
    return sum(
        entry.debited("lender_funds")
        for entry in live(entries)
        if entry.kind == "repayment" and days[0] <= entry.effective_on <= days[1]
    )


def _group(found: Iterable[tuple[Waiver, Sequence[Entry]]]) -> Group:
    requests = owed = came = 0
    for waiver, entries in found:
        requests += 1
        owed += waiver.outcome.arrears + waiver.outcome.penalty
        came += repaid(waiver, entries)
    return Group(requests, owed, came)

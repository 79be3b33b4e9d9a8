"""A borrower's conduct from the lives of his loans: what their entries say, and nobody else's word.

Lateness is that of `delinquency`: days from a due date on which something of the due was unpaid, paused days apart; a
penal charge alone makes nothing late.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from shared.domain.calendar import add_months
from shared.domain.conduct import RELIEF, Conduct, ConductRules
from shared.domain.delinquency import Account, counted
from shared.domain.lateness import Step, account

ENDS = {"waiver": "kept", "rescheduled": "kept", "waiver_lapsed": "broken", "plan_broken": "broken"}


def conduct(lives: Iterable[Sequence[Step]], rules: ConductRules, on: date) -> Conduct:
    """Of the lives of somebody's loans, each up to the end of that day; the rest of what happens is not known."""
    since, lives = add_months(on, -rules.months), [life for life in lives if life]
    late = [days for life in lives for days in _days_late(account(life), since, on) if days > rules.grace_days]
    reliefs = [RELIEF.index(each) for life in lives for each in _reliefs(life, since)]
    return Conduct(
        loans_repaid=sum(_is_repaid(life, rules) for life in lives),
        late_instalments=len(late),
        worst_days_late=max(late, default=0),
        relief=RELIEF[max(reliefs, default=0)],
    )


def _days_late(history: Account, since: date, on: date) -> Iterator[int]:
    """Of each due that was open after `since`, until it was settled."""
    for due in history.dues:
        until = min(due.settled_on or on, on)
        if since < until and due.due_on < until:
            yield counted(due.due_on, until, history.pauses)


def _is_repaid(life: Sequence[Step], rules: ConductRules) -> bool:
    """Closed by what was paid: neither given up in part, nor handed back in the first weeks."""
    loan = life[-1].loan
    if loan.state != "closed" or loan.disbursed_on is None or loan.closed_on is None:
        return False
    return (loan.closed_on - loan.disbursed_on).days >= rules.loan_days and not list(_given_up(life))


def _reliefs(life: Sequence[Step], since: date) -> Iterator[str]:
    """What became of each; one that is agreed and not yet over is running."""
    yield from ("given_up" for on in _given_up(life) if on > since)
    yield from (ENDS[step.entry.kind] for step in life if step.entry.kind in ENDS and step.entry.effective_on > since)
    loan = life[-1].loan
    if loan.state == "active" and (loan.grant is not None or loan.watched is not None):
        yield "running"


def _given_up(life: Sequence[Step]) -> Iterator[date]:
    """The days on which the loan was written off, or settled for less than the whole."""
    for before, step in pairwise(life):
        is_settled = step.entry.kind == "waiver" and before.loan.grant is not None and before.loan.grant.closes
        if is_settled or step.entry.kind == "write_off":
            yield step.entry.effective_on

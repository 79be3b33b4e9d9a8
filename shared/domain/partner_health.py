"""Whether a partner that is asked for prices answers well; after too many bad answers it is left alone for a while.

Good answers leave no trace. A bad one leaves a mark, at most one a minute, with how often the partner was asked and how
often in vain since the mark before: so that one bad answer among thousands degrades nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
# So many bad answers within the window, and at least half of all that were asked for.
BAD = 3
REST, LONGEST_REST = timedelta(minutes=5), timedelta(hours=1)

# What was wrong with an answer, as staff read it.
REASONS = {
    "late": "No answer in time.",
    "unreachable": "Nobody answered at the partner's address.",
    "refused": "The answer was an error.",
    "no_address": "No address or secret of the partner is stored.",
    "signature_invalid": "The answer's signature does not fit.",
    "not_a_price": "The answer is no price.",
    "other_product": "The price is for another product than was asked for.",
    "rate_out_of_range": "The rate is outside what the market or the product allows.",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Since the mark before: how often the partner was asked and how often in vain, and what was wrong last."""

    at: datetime
    asked: int
    bad: int
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """`rests_until` ends the time in which the partner is not asked; `rests` counts those that follow each other."""

    partner_id: str
    marks: tuple[Mark, ...] = ()
    rests_until: datetime | None = None
    rests: int = 0
    version: int = 0

    def is_degraded(self, at: datetime) -> bool:
        return self.rests_until is not None and at < self.rests_until

    def reasons(self, at: datetime) -> Mapping[str, int]:
        """What was wrong within the window, and in how many marks."""
        found = [mark.reason for mark in self.marks if at - mark.at <= WINDOW]
        return {reason: found.count(reason) for reason in dict.fromkeys(found)}


def marked(health: Health, mark: Mark) -> Health:
    """With one mark more. A partner that is tried again and still answers badly rests for twice as long."""
    marks = (*(each for each in health.marks if mark.at - each.at <= WINDOW), mark)
    asked, bad = sum(each.asked for each in marks), sum(each.bad for each in marks)
    health = replace(health, marks=marks)
    if bad < BAD or 2 * bad < asked or health.is_degraded(mark.at):
        return health
    follows = health.rests_until is not None and mark.at - health.rests_until <= LONGEST_REST
    rests = health.rests + 1 if follows else 1
    rest = min(REST * 2 ** (rests - 1), LONGEST_REST)
    return replace(health, rests_until=mark.at + rest, rests=rests)

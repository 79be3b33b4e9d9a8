"""Send applications to the scorer once more that it has not decided: their messages were lost, or wait for long.

Whoever decides looks first whether that was done, so that one too many costs a read. A run that is killed leaves the
rest to the next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.applications import Applications
from shared.adapters.queue import Queue
from shared.domain.night import SHARDS

# By then a message has come and failed more than once. What is only late is sent twice, and decided once.
AGAIN_AFTER = timedelta(minutes=10)
# Whoever waits so long was sent again several times: a person has to look.
LATE_AFTER = timedelta(hours=1)
# Of each part at a time, so that after a long outage the runs share the work, and none adds much to an overload.
MOST = 500


@dataclass(frozen=True, slots=True)
class SentAgain:
    """How many were sent, and how many of them have waited far too long."""

    sent: int
    late: int


def send_again(market: str, at: datetime, *, applications: Applications, scorer: Queue, most: int = MOST) -> SentAgain:
    """Those of a market that have waited for a decision for minutes, the longest waiting `most` of each part."""
    waiting: list[datetime] = []
    for number in range(SHARDS):
        found = applications.undecided(market, number, at - AGAIN_AFTER, most)
        scorer.send([undecided for undecided, _ in found])
        waiting += [submitted_at for _, submitted_at in found]
    return SentAgain(len(waiting), sum(at - submitted_at > LATE_AFTER for submitted_at in waiting))

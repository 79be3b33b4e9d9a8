"""What a decision costs in time: the table of points alone, a whole decision, and one that looks for what would do.

    .venv/bin/python -m tests.benchmarks.bench_score

Exit status 1 if a whole decision takes a millisecond.
"""

import sys
import timeit
from collections.abc import Callable

from shared.domain.scorecard import scored
from shared.domain.scoring import decide, measures
from shared.markets.scorecards import scorecard
from tests.sandbox import INDIA, earning, rupees

CARD = scorecard(INDIA.scorecard)
LIMIT_MICROSECONDS = 1_000


def microseconds(work: Callable[[], object], times: int) -> float:
    """The least of five runs: what disturbs a run only makes it longer."""
    return min(timeit.repeat(work, number=times, repeat=5)) / times * 1e6


def main() -> int:
    facts, measured = earning(), measures(earning(), rupees(1_900))
    points = microseconds(lambda: scored(CARD, measured), 5_000)
    approved = microseconds(lambda: decide(INDIA, CARD, facts, rupees(20_000), 12), 1_000)
    declined = microseconds(lambda: decide(INDIA, CARD, earning(9_000), rupees(100_000), 3), 100)
    print(
        f"score: points {points:.1f} us, a decision {approved:.0f} us, a decline with what would do {declined:.0f} us"
    )
    return int(approved >= LIMIT_MICROSECONDS)


if __name__ == "__main__":
    sys.exit(main())

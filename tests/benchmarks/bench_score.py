"""What a decision costs in time: the table of points alone, a whole decision, and the search for what would do.

    .venv/bin/python -m tests.benchmarks.bench_score

Exit status 1 if a whole decision takes a millisecond.
"""

import sys
import timeit
from collections.abc import Callable

from shared.domain.alternatives import alternatives
from shared.domain.offers import Wanted
from shared.domain.scorecard import scored
from shared.domain.scoring import decide, instalment_limit, measures
from shared.markets.scorecards import scorecard
from tests.sandbox import AT, INDIA, TODAY, earning, partners_of, rupees

CARD = scorecard(INDIA.scorecard)
LIMIT_MICROSECONDS = 1_000


def microseconds(work: Callable[[], object], times: int) -> float:
    """The least of five runs: what disturbs a run only makes it longer."""
    return min(timeit.repeat(work, number=times, repeat=5)) / times * 1e6


def main() -> int:
    facts, measured = earning(), measures(earning(), rupees(1_900))
    points = microseconds(lambda: scored(CARD, measured), 5_000)
    approved = microseconds(lambda: decide(INDIA, CARD, facts, rupees(20_000), 12), 1_000)
    poor = earning(9_000)
    wanted = Wanted("app_1", rupees(100_000), 3, "E", instalment_limit(INDIA, poor), AT, TODAY)
    instead = microseconds(lambda: alternatives(INDIA, CARD, poor, wanted, partners_of(INDIA)), 5)
    print(f"score: points {points:.1f} us, a decision {approved:.0f} us, what would do instead {instead / 1000:.1f} ms")
    return int(approved >= LIMIT_MICROSECONDS)


if __name__ == "__main__":
    sys.exit(main())

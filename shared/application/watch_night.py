"""Look whether a market's night is finished: it was started, and nothing is due any more up to its date."""

from datetime import datetime

from shared.adapters.runs import Runs
from shared.adapters.work_index import WorkIndex
from shared.domain.calendar import business_date
from shared.markets import market_at


def watch_night(market: str, at: datetime, *, runs: Runs, index: WorkIndex) -> bool:
    """Whether the run of the market's today is finished. The first look that finds it so says when."""
    today = business_date(at, market_at(market, at).time_zone)
    run = runs.get(market, today)
    if run is None:
        return False
    if run.finished_at is None:
        if not index.is_clear(market, run.on):
            return False
        runs.finish(run, at)
    return True

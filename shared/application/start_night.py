"""Start a market's night: its run is begun once, and each shard of the index is given to a sweep."""

from datetime import datetime

from shared.adapters.queue import Queue
from shared.adapters.runs import Runs
from shared.domain.calendar import business_date
from shared.domain.night import Run, Sweep, shards
from shared.markets import market_at


def start_night(market: str, at: datetime, *, runs: Runs, sweeps: Queue) -> Run:
    """The run of the market's today, whether it is begun now or was before. Raises `NotFound` for no market.

    Started again, it sweeps again: whatever was worked has left the index, and whoever died before his messages were
    sent is made up for. Nights that were missed are part of it, since a sweep reads all that is due up to its date.
    """
    today = business_date(at, market_at(market, at).time_zone)
    run = runs.begin(Run(market, today, at))
    sweeps.send([Sweep("work", shard, run.on) for shard in shards(market)])
    return run

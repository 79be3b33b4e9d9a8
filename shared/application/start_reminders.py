"""Start a market's reminders of one hour: each shard of the index of notices is given to a sweep."""

from datetime import date, datetime

from shared.adapters.queue import Queue
from shared.domain.calendar import business_date
from shared.domain.night import Sweep, shards
from shared.markets import market_at


def start_reminders(market: str, at: datetime, *, sweeps: Queue) -> date:
    """The market's today. Raises `NotFound` for no market.

    Started again, it finds what is still to be told: what was told has left the index. So it needs no record of a run.
    """
    today = business_date(at, market_at(market, at).time_zone)
    sweeps.send([Sweep("notices", shard, today) for shard in shards(market)])
    return today

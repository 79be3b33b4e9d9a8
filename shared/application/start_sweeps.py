"""Start a market's reminders or debits of one hour: each shard of their index is given to a sweep."""

from datetime import date, datetime

from shared.adapters.queue import Queue
from shared.domain.calendar import business_date
from shared.domain.night import Sweep, shards
from shared.markets import market_at


def start_sweeps(index: str, market: str, at: datetime, *, sweeps: Queue) -> date:
    """The market's today. Raises `NotFound` for no market. `index` is `notices` or `debits`.

    Started again, it finds what is still to be done: what was done has left the index. So it needs no record of a run.
    """
    today = business_date(at, market_at(market, at).time_zone)
    sweeps.send([Sweep(index, shard, today) for shard in shards(market)])
    return today

"""Look at what waits for a person: what nobody decided in all its time ends, and what is late is counted."""

from datetime import datetime

from shared.adapters.applications import Applications
from shared.adapters.table import Stale
from shared.domain.applications import expired
from shared.domain.reviews import is_overdue
from shared.markets import today

# The most urgent ones: what is late is among them, and each look ends some of those that are over.
LOOKED_AT = 50


def watch_reviews(market: str, at: datetime, *, applications: Applications) -> int:
    """How many are late, of the most urgent. Ended twice, or decided meanwhile, the second finds it so."""
    found, _ = applications.waiting(market, None, LOOKED_AT)
    waiting, on = [each for each in found if each.state == "referred"], today(market, at)
    for each in waiting:
        if not each.is_waiting(on):
            try:
                applications.decide(expired(each, on), ())
            except Stale:
                continue
    return sum(each.is_waiting(on) and each.review is not None and is_overdue(each.review, at) for each in waiting)

"""What another table of points would have made of a month's applications, and whether applicants are still the same."""

from datetime import datetime

from shared.adapters.applications import Applications
from shared.adapters.borrowers import Borrowers
from shared.application.replay_decision import Replay, replayed
from shared.domain.applications import Application
from shared.domain.comparison import Comparison, comparison
from shared.domain.drift import FactorDrift, drift_of_points
from shared.domain.errors import NotFound, Refused
from shared.domain.night import SHARDS
from shared.markets.scorecards import scorecard


def dry_run(
    table: str,
    market: str,
    month: str,
    after: str | None,
    limit: int,
    at: datetime,
    *,
    applications: Applications,
    borrowers: Borrowers,
) -> tuple[Comparison, str | None]:
    """Of a page of a month's applications; the pages' counts add up. Each that is made again opens its profile once."""
    found, then = applications.of_month(market, month, after, limit)
    replays = [_replayed(application, table, at, borrowers) for application in found]
    made = [replay for replay in replays if replay is not None]
    return comparison(((replay.recorded, replay.again) for replay in made), len(replays) - len(made)), then


def drift_of_month(
    table: str, market: str, month: str, of_each: int, *, applications: Applications
) -> tuple[int, tuple[FactorDrift, ...]]:
    """Of a sample that chance makes, at most so many of each of a month's parts: how many, and how far they moved.

    What a decision kept of its points says in which bins its applicant was, so that nothing sealed is opened.
    """
    parts = [applications.of_shard(market, month, number, None, of_each) for number in range(SHARDS)]
    decisions = [application.by_machine[0] for part in parts for application in part if application.decision]
    points = [decision.points for decision in decisions if decision.scorecard == table]
    return len(points), drift_of_points(scorecard(table), points)


def _replayed(application: Application, table: str, at: datetime, borrowers: Borrowers) -> Replay | None:
    try:
        return replayed(application, at, borrowers=borrowers, table=table)
    except (Refused, NotFound):
        return None

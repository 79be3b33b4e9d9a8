"""`/v1/desk/…`: decisions made again, tables of points compared, and whether applicants are still like theirs."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from shared import wiring
from shared.application.compare_tables import drift_of_month, dry_run
from shared.application.replay_decision import replayed
from shared.application.word_decision import DecisionView, worded
from shared.domain.comparison import Comparison
from shared.domain.drift import FactorDrift
from shared.domain.errors import NotFound
from shared.domain.staff import month_of
from shared.markets import market_at, today
from shared.markets.scorecards import versions
from shared.runtime import now, resolver, serve, staff
from shared.schemas import AfterApplication, Limit

app = resolver()

# Of each of a month's sixteen parts: some three hundred applications, read one by one.
SAMPLED = 20
InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
Month = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; this one unless told")]
ApplicationId = Annotated[str, Path(max_length=64)]
Version = Annotated[str, Path(max_length=16)]


@dataclass(frozen=True, slots=True)
class ReplayView:
    """`again` is what the same facts, rules and table give now; `is_same` leaves out what lenders would offer today."""

    application_id: str
    is_same: bool
    recorded: DecisionView
    again: DecisionView


@dataclass(frozen=True, slots=True)
class DryRun:
    """Of one page of a month's applications; add the pages up."""

    scorecard: str
    market: str
    month: str
    comparison: Comparison
    next: str | None


@dataclass(frozen=True, slots=True)
class Drift:
    """Of `applications` that chance took of a month, as far as the present table decided them."""

    scorecard: str
    market: str
    month: str
    applications: int
    factors: tuple[FactorDrift, ...]


@app.get("/v1/desk/applications/<application_id>/replay")
def replay(application_id: ApplicationId) -> ReplayView:
    staff(app, "auditor")
    application = wiring.applications().get(application_id)
    found = replayed(application, now(), borrowers=wiring.borrowers("desk_models"))
    return ReplayView(application_id, found.is_same, worded(found.recorded), worded(found.again))


@app.get("/v1/desk/scorecards/<version>/dry-run")
def try_table(
    version: Version, market: InMarket, month: Month = None, after: AfterApplication = None, limit: Limit = 20
) -> DryRun:
    staff(app, "approver", "auditor")
    if version not in versions(market):
        raise NotFound("not_found", "This market has no such table of points.")
    asked, borrowers = month or month_of(today(market, now())), wiring.borrowers("desk_models")
    found, then = dry_run(
        version, market, asked, after, limit, now(), applications=wiring.applications(), borrowers=borrowers
    )
    return DryRun(version, market, asked, found, then)


@app.get("/v1/desk/scorecards/drift")
def show_drift(market: InMarket, month: Month = None) -> Drift:
    staff(app, "reviewer", "approver", "auditor")
    asked, table = month or month_of(today(market, now())), market_at(market, now()).scorecard
    count, factors = drift_of_month(table, market, asked, SAMPLED, applications=wiring.applications())
    return Drift(table, market, asked, count, factors)


handler = serve(app)

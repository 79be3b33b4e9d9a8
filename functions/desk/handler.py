"""`/v1/desk`: what the staff see and decide. Each route names the roles that may call it; each decision is recorded."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared import wiring
from shared.domain.staff import Decision, month_of
from shared.markets import today
from shared.runtime import now, resolver, serve, staff
from shared.schemas import Limit

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
Month = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; this one unless told")]
AfterDecision = Annotated[str | None, Query(pattern=r"^aud_[0-9A-Z]{26}$", description="the page before's `next`")]


@dataclass(frozen=True, slots=True)
class Decisions:
    decisions: tuple[Decision, ...]
    next: str | None


@app.get("/v1/desk/audit")
def show_audit(market: InMarket, month: Month = None, after: AfterDecision = None, limit: Limit = 20) -> Decisions:
    staff(app, "auditor")
    found, then = wiring.audit().page(market, month or month_of(today(market, now())), after, limit)
    return Decisions(tuple(found), then)


handler = serve(app)

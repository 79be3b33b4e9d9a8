"""`/v1/desk/plans`, `/v1/desk/loans`: what staff propose and decide about a loan. Each decision leaves its record."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.plans import views
from functions.plans.views import PlanAsked, PlanView, Reason
from shared import wiring
from shared.application.ask_plan import ask_plan
from shared.application.decide_plan import decide_plan
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import Body, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
PlanId = Annotated[str, Path(max_length=64)]
InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
AfterPlan = Annotated[str | None, Query(pattern=r"^plan_[0-9A-Z]{26}$", description="the page before's `next`")]


class PlanDecision(Body):
    """The reason is told to the borrower."""

    decision: Literal["agreed", "refused"]
    reason: Reason


@dataclass(frozen=True, slots=True)
class PlansAsked:
    plans: tuple[PlanView, ...]
    next: str | None


@app.get("/v1/desk/plans")
def show_plans(market: InMarket, after: AfterPlan = None, limit: Limit = 20) -> PlansAsked:
    staff(app, "reviewer", "approver", "auditor")
    found, then = wiring.plans().page(market, after, limit)
    return PlansAsked(tuple(views.plan(plan) for plan in found), then)


@app.post("/v1/desk/plans/<plan_id>/decision")
def decide(plan_id: PlanId, body: PlanDecision) -> PlanView:
    member = staff(app, "reviewer", "approver")
    given = {**_given(), "request": request(app, by=member), "view": views.plan}
    return decide_plan(plan_id, body.decision, body.reason, member, wiring.new_id("aud"), now(), **given)


@app.post("/v1/desk/loans/<loan_id>/plans", status_code=201)
def propose(loan_id: LoanId, body: PlanAsked) -> PlanView:
    member = staff(app, "reviewer", "collector")
    given = {**_given(), "request": request(app, 201, by=member), "view": views.plan, "partners": wiring.partners()}
    ids = (wiring.new_id("plan"), wiring.new_id("aud"))
    return ask_plan(loan_id, views.choice(body.choice), body.reason, *ids, now(), member=member, **given)


def _given() -> dict[str, Any]:
    return {"loans": wiring.loans(), "plans_of": wiring.plans()}


handler = serve(app)

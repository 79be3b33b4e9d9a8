"""`/v1/desk/disputes`: what borrowers say is wrong in the credit file, decided by staff before its clock costs."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_file import views
from functions.desk_file.views import Disputes, DisputeView, Judgement, Payment
from shared import wiring
from shared.application.decide_dispute import decide_dispute, pay_compensation
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import AfterDispute, Limit

app = resolver()

DisputeId = Annotated[str, Path(max_length=64)]
InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
Waits = Annotated[Literal["open", "owed"], Query(description="to be decided, or decided with compensation unpaid")]


@app.get("/v1/desk/disputes")
def show_all(market: InMarket, waits: Waits = "open", after: AfterDispute = None, limit: Limit = 20) -> Disputes:
    staff(app, "reviewer", "approver", "auditor")
    found, then = wiring.disputes().waiting(market, waits, after, limit)
    at = now()
    return Disputes(tuple(views.dispute(each, at) for each in found), then)


@app.get("/v1/desk/disputes/<dispute_id>")
def show(dispute_id: DisputeId) -> DisputeView:
    staff(app, "reviewer", "approver", "auditor")
    return views.dispute(wiring.disputes().get(dispute_id), now())


@app.post("/v1/desk/disputes/<dispute_id>/decision")
def decide(dispute_id: DisputeId, body: Judgement) -> DisputeView:
    member, at = staff(app, "reviewer", "approver"), now()
    return decide_dispute(
        dispute_id,
        body.decision,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        loans=wiring.loans(),
        request=request(app, by=member),
        view=lambda dispute: views.dispute(dispute, at),
    )


@app.post("/v1/desk/disputes/<dispute_id>/compensation")
def pay(dispute_id: DisputeId, body: Payment) -> DisputeView:
    member, at = staff(app, "approver"), now()
    return pay_compensation(
        dispute_id,
        body.proof,
        member,
        wiring.new_id("aud"),
        at,
        loans=wiring.loans(),
        request=request(app, by=member),
        view=lambda dispute: views.dispute(dispute, at),
    )


handler = serve(app)

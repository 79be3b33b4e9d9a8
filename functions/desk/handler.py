"""`/v1/desk`: what the staff see and decide. Each route names the roles that may call it; each decision is recorded."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk import disputes, rejects, views
from functions.desk.disputes import Disputes, DisputeView, Judgement, Payment
from functions.desk.rejects import Correction, Refusal, Rejects, RejectView
from functions.desk.views import Decisions, DeskWaiver, DeskWaivers, Figures
from functions.relief.views import WaiverView
from functions.relief.views import waiver as waiver_view
from shared import wiring
from shared.application.decide_dispute import decide_dispute, pay_compensation
from shared.application.decide_waiver import decide_waiver
from shared.application.list_waivers import figures_of_month, waiting_waivers, waiver_with_figures
from shared.application.reverse_waiver import reverse_waiver
from shared.application.work_reject import correct_reject, take_reject
from shared.domain.staff import month_of
from shared.markets import today
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import AfterDispute, AfterReject, AfterWaiver, Body, Hash, KeptWords, Limit

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
Month = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; this one unless told")]
AfterDecision = Annotated[str | None, Query(pattern=r"^aud_[0-9A-Z]{26}$", description="the page before's `next`")]
Waiting = Annotated[Literal["requested", "approved", "granted"], Query(description="approved: by the first of two")]
WaiverId = Annotated[str, Path(max_length=64)]
DisputeId = Annotated[str, Path(max_length=64)]
RejectId = Annotated[str, Path(max_length=64)]
Unsettled = Annotated[Literal["open", "owed"], Query(description="owed: decided, with compensation unpaid")]


class WaiverDecision(Body):
    """`figures_hash` is that of the figures that were looked at: it says on what the decision was made."""

    decision: Literal["approve", "decline"]
    reason: KeptWords
    figures_hash: Hash


class Reversal(Body):
    reason: KeptWords


@app.get("/v1/desk/audit")
def show_audit(market: InMarket, month: Month = None, after: AfterDecision = None, limit: Limit = 20) -> Decisions:
    staff(app, "auditor")
    found, then = wiring.audit().page(market, month or month_of(today(market, now())), after, limit)
    return Decisions(tuple(found), then)


@app.get("/v1/desk/waivers")
def show_waiting(
    market: InMarket, state: Waiting = "requested", after: AfterWaiver = None, limit: Limit = 20
) -> DeskWaivers:
    staff(app, "reviewer", "approver", "auditor")
    found, then = waiting_waivers(market, state, after, limit, now(), waivers_of=wiring.waivers())
    return DeskWaivers(tuple(map(waiver_view, found)), then)


@app.get("/v1/desk/waivers/figures")
def show_figures(market: InMarket, month: Month = None, after: AfterWaiver = None, limit: Limit = 20) -> Figures:
    staff(app, "reviewer", "approver", "auditor")
    asked = month or month_of(today(market, now()))
    found = figures_of_month(market, asked, after, limit, now(), loans=wiring.loans(), waivers_of=wiring.waivers())
    return views.figures(market, asked, *found)


@app.get("/v1/desk/waivers/<waiver_id>")
def show_waiver(waiver_id: WaiverId) -> DeskWaiver:
    staff(app, "reviewer", "approver", "auditor")
    return views.waiver(*waiver_with_figures(waiver_id, now(), loans=wiring.loans(), waivers_of=wiring.waivers()))


@app.post("/v1/desk/waivers/<waiver_id>/decision")
def decide(waiver_id: WaiverId, body: WaiverDecision) -> WaiverView:
    member = staff(app, "reviewer", "approver")
    return decide_waiver(
        waiver_id,
        body.decision == "approve",
        body.reason,
        body.figures_hash,
        wiring.new_id("aud"),
        now(),
        member=member,
        loans=wiring.loans(),
        waivers_of=wiring.waivers(),
        request=request(app, by=member),
        view=waiver_view,
    )


@app.post("/v1/desk/waivers/<waiver_id>/reversal")
def reverse(waiver_id: WaiverId, body: Reversal) -> WaiverView:
    member = staff(app, "approver")
    return reverse_waiver(
        waiver_id,
        body.reason,
        wiring.new_id("aud"),
        now(),
        member=member,
        loans=wiring.loans(),
        waivers_of=wiring.waivers(),
        request=request(app, by=member),
        view=waiver_view,
    )


@app.get("/v1/desk/rejects")
def show_rejects(market: InMarket, after: AfterReject = None, limit: Limit = 20) -> Rejects:
    staff(app, "reviewer", "approver", "auditor")
    found, then = wiring.rejects().waiting(market, after, limit)
    return Rejects(tuple(map(rejects.reject, found)), then)


@app.post("/v1/desk/rejects", status_code=201)
def take_one(body: Refusal) -> RejectView:
    member = staff(app, "reviewer", "approver")
    wanted = (body.loan_id, body.reference_on, body.codes, member, wiring.new_id("aud"), now())
    return take_reject(*wanted, loans=wiring.loans(), request=request(app, 201, by=member), view=rejects.reject)


@app.post("/v1/desk/rejects/<reject_id>/correction")
def correct_one(reject_id: RejectId, body: Correction) -> RejectView:
    member = staff(app, "reviewer", "approver")
    wanted = (reject_id, body.reason, member, wiring.new_id("aud"), now())
    return correct_reject(*wanted, loans=wiring.loans(), request=request(app, by=member), view=rejects.reject)


@app.get("/v1/desk/disputes")
def show_disputes(
    market: InMarket, waits: Unsettled = "open", after: AfterDispute = None, limit: Limit = 20
) -> Disputes:
    staff(app, "reviewer", "approver", "auditor")
    found, then = wiring.disputes().waiting(market, waits, after, limit)
    at = now()
    return Disputes(tuple(disputes.dispute(each, at) for each in found), then)


@app.get("/v1/desk/disputes/<dispute_id>")
def show_dispute(dispute_id: DisputeId) -> DisputeView:
    staff(app, "reviewer", "approver", "auditor")
    return disputes.dispute(wiring.disputes().get(dispute_id), now())


@app.post("/v1/desk/disputes/<dispute_id>/decision")
def decide_one(dispute_id: DisputeId, body: Judgement) -> DisputeView:
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
        view=lambda dispute: disputes.dispute(dispute, at),
    )


@app.post("/v1/desk/disputes/<dispute_id>/compensation")
def pay_for_delay(dispute_id: DisputeId, body: Payment) -> DisputeView:
    member, at = staff(app, "approver"), now()
    return pay_compensation(
        dispute_id,
        body.proof,
        member,
        wiring.new_id("aud"),
        at,
        loans=wiring.loans(),
        request=request(app, by=member),
        view=lambda dispute: disputes.dispute(dispute, at),
    )


handler = serve(app)

"""`/v1/desk/plans`, `…/settlements`, `…/loans`, `…/unmatched`: what staff propose and decide, with its record."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_loans import views as desk_views
from functions.desk_loans.views import (
    Assignment,
    HeldView,
    PlanDecision,
    PlansAsked,
    Return,
    SettlementAsked,
    SettlementDecision,
    SettlementWithdrawn,
    Unmatched,
    WriteOffAsked,
    WriteOffDecision,
    WriteOffView,
)
from functions.plans import views
from functions.plans.views import PlanAsked, PlanView
from functions.relief.settled import DeskSettlement, DeskSettlements, of_desk
from shared import wiring
from shared.application.ask_plan import ask_plan
from shared.application.decide_plan import decide_plan
from shared.application.end_loan import decide_write_off, latest_write_off, propose_write_off
from shared.application.resolve_held import assign_held, return_held
from shared.application.settle_loan import decide_settlement, offer_settlement, show_settlements
from shared.domain.staff import Staff
from shared.markets import today
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import AfterLoan, Limit

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
PlanId = Annotated[str, Path(max_length=64)]
InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
SettlementId = Annotated[str, Path(max_length=64)]
HeldId = Annotated[str, Path(max_length=64)]
InCurrency = Annotated[Literal["INR", "CNY"], Query(description="the currency of the money")]
AfterHeld = Annotated[str | None, Query(pattern=r"^held_[0-9A-F]{26}$", description="the page before's `next`")]
AfterPlan = Annotated[str | None, Query(pattern=r"^plan_[0-9A-Z]{26}$", description="the page before's `next`")]


@app.get("/v1/desk/plans")
def show_plans(market: InMarket, after: AfterPlan = None, limit: Limit = 20) -> PlansAsked:
    staff(app, "reviewer", "approver", "auditor")
    found, then = wiring.plans().waiting(market, after, limit)
    return PlansAsked(tuple(views.plan(plan) for plan in found), then)


@app.post("/v1/desk/plans/<plan_id>/decision")
def decide(plan_id: PlanId, body: PlanDecision) -> PlanView:
    member = staff(app, "reviewer", "approver")
    return decide_plan(
        plan_id,
        body.decision,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        plans_of=wiring.plans(),
        request=request(app, by=member),
        view=views.plan,
    )


@app.post("/v1/desk/loans/<loan_id>/plans", status_code=201)
def propose(loan_id: LoanId, body: PlanAsked) -> PlanView:
    member = staff(app, "reviewer", "collector")
    return ask_plan(
        loan_id,
        views.choice(body.choice),
        body.reason,
        wiring.new_id("plan"),
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        plans_of=wiring.plans(),
        partners=wiring.partners(),
        request=request(app, 201, by=member),
        view=views.plan,
        member=member,
    )


@app.get("/v1/desk/settlements")
def show_proposed(market: InMarket, after: AfterLoan = None, limit: Limit = 20) -> DeskSettlements:
    staff(app, "approver", "auditor")
    found, then = wiring.settlements().waiting(market, after, limit)
    return DeskSettlements(tuple(of_desk(each, each.state) for each in found), then)


@app.get("/v1/desk/loans/<loan_id>/settlements")
def show_of_loan(loan_id: LoanId) -> DeskSettlements:
    staff(app, "reviewer", "approver", "collector", "auditor")
    found = show_settlements(loan_id, now(), loans=wiring.loans())
    return DeskSettlements(tuple(of_desk(*each) for each in found), None)


@app.post("/v1/desk/loans/<loan_id>/settlements", status_code=201)
def settle(loan_id: LoanId, body: SettlementAsked) -> DeskSettlement:
    member = staff(app, "approver")
    return offer_settlement(
        loan_id,
        body.pay.money(),
        body.by,
        body.reason,
        member,
        (wiring.new_id("stl"), wiring.new_id("aud")),
        now(),
        loans=wiring.loans(),
        request=request(app, 201, by=member),
        view=of_desk,
    )


@app.post("/v1/desk/loans/<loan_id>/settlements/<settlement_id>/decision")
def decide_to_settle(loan_id: LoanId, settlement_id: SettlementId, body: SettlementDecision) -> DeskSettlement:
    member = staff(app, "approver")
    state = "offered" if body.decision == "approved" else "refused"
    return _settlement_decided(loan_id, settlement_id, state, body.reason, member)


@app.post("/v1/desk/loans/<loan_id>/settlements/<settlement_id>/withdrawal")
def withdraw(loan_id: LoanId, settlement_id: SettlementId, body: SettlementWithdrawn) -> DeskSettlement:
    member = staff(app, "approver")
    return _settlement_decided(loan_id, settlement_id, "withdrawn", body.reason, member)


def _settlement_decided(loan_id: str, settlement_id: str, state: str, because: str, member: Staff) -> DeskSettlement:
    return decide_settlement(
        loan_id,
        settlement_id,
        state,
        because,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app, by=member),
        view=of_desk,
    )


@app.post("/v1/desk/loans/<loan_id>/write-off", status_code=201)
def propose_to_write_off(loan_id: LoanId, body: WriteOffAsked) -> WriteOffView:
    member = staff(app, "reviewer", "approver")
    return propose_write_off(
        loan_id,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app, 201, by=member),
        view=desk_views.write_off,
    )


@app.get("/v1/desk/loans/<loan_id>/write-off")
def show_write_off(loan_id: LoanId) -> WriteOffView:
    staff(app, "reviewer", "approver", "auditor")
    return desk_views.write_off(latest_write_off(loan_id, write_offs=wiring.write_offs()))


@app.post("/v1/desk/loans/<loan_id>/write-off/decision")
def decide_to_write_off(loan_id: LoanId, body: WriteOffDecision) -> WriteOffView:
    member = staff(app, "approver")
    return decide_write_off(
        loan_id,
        body.decision,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app, by=member),
        view=desk_views.write_off,
    )


@app.get("/v1/desk/unmatched")
def show_held(currency: InCurrency, after: AfterHeld = None, limit: Limit = 20) -> Unmatched:
    staff(app, "reviewer", "approver", "collector", "auditor")
    found, then = wiring.held().waiting(currency, after, limit)
    return Unmatched(tuple(map(desk_views.held, found)), then)


@app.post("/v1/desk/unmatched/<held_id>/assignment")
def assign(held_id: HeldId, body: Assignment) -> HeldView:
    member = staff(app, "reviewer", "approver")
    return assign_held(
        held_id,
        body.loan_id,
        body.purpose,
        body.reason,
        member,
        (wiring.new_id("aud"), wiring.new_id("pout")),
        now(),
        loans=wiring.loans(),
        request=request(app, by=member),
        view=desk_views.held,
    )


@app.post("/v1/desk/unmatched/<held_id>/return")
def give_back(held_id: HeldId, body: Return) -> HeldView:
    member = staff(app, "approver")
    at = now()
    return return_held(
        held_id,
        body.reason,
        member,
        wiring.new_id("aud"),
        body.market,
        today(body.market, at),
        at,
        loans=wiring.loans(),
        request=request(app, by=member),
        view=desk_views.held,
    )


handler = serve(app)

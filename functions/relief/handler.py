"""`/v1/loans/{loan_id}/waivers`, `…/settlements`: see what relief would mean, ask for it or decline it, follow it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.relief import settled, views
from functions.relief.settled import SettlementAnswer, Settlements, SettlementView
from functions.relief.views import Waivers, WaiverTerms, WaiverView
from shared import wiring
from shared.application.ask_waiver import ask_waiver
from shared.application.settle_loan import decline_settlement, own_settlements
from shared.application.show_waiver import show_waiver, show_waivers, waiver_terms
from shared.device import bound
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import Body, Text

app = resolver()

LoanId = Annotated[str, Path(max_length=64)]
WaiverId = Annotated[str, Path(max_length=64)]
SettlementId = Annotated[str, Path(max_length=64)]


class WaiverAsked(Body):
    """`reason` is one of those that `GET …/waiver` lists."""

    reason: Text


@app.get("/v1/loans/<loan_id>/waiver")
def show_terms(loan_id: LoanId) -> WaiverTerms:
    found = waiver_terms(
        loan_id,
        caller(app),
        now(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        waivers_of=wiring.waivers(),
    )
    return views.terms(loan_id, found)


@app.post("/v1/loans/<loan_id>/waivers", status_code=201)
def ask(loan_id: LoanId, body: WaiverAsked) -> WaiverView:
    return ask_waiver(
        loan_id,
        body.reason,
        wiring.new_id("wvr"),
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        waivers_of=wiring.waivers(),
        request=request(app, 201),
        view=lambda made, language: views.waiver(made, language=language),
    )


@app.get("/v1/loans/<loan_id>/waivers")
def show_all(loan_id: LoanId) -> Waivers:
    found = show_waivers(
        loan_id,
        caller(app),
        now(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        waivers_of=wiring.waivers(),
    )
    return Waivers(tuple(views.waiver(*each) for each in found))


@app.get("/v1/loans/<loan_id>/waivers/<waiver_id>")
def show(loan_id: LoanId, waiver_id: WaiverId) -> WaiverView:
    found = show_waiver(
        waiver_id,
        loan_id,
        caller(app),
        now(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        waivers_of=wiring.waivers(),
    )
    return views.waiver(*found)


@app.get("/v1/loans/<loan_id>/settlements")
def show_settlements(loan_id: LoanId) -> Settlements:
    found = own_settlements(loan_id, caller(app), now(), loans=wiring.loans())
    return Settlements(tuple(settled.settlement(*each) for each in found))


@app.post("/v1/loans/<loan_id>/settlements/<settlement_id>/answer")
def answer(loan_id: LoanId, settlement_id: SettlementId, body: SettlementAnswer) -> SettlementView:
    return decline_settlement(
        loan_id,
        settlement_id,
        wiring.new_id("aud"),
        now(),
        loans=wiring.loans(),
        request=request(app),
        view=settled.settlement,
    )


handler = serve(app, bound)

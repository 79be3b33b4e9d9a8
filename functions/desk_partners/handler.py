"""`/v1/desk/partners`: how partners stand and answer, and what is stored of them, by two members of the staff."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_partners import views
from functions.desk_partners.views import PartnerDecision, PartnerProposed, PartnerRows, PartnerView, ProposalView
from shared import wiring, wiring_lenders
from shared.application.change_partner import decide_partner, partner_as_stored, propose_partner
from shared.application.show_partners import show_partners
from shared.markets import market_at, today
from shared.runtime import now, request, resolver, serve, staff

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
PartnerId = Annotated[str, Path(max_length=64)]


@app.get("/v1/desk/partners")
def show_all(market: InMarket) -> PartnerRows:
    staff(app, "reviewer", "approver", "auditor")
    at = now()
    on, currency = today(market, at), market_at(market, at).currency
    found = show_partners(
        market,
        on,
        partners=wiring.partners(),
        capacity=wiring_lenders.capacity(),
        healths=wiring_lenders.healths(),
        outbox=wiring_lenders.outbox(),
        changes=wiring_lenders.partner_changes(),
    )
    return PartnerRows(on, tuple(views.row(each, on, at, currency) for each in found))


@app.get("/v1/desk/partners/<partner_id>")
def show(partner_id: PartnerId) -> PartnerView:
    staff(app, "reviewer", "approver", "auditor")
    return views.partner(partner_id, *partner_as_stored(partner_id, changes=wiring_lenders.partner_changes()))


@app.post("/v1/desk/partners", status_code=201)
def propose(body: PartnerProposed) -> ProposalView:
    member = staff(app, "approver")
    return propose_partner(
        body.partner,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        changes=wiring_lenders.partner_changes(),
        addresses=wiring_lenders.addresses(),
        request=request(app, 201, by=member),
        view=views.proposal,
    )


@app.post("/v1/desk/partners/<partner_id>/decision")
def decide(partner_id: PartnerId, body: PartnerDecision) -> ProposalView:
    member = staff(app, "approver")
    return decide_partner(
        partner_id,
        body.decision,
        body.digest,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        changes=wiring_lenders.partner_changes(),
        addresses=wiring_lenders.addresses(),
        request=request(app, by=member),
        view=views.proposal,
    )


handler = serve(app)

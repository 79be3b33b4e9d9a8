"""`/v1/desk/partners` and `/v1/desk/merchants`: how each stands, and what is stored of it, by two members of the
staff."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_partners import views
from functions.desk_partners.views import (
    MerchantProposed,
    MerchantRows,
    MerchantView,
    PartnerProposed,
    PartnerRows,
    PartnerView,
    ProposalDecision,
    ProposalView,
)
from shared import wiring, wiring_lenders
from shared.application.show_merchants import show_merchants
from shared.application.show_partners import show_partners
from shared.application.store_by_two import as_stored, check_merchant, check_partner, decide, propose
from shared.markets import market_at, today
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import Limit

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
PartnerId = Annotated[str, Path(max_length=64)]
MerchantId = Annotated[str, Path(max_length=64)]
AfterMerchant = Annotated[str | None, Query(pattern=r"^[a-z0-9_]{2,32}$", description="the page before's `next`")]


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
    return views.partner(partner_id, *as_stored(partner_id, changes=wiring_lenders.partner_changes()))


@app.post("/v1/desk/partners", status_code=201)
def propose_partner(body: PartnerProposed) -> ProposalView:
    member, at = staff(app, "approver"), now()
    return propose(
        body.partner,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        changes=wiring_lenders.partner_changes(),
        check=lambda partner: check_partner(partner, at, wiring.addresses()),
        request=request(app, 201, by=member),
        view=views.proposal,
    )


@app.post("/v1/desk/partners/<partner_id>/decision")
def decide_partner(partner_id: PartnerId, body: ProposalDecision) -> ProposalView:
    member, at = staff(app, "approver"), now()
    return decide(
        partner_id,
        body.decision,
        body.digest,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        changes=wiring_lenders.partner_changes(),
        check=lambda partner: check_partner(partner, at, wiring.addresses()),
        request=request(app, by=member),
        view=views.proposal,
    )


@app.get("/v1/desk/merchants")
def show_all_merchants(after: AfterMerchant = None, limit: Limit = 20) -> MerchantRows:
    staff(app, "reviewer", "approver", "auditor")
    found, then = show_merchants(after, limit, changes=wiring_lenders.merchant_changes())
    return MerchantRows(tuple(views.merchant_row(each, now()) for each in found), then)


@app.get("/v1/desk/merchants/<merchant_id>")
def show_merchant(merchant_id: MerchantId) -> MerchantView:
    staff(app, "reviewer", "approver", "auditor")
    return views.merchant(merchant_id, *as_stored(merchant_id, changes=wiring_lenders.merchant_changes()))


@app.post("/v1/desk/merchants", status_code=201)
def propose_merchant(body: MerchantProposed) -> ProposalView:
    member, at = staff(app, "approver"), now()
    return propose(
        body.merchant,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        changes=wiring_lenders.merchant_changes(),
        check=lambda merchant: check_merchant(merchant, at),
        request=request(app, 201, by=member),
        view=views.proposal,
    )


@app.post("/v1/desk/merchants/<merchant_id>/decision")
def decide_merchant(merchant_id: MerchantId, body: ProposalDecision) -> ProposalView:
    member, at = staff(app, "approver"), now()
    return decide(
        merchant_id,
        body.decision,
        body.digest,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        changes=wiring_lenders.merchant_changes(),
        check=lambda merchant: check_merchant(merchant, at),
        request=request(app, by=member),
        view=views.proposal,
    )


handler = serve(app)

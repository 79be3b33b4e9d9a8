"""`/v1/desk/partners/{id}/days` and `report`, `/v1/desk/differences`, `/v1/desk/claims`: what moved between lenders and
borrowers, and what nobody has explained yet."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_money import views
from functions.desk_money.views import (
    Claims,
    Differences,
    DifferenceView,
    Explanation,
    LenderFiles,
    Movements,
    Report,
    SettledDays,
    TransferAsked,
    TransferView,
)
from shared import wiring, wiring_lenders
from shared.application.ask_transfer import ask_transfer
from shared.application.explain_difference import explain_difference
from shared.application.show_files import files_of
from shared.application.show_settled_day import claims_of, days_of, differences_of, movements_of, report_of
from shared.domain.staff import month_of
from shared.markets import today
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import Day, Limit

app = resolver()

PartnerId = Annotated[str, Path(max_length=64)]
OfPartner = Annotated[str, Query(max_length=64, description="the lender's id")]
Month = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; this one unless told")]
On = Annotated[Day, Query(description="a day that is over, YYYY-MM-DD")]
FileKind = Annotated[Literal["settlement", "transfer"], Query(description="a settled day, or the lender's book")]
DifferenceId = Annotated[str, Path(max_length=64)]
AfterDifference = Annotated[
    str | None, Query(pattern=r"^dif_[0-9A-F]{26}(\.[0-9]{1,4})?$", description="the page before's `next`")
]
AfterClaim = Annotated[str | None, Query(pattern=r"^loan_[0-9A-Z]{26}$", description="the page before's `next`")]
AfterMovement = Annotated[
    str | None, Query(pattern=r"^[0-9]{1,2} [!-~ ]{0,200}$", description="the page before's `next`")
]


@app.get("/v1/desk/partners/<partner_id>/days")
def show_days(partner_id: PartnerId, month: Month = None) -> SettledDays:
    staff(app, "reviewer", "approver", "auditor")
    partner = wiring.partners().get(partner_id)
    asked = month or month_of(today(partner.market, now()))
    return SettledDays(tuple(map(views.day, days_of(partner, asked, loans=wiring.loans()))))


@app.get("/v1/desk/partners/<partner_id>/report")
def show_report(partner_id: PartnerId, on: On) -> Report:
    staff(app, "reviewer", "approver", "auditor")
    found = report_of(wiring.partners().get(partner_id), on, now(), loans=wiring.loans())
    return views.report(found)


@app.get("/v1/desk/partners/<partner_id>/movements")
def show_movements(partner_id: PartnerId, on: On, after: AfterMovement = None, limit: Limit = 100) -> Movements:
    staff(app, "reviewer", "approver", "auditor")
    partner = wiring.partners().get(partner_id)
    currency, found, then = movements_of(partner, on, after, limit, now(), loans=wiring.loans())
    return Movements(tuple(views.movement(each, currency) for each in found), then)


@app.get("/v1/desk/partners/<partner_id>/files")
def show_files(partner_id: PartnerId, on: On, kind: FileKind = "settlement") -> LenderFiles:
    staff(app, "approver", "auditor")
    partner = wiring.partners().get(partner_id)
    return views.files(files_of(partner.partner_id, kind, on, store=wiring_lenders.lender_files()))


@app.post("/v1/desk/partners/<partner_id>/transfers", status_code=202)
def transfer(partner_id: PartnerId, body: TransferAsked) -> TransferView:
    member = staff(app, "approver")
    return ask_transfer(
        wiring.partners().get(partner_id),
        body.as_of,
        body.reason,
        member,
        wiring.new_id("aud"),
        now(),
        transfers=wiring_lenders.transfers(),
        request=request(app, 202, by=member),
        view=views.transfer,
    )


@app.get("/v1/desk/differences")
def show_differences(partner: OfPartner, after: AfterDifference = None, limit: Limit = 20) -> Differences:
    staff(app, "reviewer", "approver", "auditor")
    found, then = differences_of(partner, after, limit, loans=wiring.loans())
    return Differences(tuple(views.difference(each, now()) for each in found), then)


@app.post("/v1/desk/differences/<difference_id>/explanation")
def explain(difference_id: DifferenceId, body: Explanation) -> DifferenceView:
    member, at = staff(app, "reviewer", "approver"), now()
    return explain_difference(
        difference_id,
        body.reason,
        member,
        wiring.new_id("aud"),
        at,
        book=wiring.loans_table(),
        request=request(app, by=member),
        view=lambda found: views.difference(found, at),
    )


@app.get("/v1/desk/claims")
def show_claims(partner: OfPartner, after: AfterClaim = None, limit: Limit = 20) -> Claims:
    staff(app, "reviewer", "approver", "auditor")
    pool, found, then = claims_of(wiring.partners().get(partner), after, limit, now(), loans=wiring.loans())
    return views.claims(pool, found, then)


handler = serve(app)

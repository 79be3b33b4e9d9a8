"""`/v1/desk/applications`: those that wait for a person, most urgent first, and what is decided on them."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.desk_applications import views
from functions.desk_applications.views import FullApplication, WaitingApplication, WaitingApplications
from shared import wiring, wiring_lenders
from shared.application.make_offers import Lenders
from shared.application.review_application import application_with_figures, review_application, waiting_applications
from shared.domain.applications import Application
from shared.markets import today
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import AfterApplication, Body, Hash, KeptWords, Limit

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
ApplicationId = Annotated[str, Path(max_length=64)]


class ReviewDecision(Body):
    """`figures_hash` is that of the figures that were looked at. The borrower reads the `reason` of a decline."""

    decision: Literal["approve", "decline"]
    reason: KeptWords
    figures_hash: Hash


@app.get("/v1/desk/applications")
def show_waiting(market: InMarket, after: AfterApplication = None, limit: Limit = 20) -> WaitingApplications:
    staff(app, "reviewer", "approver", "auditor")
    found, then = waiting_applications(market, after, limit, now(), applications=wiring.applications())
    return WaitingApplications(tuple(map(_waiting, found)), then)


@app.get("/v1/desk/applications/<application_id>")
def show(application_id: ApplicationId) -> FullApplication:
    staff(app, "reviewer", "approver", "auditor")
    at, applications = now(), wiring.applications()
    application, figures = application_with_figures(
        application_id, at, applications=applications, people=wiring.people()
    )
    return views.full(application, figures, today(application.market, at), at)


@app.post("/v1/desk/applications/<application_id>/decision")
def decide(application_id: ApplicationId, body: ReviewDecision) -> WaitingApplication:
    member = staff(app, "reviewer", "approver")
    return review_application(
        application_id,
        body.decision == "approve",
        body.reason,
        body.figures_hash,
        wiring.new_id("aud"),
        now(),
        member=member,
        applications=wiring.applications(),
        people=wiring.people(),
        lenders=Lenders(wiring.partners(), wiring_lenders.pricing(), wiring_lenders.healths()),
        request=request(app, by=member),
        view=_waiting,
    )


def _waiting(application: Application) -> WaitingApplication:
    at = now()
    return views.waiting(application, today(application.market, at), at)


handler = serve(app)

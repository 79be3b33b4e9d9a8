"""`/v1/applications`: ask for a loan, see the decision and the offers, accept one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import wiring
from shared.application.accept_offer import accept_offer
from shared.application.review_application import ask_review
from shared.application.show_offers import OfferView, offer_view
from shared.application.submit_application import submit_application
from shared.application.word_decision import DecisionView, UnmatchedView, without_offer, worded
from shared.device import bound, session
from shared.domain.applications import Application, Review, require_decided, state_on
from shared.domain.calendar import business_date
from shared.domain.loan import Loan
from shared.domain.market import Matching
from shared.domain.money import Money
from shared.domain.offers import ranked
from shared.markets import market_at
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import AfterApplication, Amount, Body, KeptWords, Limit, Months, Text

app = resolver()

ApplicationId = Annotated[str, Path(max_length=64)]


class ApplicationRequest(Body):
    """`purpose`: a loan in `cash`, or a limit for `purchase`s of which so much may be outstanding."""

    amount: Amount
    tenor_months: Months
    purpose: Literal["cash", "purchase"]


class AcceptanceRequest(Body):
    """`kfs_hash` is that of the Key Facts Statement which the borrower has read."""

    offer_id: Text
    kfs_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", strict=True)]


class ReviewRequest(Body):
    """Why a person should look again, in the borrower's words."""

    reason: KeptWords


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A person's look, because the `rule` or the `borrower` asked for it: by when, and what came of it."""

    asked_by: str
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """`state`: submitted, offered, referred, declined, accepted, expired, granted where it was for a limit, or
    withdrawn with a consent that it needs.

    `open_until` ends the wait for it. `review` is there where a person decides or has decided.
    """

    application_id: str
    state: str
    amount: Money
    tenor_months: int
    purpose: str
    submitted_at: datetime
    decided_at: datetime | None
    decision: DecisionView | None
    open_until: date | None
    offer_id: str | None
    loan_id: str | None
    review: ReviewView | None


@dataclass(frozen=True, slots=True)
class Applications:
    applications: tuple[ApplicationView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Offers:
    """All lenders of the market: those that offer, best first by `ranking`, and those that do not."""

    ranking: Matching | None
    matched: tuple[OfferView, ...]
    unmatched: tuple[UnmatchedView, ...]


@dataclass(frozen=True, slots=True)
class Sanction:
    loan_id: str
    state: str
    application_id: str
    offer_id: str
    partner_id: str
    sanctioned_at: datetime


@app.post("/v1/applications", status_code=201)
def submit(body: ApplicationRequest) -> ApplicationView:
    return submit_application(
        wiring.new_id("app"),
        body.amount.money(),
        body.tenor_months,
        now(),
        people=wiring.people(),
        applications=wiring.applications(),
        request=request(app, 201),
        view=_view,
        purpose=body.purpose,
        others_on_device=session(app).others,
    )


@app.get("/v1/applications")
def show_all(after: AfterApplication = None, limit: Limit = 20) -> Applications:
    found, then = wiring.applications().page_of(caller(app), after, limit)
    return Applications(tuple(_view(application) for application in found), then)


@app.get("/v1/applications/<application_id>")
def show(application_id: ApplicationId) -> ApplicationView:
    return _view(wiring.applications().of_borrower(application_id, caller(app)))


@app.get("/v1/applications/<application_id>/offers")
def show_offers(application_id: ApplicationId) -> Offers:
    application = wiring.applications().of_borrower(application_id, caller(app))
    require_decided(application)
    offers = ranked(wiring.applications().offers(application_id))
    unmatched = without_offer(application.unmatched, application.language)
    return Offers(application.ranking, tuple(offer_view(offer) for offer in offers), unmatched)


@app.post("/v1/applications/<application_id>/acceptance", status_code=201)
def accept(application_id: ApplicationId, body: AcceptanceRequest) -> Sanction:
    return accept_offer(
        application_id,
        body.offer_id,
        body.kfs_hash,
        wiring.new_id("loan"),
        now(),
        people=wiring.people(),
        applications=wiring.applications(),
        loans=wiring.loans(),
        request=request(app, 201),
        view=_sanction,
    )


@app.post("/v1/applications/<application_id>/review", status_code=201)
def ask_for_review(application_id: ApplicationId, body: ReviewRequest) -> ApplicationView:
    return ask_review(
        application_id, body.reason, now(), applications=wiring.applications(), request=request(app, 201), view=_view
    )


def _view(application: Application) -> ApplicationView:
    at = now()
    today = business_date(at, market_at(application.market, at).time_zone)
    return ApplicationView(
        application_id=application.application_id,
        state=state_on(application, today),
        amount=application.amount,
        tenor_months=application.tenor_months,
        purpose=application.purpose,
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
        decision=worded(application.decision, application.language) if application.decision else None,
        open_until=application.open_until,
        offer_id=application.offer_id,
        loan_id=application.loan_id,
        review=_review(application.review) if application.review else None,
    )


def _review(review: Review) -> ReviewView:
    return ReviewView(**{name: getattr(review, name) for name in ReviewView.__dataclass_fields__})


def _sanction(loan: Loan) -> Sanction:
    return Sanction(**{name: getattr(loan, name) for name in Sanction.__dataclass_fields__})


handler = serve(app, bound)

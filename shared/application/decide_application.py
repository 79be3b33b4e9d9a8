"""Decide an application: score it, and ask every lender that fits for an offer. Once, however often it is asked."""

from collections.abc import Sequence
from datetime import datetime

from shared.adapters.applications import Applications
from shared.adapters.borrowers import Borrowers
from shared.adapters.partners import Partners
from shared.adapters.pricing import Pricing
from shared.application.again import again
from shared.domain.applications import Application, decided, withdrawn
from shared.domain.calendar import business_date
from shared.domain.market import Market
from shared.domain.offers import Board, Offer, Wanted, asks, board
from shared.domain.scoring import Decision, decide
from shared.markets import market_at
from shared.markets.scorecards import scorecard


def decide_application(
    application_id: str,
    at: datetime,
    *,
    applications: Applications,
    borrowers: Borrowers,
    partners: Partners,
    pricing: Pricing,
) -> Application | None:
    """The application as decided now; None when it was decided before.

    Without a consent that the decision rests on, nothing is opened or sent, and the application ends undecided.
    """
    waiting = applications.get(application_id)
    if waiting.state != "submitted":
        return None
    market = market_at(waiting.market, at)
    on = business_date(at, market.time_zone)
    features = borrowers.features(waiting.borrower_id, market.consents_needed, on, at)

    def step() -> Application | None:
        application = applications.get(application_id)
        if application.state != "submitted":
            return None
        if features is None:
            return _kept(applications, withdrawn(application), ())
        decision = decide(market, scorecard(market.scorecard), features, application.amount, application.tenor_months)
        made = _board(application, decision, market, at, partners, pricing) if decision.outcome == "approve" else None
        done = decided(application, decision, made, market=market, at=at, on=on)
        return _kept(applications, done, made.offers if made else ())

    return again(step)


def _kept(applications: Applications, done: Application, offers: Sequence[Offer]) -> Application:
    applications.decide(done, offers)
    return done


def _board(
    application: Application, decision: Decision, market: Market, at: datetime, partners: Partners, pricing: Pricing
) -> Board:
    wanted = Wanted(
        application_id=application.application_id,
        amount=application.amount,
        tenor_months=application.tenor_months,
        grade=decision.grade,
        instalment_limit=decision.instalment_limit,
        at=at,
        on=business_date(at, market.time_zone),
    )
    lenders = partners.of_market(market.code)
    return board(market, wanted, lenders, pricing.prices(asks(market, wanted, lenders)))

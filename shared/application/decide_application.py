"""Decide an application: score it, and ask every lender that fits for an offer. Once, however often it is asked."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from shared.adapters.applications import Applications
from shared.adapters.borrowers import Borrowers
from shared.adapters.capacity import Capacity
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners
from shared.adapters.pricing import Pricing
from shared.application.again import again
from shared.domain.alternatives import alternatives
from shared.domain.applications import Application, decided, withdrawn
from shared.domain.calendar import business_date
from shared.domain.market import Market
from shared.domain.offers import Board, Offer, Wanted, asks, board, judged
from shared.domain.partners import Partner
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
    healths: Healths,
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
        card, lenders = scorecard(market.scorecard), partners.of_market(market.code)
        decision = decide(market, card, features, application.amount, application.tenor_months)
        wanted = _wanted(application, decision, at, on)
        full = Capacity(applications.table).full(lenders, wanted.amount, on)
        made = _board(market, wanted, lenders, full, pricing, healths) if decision.outcome == "approve" else None
        if made is None or not made.offers:
            able = [lender for lender in lenders if lender.partner_id not in full]
            instead = alternatives(market, card, features, wanted, able)
            decision = replace(decision, would_be_approved=instead)
        done = decided(application, decision, made, market=market, at=at, on=on)
        return _kept(applications, done, made.offers if made else ())

    return again(step)


def _kept(applications: Applications, done: Application, offers: Sequence[Offer]) -> Application:
    applications.decide(done, offers)
    return done


def _wanted(application: Application, decision: Decision, at: datetime, on: date) -> Wanted:
    return Wanted(
        application_id=application.application_id,
        amount=application.amount,
        tenor_months=application.tenor_months,
        grade=decision.grade,
        instalment_limit=decision.instalment_limit,
        at=at,
        on=on,
    )


def _board(
    market: Market,
    wanted: Wanted,
    lenders: Sequence[Partner],
    full: Collection[str],
    pricing: Pricing,
    healths: Healths,
) -> Board:
    """A lender that answered badly of late is not asked for a while, and has given no answer."""
    asked, resting = asks(market, wanted, lenders, full), healths.resting(wanted.at)
    answers = pricing.prices([ask for ask in asked if ask.partner_id not in resting])
    answers = judged(market, wanted, lenders, answers)
    healths.note(answers, wanted.at)
    left_alone = {ask.partner_id: "degraded" for ask in asked if ask.partner_id in resting}
    return board(market, wanted, lenders, {**answers, **left_alone}, full)

"""Decide an application: score it, and ask every lender that fits for an offer. Once, however often it is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from shared.adapters.applications import Applications, read
from shared.adapters.borrowers import Borrowers
from shared.adapters.loans import Loans
from shared.adapters.table import Item, read_at_once
from shared.application.again import again
from shared.application.know_conduct import know_conduct
from shared.application.make_offers import Lenders, wanted
from shared.application.score_application import score_application
from shared.domain.alternatives import alternatives
from shared.domain.applications import Application, closed, decided, withdrawn
from shared.domain.borrowers import Features
from shared.domain.calendar import business_date
from shared.domain.checks import is_by_check
from shared.domain.market import Market
from shared.domain.offers import Offer
from shared.markets import market_at
from shared.markets.scorecards import scorecard


def decide_application(
    application_id: str,
    borrower_id: str,
    at: datetime,
    *,
    applications: Applications,
    borrowers: Borrowers,
    loans: Loans,
    lenders: Lenders,
) -> Application | None:
    """The application as decided now; None when it was decided before.

    Without a consent that the decision rests on, nothing is opened or sent, and the application ends undecided; so it
    does once its market is closed. All that a decision on a first application rests on is read by one request, and
    written by another.
    """

    def step() -> Application | None:
        head, *found = read_at_once([applications.place(application_id), *borrowers.places(borrower_id)])
        application = read(head)
        assert application.borrower_id == borrower_id, application_id
        if application.state != "submitted":
            return None
        market = market_at(application.market, at)
        done, offers = outcome(application, found, market, at, borrowers=borrowers, loans=loans, lenders=lenders)
        applications.decide(done, offers)
        return done

    return again(step)


def outcome(
    application: Application,
    found: Sequence[Item | None],
    market: Market,
    at: datetime,
    *,
    borrowers: Borrowers,
    loans: Loans,
    lenders: Lenders,
) -> tuple[Application, tuple[Offer, ...]]:
    """What comes of an application that waits: a decision or an end without one. `found` is what its borrower's
    places hold."""
    if not market.is_open:
        return closed(application), ()
    on = business_date(at, market.time_zone)
    known = borrowers.features(found, market.consents_needed, on, at)
    if known is None:
        return withdrawn(application), ()
    features = _with_conduct(known[0], application, market, at, loans)
    return _decided(application, features, known[1], market, lenders, on=on, at=at)


def _with_conduct(features: Features, application: Application, market: Market, at: datetime, loans: Loans) -> Features:
    """Who never asked before has no loan to read."""
    if application.is_first:
        return features
    return replace(features, conduct=know_conduct(application.borrower_id, market, at, loans=loans))


def _decided(
    application: Application,
    features: Features,
    shared: tuple[str, ...],
    market: Market,
    lenders: Lenders,
    *,
    on: date,
    at: datetime,
) -> tuple[Application, tuple[Offer, ...]]:
    """With its offers, or with what would be approved instead. A limit has none: they are made for each order."""
    decision, grounds = score_application(application, market, features, shared)
    asked = wanted(application, decision, on=on, at=at)
    is_limit = decision.outcome == "approve" and application.purpose == "purchase"
    made = lenders.board(market, asked) if decision.outcome == "approve" and not is_limit else None
    if not (made and made.offers) and not is_limit and not is_by_check(decision):
        card = scorecard(decision.scorecard)
        instead = alternatives(market, card, features, asked, lenders.able(market, asked))
        decision = replace(decision, would_be_approved=instead)
    done = decided(application, decision, made, market=market, at=at, on=on, grounds=grounds)
    return done, made.offers if made else ()

"""A person's look at an application: the borrower asks for it, or a rule did; somebody decides, with a record of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from shared.adapters.applications import Applications
from shared.adapters.audit import decided as recorded
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import once
from shared.application.make_offers import Lenders, wanted
from shared.domain import reviews
from shared.domain.applications import Application, Review, decided, moved
from shared.domain.calendar import business_date
from shared.domain.consents import check_given
from shared.domain.errors import Conflict, Refused
from shared.domain.market import Market
from shared.domain.offers import Offer
from shared.domain.scoring import Decision
from shared.domain.staff import Staff, decision_of, figures_hash
from shared.markets import market_at, today

T = TypeVar("T")
Done = tuple[Application, tuple[Offer, ...]]


def ask_review(
    application_id: str,
    reason: str,
    at: datetime,
    *,
    applications: Applications,
    request: Request,
    view: Callable[[Application], T],
) -> T:
    """What `view` makes of the decline that now waits for a person. Raises `NotFound` or `Refused`."""

    def ask() -> T:
        application = applications.of_borrower(application_id, request.caller)
        market = market_at(application.market, at)
        waiting = reviews.asked(application, market, reason, on=business_date(at, market.time_zone), at=at)
        seen = applications.latest(application.borrower_id, application.purpose)
        if seen is None or seen.application_id != application_id:
            raise Refused("review_not_possible", "You have applied anew since.")
        answer = view(waiting)
        applications.ask_review(waiting, seen, request, answer)
        return answer

    return once(ask, request, applications.table)


def waiting_applications(
    market: str, after: str | None, limit: int, at: datetime, *, applications: Applications
) -> tuple[list[Application], str | None]:
    """A page of those that wait for a person, the most urgent first. Whose time ran out is left out of it."""
    found, then = applications.waiting(market, after, limit)
    on = today(market, at)
    return [each for each in found if each.state == "referred" and each.is_waiting(on)], then


def application_with_figures(
    application_id: str, at: datetime, *, applications: Applications, people: People
) -> tuple[Application, dict[str, Any]]:
    """The application and what a decision on it is made on. Raises `NotFound`, or `Refused` while it is undecided."""
    application = applications.get(application_id)
    if application.decision is None:
        raise Refused("application_not_decided", "The application is not decided yet.")
    documents = people.documents(application.borrower_id)
    return application, reviews.figures(application, documents, today(application.market, at))


def review_application(
    application_id: str,
    approves: bool,
    because: str,
    seen: str,
    decision_id: str,
    at: datetime,
    *,
    member: Staff,
    applications: Applications,
    people: People,
    lenders: Lenders,
    request: Request,
    view: Callable[[Application], T],
) -> T:
    """What `view` makes of the application. `seen` is the hash of the figures looked at; `because` a decline tells.

    Lenders are asked as after the machine's approval. The decision, the offers and the record are one transaction.
    Raises `NotFound`, `Refused`, or `Conflict` (figures_stale).
    """

    def step() -> T:
        application, saw = application_with_figures(application_id, at, applications=applications, people=people)
        market = market_at(application.market, at)
        on = business_date(at, market.time_zone)
        review, was = reviews.require_waiting(application, on)
        if seen != figures_hash(saw):
            raise Conflict("figures_stale", "The figures have changed; please look at them again.", "/figures_hash")
        if approves:
            check_given(people.get(application.borrower_id), *market.consents_needed)
            agreed = reviews.agreed(application, review, member, market.reviews, because=because, at=at)
            done, offers = _agreed(application, agreed, market, lenders, on=on, at=at)
        else:
            done, offers = _refused(application, review, was, member, market, because, on=on, at=at), ()
        answer = view(done)
        record = _record(done, saw, because, member, decision_id, on=on, at=at)
        applications.review(done, offers, record, request, answer)
        return answer

    return once(step, request, applications.table)


def _agreed(
    application: Application, review: Review, market: Market, lenders: Lenders, *, on: date, at: datetime
) -> Done:
    """With its offers, which a limit has not; waiting on for the second person where one is not enough."""
    if review.outcome is None:
        return replace(moved(application, "referred"), review=review), ()
    decision = reviews.approval(application, market)
    is_limit = application.purpose == "purchase"
    made = None if is_limit else lenders.board(market, wanted(application, decision, on=on, at=at))
    done = decided(application, decision, made, market=market, at=at, on=on)
    return reviews.by_person(application, done, review), made.offers if made else ()


def _refused(
    application: Application,
    review: Review,
    was: Decision,
    member: Staff,
    market: Market,
    says: str,
    *,
    on: date,
    at: datetime,
) -> Application:
    ended, decision = reviews.refused(review, was, member, says=says, at=at)
    done = decided(application, decision, None, market=market, at=at, on=on)
    return reviews.by_person(application, done, ended)


def _record(
    done: Application, saw: dict[str, Any], because: str, member: Staff, decision_id: str, *, on: date, at: datetime
) -> Write:
    review = done.review
    assert review is not None
    record = decision_of(
        member,
        decision_id,
        f"application.{review.outcome or 'first_approval'}",
        done.application_id,
        saw,
        market=done.market,
        on=on,
        at=at,
        reason=because,
    )
    return recorded(record)

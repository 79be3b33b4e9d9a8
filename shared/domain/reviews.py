"""A person's decision on an application: of one that the rules refer, or of a decline that its borrower asks about.

Personal Information Protection Law (China), article 24: nobody has to take a machine's word alone. A person may judge
what a score or a check says of somebody; what the law or the market's limits say holds for him too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from shared.domain.applications import BORROWER, Application, Automated, Review, moved, state_on
from shared.domain.checks import DECLINE, REFER
from shared.domain.decision_rules import ReviewRules
from shared.domain.documents import Document
from shared.domain.errors import Refused
from shared.domain.facts import Fact
from shared.domain.market import Market
from shared.domain.scoring import Decision, Reason, told
from shared.domain.staff import Staff

# Reasons that no person sets aside.
FIRM = ("age_out_of_range", "employment_excluded", "instalment_unaffordable", "amount_above_limit", "no_matching_offer")


def asked(application: Application, market: Market, reason: str, *, on: date, at: datetime) -> Application:
    """The decline as its borrower wants it looked at, once. Raises `Refused` (review_not_possible) saying why not."""
    rules = market.reviews
    if application.state != "declined" or application.decision is None or application.decided_at is None:
        raise _impossible("Only a decline is looked at again.")
    if application.review is not None:
        raise _impossible("A person has decided this application.")
    if at > application.decided_at + timedelta(days=rules.ask_within_days):
        raise _impossible("This could be asked for within {days} days.", days=rules.ask_within_days)
    if firm := _firm(application.decision):
        sentence, facts = told(firm)
        raise _impossible(sentence, **facts)
    until = on + timedelta(days=market.referral_days)
    waiting = moved(application, "referred")
    return replace(waiting, review=Review(BORROWER, at, at + rules.time, reason), open_until=until)


def require_waiting(application: Application, on: date) -> tuple[Review, Decision]:
    """Raises `Refused` (application_decided) for one that no person decides, or no more."""
    if state_on(application, on) != "referred" or application.review is None or application.decision is None:
        raise Refused("application_decided", "This application does not wait for a person.")
    return application.review, application.decision


def agreed(
    application: Application, review: Review, member: Staff, rules: ReviewRules, *, because: str, at: datetime
) -> Review:
    """The review with one more who agrees; its `outcome` is there once they are enough. Raises `Refused`.

    Above what one person decides, two different ones do, an approver among them.
    """
    assert application.decision is not None
    if firm := _firm(application.decision):
        sentence, facts = told(firm)
        raise Refused("rule_stands", sentence, None, **facts)
    if member.staff_id == review.approved_by:
        raise Refused("own_approval", "Somebody else has to approve this.")
    has_approver = review.approver_agrees or member.has("approver")
    is_enough = application.amount.minor <= rules.one_person_most or (review.approved_by is not None and has_approver)
    if is_enough:
        return _ended(review, "approve", member, because, at)
    return replace(review, approved_by=member.staff_id, approver_agrees=has_approver, because=because)


def approval(application: Application, market: Market) -> Decision:
    """The machine's decision as the approval that a person made of it, with the limit of its grade."""
    was = application.decision
    assert was is not None
    reasons = tuple(reason for reason in was.reasons if reason.code not in (REFER, DECLINE))
    return replace(was, outcome="approve", limit=market.money(market.grades[was.grade].most_minor), reasons=reasons)


def refused(review: Review, was: Decision, member: Staff, *, says: str, at: datetime) -> tuple[Review, Decision]:
    """The decline that a person made of it, with the reason that the borrower is told."""
    reasons = (Reason("declined_by_person", says=says), *was.reasons)
    nothing = replace(was.limit, minor=0)
    decision = replace(was, outcome="decline", limit=nothing, reasons=reasons)
    return _ended(review, "decline", member, says, at), decision


def by_person(application: Application, done: Application, review: Review) -> Application:
    """What `done` is once a person has decided: it keeps what the machine had said of `application`."""
    was, at = application.decision, application.decided_at
    assert was is not None and at is not None
    return replace(done, review=review, grounds=application.grounds, automated=Automated(was, at))


def figures(application: Application, documents: Iterable[Document], on: date) -> dict[str, Any]:
    """What whoever decides looks at, as plain data; amounts are minor units."""
    decision, grounds, review = application.decision, application.grounds, application.review
    assert decision is not None, application.application_id
    return {
        "on": on.isoformat(),
        "state": state_on(application, on),
        "amount": application.amount.minor,
        "currency": application.amount.currency,
        "tenor_months": application.tenor_months,
        "scorecard": decision.scorecard,
        "score": decision.score,
        "grade": decision.grade,
        "points": {each.factor: [each.points, each.most] for each in decision.points},
        "reasons": [reason.code for reason in decision.reasons],
        "instalment_limit": decision.instalment_limit.minor,
        "applications": grounds.signals.applications if grounds else application.asked,
        "accounts_of_device": grounds.signals.accounts if grounds else application.accounts,
        "shared": list(grounds.signals.shared) if grounds else [],
        "conduct": _conduct(application),
        "documents": [[each.kind, each.verdict, *each.reasons] for each in documents],
        "asked_by": review.asked_by if review else None,
        "asked_because": review.reason if review else None,
        "approved_by": review.approved_by if review else None,
    }


def is_overdue(review: Review, at: datetime) -> bool:
    return review.decided_at is None and at > review.due_at


def _conduct(application: Application) -> Mapping[str, Any]:
    found = application.grounds.conduct if application.grounds else None
    return {name: getattr(found, name) for name in found.__slots__} if found else {}


def _ended(review: Review, outcome: str, member: Staff, because: str, at: datetime) -> Review:
    return replace(review, decided_by=member.staff_id, decided_at=at, outcome=outcome, because=because)


def _firm(decision: Decision) -> Reason | None:
    return next((reason for reason in decision.reasons if reason.code in FIRM), None)


def _impossible(detail: str, **facts: Fact) -> Refused:
    return Refused("review_not_possible", detail, None, **facts)

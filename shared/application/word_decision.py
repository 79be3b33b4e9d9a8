"""A decision and the lenders without an offer as their borrower reads them: codes and figures with their sentences.

Nothing of it is kept: what was decided is worded anew each time, in the language of who asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.adapters.sentences import said
from shared.domain.facts import Facts
from shared.domain.money import Money
from shared.domain.offers import UNMATCHED, Unmatched
from shared.domain.scoring import WOULD_BE_APPROVED, Alternative, Decision, Reason, sentence
from shared.domain.waivers import BY_RULE, RULE, Step
from shared.markets.scorecards import scorecard


@dataclass(frozen=True, slots=True)
class PointsView:
    """What one factor gave, of the most that it could give, and why in plain words."""

    factor: str
    points: int
    most: int
    says: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """`code` never changes its meaning; `says` is for the borrower, in his language."""

    code: str
    says: str


@dataclass(frozen=True, slots=True)
class AlternativeView:
    """A loan for which the same borrower would be approved on the same day."""

    amount: Money
    tenor_months: int
    says: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """`outcome`: approve, refer or decline. `points` is the whole account for the file, `reasons` the borrower's.

    `limit` is the most that the borrower's grade may be lent in all, nothing where the decision is a decline.
    `instalment_limit` is what an instalment may be. Where there is no offer, `would_be_approved` is what to ask for
    instead, less or for longer; empty where nothing would do. `scorecard` and `pack_version` say by which rules.
    """

    outcome: str
    scorecard: str
    score: int
    grade: str
    points: tuple[PointsView, ...]
    reasons: tuple[ReasonView, ...]
    limit: Money
    instalment_limit: Money
    would_be_approved: tuple[AlternativeView, ...]
    pack_version: str


@dataclass(frozen=True, slots=True)
class UnmatchedView:
    """A lender without an offer, and why."""

    partner_id: str
    lender: str
    reason: str
    says: str


def worded(decision: Decision, language: str = "en") -> DecisionView:
    """In English for staff."""
    card = scorecard(decision.scorecard)

    def reason(each: Reason) -> ReasonView:
        return ReasonView(each.code, said(*sentence(each, decision, card), language))

    return DecisionView(
        outcome=decision.outcome,
        scorecard=decision.scorecard,
        score=decision.score,
        grade=decision.grade,
        points=tuple(
            PointsView(each.factor, each.points, each.most, said(card.says(each), {}, language))
            for each in decision.points
        ),
        reasons=tuple(map(reason, decision.reasons)),
        limit=decision.limit,
        instalment_limit=decision.instalment_limit,
        would_be_approved=tuple(_instead(each, language) for each in decision.would_be_approved),
        pack_version=decision.pack_version,
    )


def without_offer(lenders: Iterable[Unmatched], language: str) -> tuple[UnmatchedView, ...]:
    return tuple(
        UnmatchedView(each.partner_id, each.lender, each.reason, said(UNMATCHED[each.reason], {}, language))
        for each in lenders
    )


def because(step: Step, language: str) -> str:
    """Why somebody took a step about a waiver: a member's words as they were written, and the rule's in the language.

    Of a step from before there were codes, the rule's sentence was kept.
    """
    return said(BY_RULE.get(step.because, step.because), {}, language) if step.by == RULE else step.because


def _instead(loan: Alternative, language: str) -> AlternativeView:
    facts: Facts = {"amount": loan.amount, "tenor_months": loan.tenor_months}
    return AlternativeView(loan.amount, loan.tenor_months, said(WOULD_BE_APPROVED, facts, language))

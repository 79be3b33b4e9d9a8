"""What the routes about waivers answer, to the borrower and to the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.application.show_waiver import Terms
from shared.application.word_decision import because
from shared.domain.money import Money
from shared.domain.waiver_terms import Outcome
from shared.domain.waivers import Waiver


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """Pay `pay` by the end of the day `by`, and `waived` is given up.

    `arrears` are the dues that are open today without penal charges, `penal_charges` those up to `by` if nothing is
    paid before. Who pays sooner is charged less, so that less is left to give up. An instalment that falls due
    meanwhile is paid besides.
    """

    by: date
    arrears: Money
    penal_charges: Money
    pay: Money
    waived: Money


@dataclass(frozen=True, slots=True)
class WhyNot:
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class WaiverTerms:
    """`can_ask` with no reason against it. `share` is the part of the penal charges that is given up."""

    loan_id: str
    on: date
    can_ask: bool
    why_not: tuple[WhyNot, ...]
    days_past_due: int
    share: Decimal | None
    outcome: OutcomeView | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """`action`: approve (another one has to follow), grant, decline, reverse."""

    action: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class WaiverView:
    """`state`: requested, approved (by the first of two), granted, kept, lapsed, declined, expired or reversed.

    It is decided by the end of `decide_by`, or it has expired.
    """

    waiver_id: str
    loan_id: str
    state: str
    reason: str
    asked_at: datetime
    days_past_due: int
    share: Decimal
    outcome: OutcomeView
    decide_by: date
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class Waivers:
    waivers: tuple[WaiverView, ...]


def terms(loan_id: str, terms: Terms) -> WaiverTerms:
    found = terms.found
    return WaiverTerms(
        loan_id=loan_id,
        on=found.on,
        can_ask=not terms.why_not,
        why_not=tuple(map(WhyNot, terms.why_not, terms.says)),
        days_past_due=found.days_past_due,
        share=found.share,
        outcome=_outcome(found.outcome, terms.currency) if found.outcome else None,
        reasons=terms.reasons,
    )


def waiver(waiver: Waiver, state: str | None = None, language: str = "en") -> WaiverView:
    """`state` is today's, where it is not the one that was just made. In English for staff."""
    return WaiverView(
        waiver_id=waiver.waiver_id,
        loan_id=waiver.loan_id,
        state=state or waiver.state,
        reason=waiver.reason,
        asked_at=waiver.asked_at,
        days_past_due=waiver.days_past_due,
        share=waiver.share,
        outcome=_outcome(waiver.outcome, waiver.currency),
        decide_by=waiver.decide_by,
        steps=tuple(StepView(step.action, step.at, because(step, language)) for step in waiver.steps),
    )


def _outcome(outcome: Outcome, currency: str) -> OutcomeView:
    minors = (outcome.arrears, outcome.penalty, outcome.pay, outcome.waived)
    return OutcomeView(outcome.by, *(Money(minor, currency) for minor in minors))

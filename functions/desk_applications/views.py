"""What the routes under `/v1/desk/applications` answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.application.word_decision import DecisionView, worded
from shared.domain.applications import Application, Review, state_on
from shared.domain.money import Money
from shared.domain.reviews import is_overdue
from shared.domain.staff import figures_hash


@dataclass(frozen=True, slots=True)
class WaitingApplication:
    """`due_at` is when somebody should have decided. `approved_by` has agreed already; another person has to, too."""

    application_id: str
    market: str
    amount: Money
    tenor_months: int
    state: str
    submitted_at: datetime
    score: int | None
    grade: str | None
    asked_by: str | None
    due_at: datetime | None
    is_overdue: bool
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class WaitingApplications:
    applications: tuple[WaitingApplication, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FullApplication:
    """`figures` are what a decision is made on, amounts in minor units; send their hash with it.

    `decision` is the one that holds; `automated` what the machine had said before a person decided otherwise.
    `language` is the borrower's, in which a decline should give its reason.
    """

    application: WaitingApplication
    borrower_id: str
    language: str
    purpose: str
    decision: DecisionView
    automated: DecisionView | None
    review: Review | None
    figures: dict[str, Any]
    figures_hash: str


def waiting(application: Application, on: date, at: datetime) -> WaitingApplication:
    decision, review = application.decision, application.review
    return WaitingApplication(
        application_id=application.application_id,
        market=application.market,
        amount=application.amount,
        tenor_months=application.tenor_months,
        state=state_on(application, on),
        submitted_at=application.submitted_at,
        score=decision.score if decision else None,
        grade=decision.grade if decision else None,
        asked_by=review.asked_by if review else None,
        due_at=review.due_at if review else None,
        is_overdue=review is not None and is_overdue(review, at),
        approved_by=review.approved_by if review else None,
    )


def full(application: Application, figures: dict[str, Any], on: date, at: datetime) -> FullApplication:
    assert application.decision is not None, application.application_id
    return FullApplication(
        application=waiting(application, on, at),
        borrower_id=application.borrower_id,
        language=application.language,
        purpose=application.purpose,
        decision=worded(application.decision),
        automated=worded(application.automated.decision) if application.automated else None,
        review=application.review,
        figures=figures,
        figures_hash=figures_hash(figures),
    )

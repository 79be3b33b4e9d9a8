"""Decide an application once more as on its day, or by another table of points: nothing is written but who looked."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.adapters.applications import Applications
from shared.adapters.borrowers import Borrowers
from shared.application.score_application import scored_again
from shared.domain.applications import NO_OFFER, Application, require_decided, without_offer
from shared.domain.calendar import business_date
from shared.domain.scoring import Decision, Reason
from shared.markets import market_at


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided, and what the same facts and rules give now. What lenders offered then is not asked again."""

    recorded: Decision
    again: Decision

    @property
    def is_same(self) -> bool:
        return _bare(self.again) == _bare(self.recorded)


def replay_decision(
    application_id: str,
    at: datetime,
    *,
    applications: Applications,
    borrowers: Borrowers,
    table: str | None = None,
) -> Replay:
    """By the profile, the rules and the table of its day; `table` names another one, to see what it would have said.

    Raises `Refused` for an application that is not decided, and for one whose borrower's profile is gone.
    """
    return replayed(applications.get(application_id), at, borrowers=borrowers, table=table)


def replayed(application: Application, at: datetime, *, borrowers: Borrowers, table: str | None = None) -> Replay:
    """As `replay_decision`, of an application that was read."""
    require_decided(application)
    recorded, then = application.by_machine
    market = market_at(application.market, then)
    features = borrowers.features_then(application.borrower_id, then, business_date(then, market.time_zone), at)
    if application.grounds is not None:
        features = replace(features, conduct=application.grounds.conduct)
    again = scored_again(application, market, features, table or recorded.scorecard)
    had_no_offer = [reason.code for reason in recorded.reasons[:1]] == [NO_OFFER] and again.outcome == "approve"
    return Replay(recorded, without_offer(again) if had_no_offer else again)


def _bare(decision: Decision) -> Decision:
    """Its reasons by their codes, since their facts follow from the rest, and were words once."""
    reasons = tuple(Reason(reason.code) for reason in decision.reasons)
    return replace(decision, would_be_approved=(), reasons=reasons)

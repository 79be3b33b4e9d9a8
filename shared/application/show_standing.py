"""What a borrower's conduct does for his grade today, as a decision would count it."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.sentences import said
from shared.application.again import again
from shared.application.know_conduct import know_conduct
from shared.domain.conduct import Conduct
from shared.domain.scorecard import Scorecard
from shared.domain.standing import ConductPoints, standing
from shared.markets import market_at
from shared.markets.scorecards import scorecard


@dataclass(frozen=True, slots=True)
class ConductView:
    """What one part of the conduct gives, of the most that it could, why, and what changes it: in words for him."""

    factor: str
    points: int
    most: int
    says: str
    improves: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`points` and `most` are the sums; `from_grade` says from which whole score on each grade is given."""

    scorecard: str
    conduct: Conduct
    points: int
    most: int
    factors: tuple[ConductView, ...]
    from_grade: tuple[tuple[str, int], ...]


def show_standing(borrower_id: str, at: datetime, *, loans: Loans, applications: Applications) -> Standing | None:
    """None for one who never had a loan here: nothing is known of his conduct, nor of his market in this book."""
    found = loans.last_of(borrower_id, 1)
    if not found:
        return None
    market, language = market_at(found[0][1].market, at), applications.get(found[0][0].application_id).language
    conduct = again(lambda: know_conduct(borrower_id, market, at, loans=loans))
    card = scorecard(market.scorecard)
    return _standing(card, conduct, standing(card, conduct, market.conduct), language)


def _standing(card: Scorecard, conduct: Conduct, factors: tuple[ConductPoints, ...], language: str) -> Standing:
    return Standing(
        scorecard=card.version,
        conduct=conduct,
        points=sum(each.points for each in factors),
        most=sum(each.most for each in factors),
        factors=tuple(_worded(each, language) for each in factors),
        from_grade=card.grades,
    )


def _worded(part: ConductPoints, language: str) -> ConductView:
    says, improves = said(part.says, {}, language), said(part.improves, part.facts, language)
    return ConductView(part.factor, part.points, part.most, says, improves)

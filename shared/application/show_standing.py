"""What a borrower's conduct does for his grade today, as a decision would count it."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.loans import Loans
from shared.application.again import again
from shared.application.know_conduct import know_conduct
from shared.domain.conduct import Conduct
from shared.domain.scorecard import Scorecard
from shared.domain.standing import ConductPoints, standing
from shared.markets import market_at
from shared.markets.scorecards import scorecard


@dataclass(frozen=True, slots=True)
class Standing:
    """`points` and `most` are the sums; `from_grade` says from which whole score on each grade is given."""

    scorecard: str
    conduct: Conduct
    points: int
    most: int
    factors: tuple[ConductPoints, ...]
    from_grade: tuple[tuple[str, int], ...]


def show_standing(borrower_id: str, at: datetime, *, loans: Loans) -> Standing | None:
    """None for one who never had a loan here: nothing is known of his conduct, nor of his market in this book."""
    found = loans.last_of(borrower_id, 1)
    if not found:
        return None
    market = market_at(found[0][1].market, at)
    conduct = again(lambda: know_conduct(borrower_id, market, at, loans=loans))
    return _standing(
        scorecard(market.scorecard), conduct, standing(scorecard(market.scorecard), conduct, market.conduct)
    )


def _standing(card: Scorecard, conduct: Conduct, factors: tuple[ConductPoints, ...]) -> Standing:
    return Standing(
        scorecard=card.version,
        conduct=conduct,
        points=sum(each.points for each in factors),
        most=sum(each.most for each in factors),
        factors=factors,
        from_grade=card.grades,
    )

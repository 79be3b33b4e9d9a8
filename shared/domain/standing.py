"""What a borrower's conduct on loans of ours does for his grade, and what he could do about it, in his words."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.conduct import Conduct, ConductRules
from shared.domain.scorecard import CONDUCT, Scorecard

IMPROVES = {
    "loans_repaid": "A loan that you keep for {loan_days} days or longer and repay in full adds points, a second more.",
    "late_instalments": "An instalment counts as late once {grace_days} days have passed since its due date. After "
    "{months} months it is forgotten; whoever pays by the due date keeps all of these points.",
    "worst_days_late": "The sooner a late instalment is paid, the less it costs here. After {months} months it is "
    "forgotten.",
    "relief": "Asking for a plan or a waiver costs little while it runs, and nothing once you have kept it. One that "
    "you do not keep counts for {months} months.",
}


@dataclass(frozen=True, slots=True)
class ConductPoints:
    """What one part of the conduct gives, of the most that it could, why, and what changes it, with its facts."""

    factor: str
    points: int
    most: int
    says: str
    improves: str
    facts: Mapping[str, int]


def standing(card: Scorecard, conduct: Conduct, rules: ConductRules) -> tuple[ConductPoints, ...]:
    """By the table's factors of conduct, in its order; of a table that looks at none, nothing."""
    facts = {"months": rules.months, "loan_days": rules.loan_days, "grace_days": rules.grace_days}
    factors = [factor for factor in card.factors if factor.name in CONDUCT]
    found = [(factor, factor.bin_of(getattr(conduct, factor.name))) for factor in factors]
    return tuple(
        ConductPoints(factor.name, bin.points, factor.most, bin.says, IMPROVES[factor.name], facts)
        for factor, bin in found
    )

"""How good a table is on people it was not made of: order, probabilities, stability, and who is treated how."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve

from infra.scorecard import declared
from infra.scorecard.data import Applicant, Mortgage
from infra.scorecard.declared import Place
from shared.domain.scorecard import Scorecard, scored

# What the data do not know of anybody.
_NEUTRAL: dict[str, int | str] = {measure.name: measure.neutral for measure in declared.EDITIONS[-1].judged}
AGES = ((18, 25), (25, 30), (30, 40), (40, 50), (50, 100))


@dataclass(frozen=True, slots=True)
class Scored:
    """One applicant's score by the evaluation that ships, and what became of his credit."""

    who: Applicant
    score: int

    @property
    def probability(self) -> float:
        """Of being good, as the scale promises."""
        odds = declared.ODDS * 2 ** ((self.score - declared.ANCHOR) / declared.DOUBLING)
        return float(odds / (1 + odds))

    @property
    def is_approved(self) -> bool:
        return self.score >= declared.APPROVE_FROM


@dataclass(frozen=True, slots=True)
class Band:
    """Some applicants: how many, how many turned out bad, how many were expected to, and how many are approved."""

    name: str
    count: int
    bad_rate: float
    expected: float
    approved: float
    approved_of_good: float


@dataclass(frozen=True, slots=True)
class Quality:
    """`slope` and `shift` of the observed log odds over the promised ones: 1 and 0 where the promise holds."""

    auc: float
    auc_error: float
    ks: float
    brier: float
    slope: float
    shift: float


def scores(card: Scorecard, applicants: Sequence[Applicant], place: Place) -> list[Scored]:
    return [Scored(who, _score(card, _as_ours(who, place))) for who in applicants]


def mortgage_scores(card: Scorecard, applicants: Sequence[Mortgage]) -> list[int]:
    return [_score(card, {**_NEUTRAL, **who.measures}) for who in applicants]


def quality(found: Sequence[Scored]) -> Quality:
    good, score = truth(found), [each.score for each in found]
    auc = float(roc_auc_score(good, score))
    false, true, _ = roc_curve(good, score)
    promised = np.array([each.probability for each in found])
    log_odds = np.log(promised / (1 - promised)).reshape(-1, 1)
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(log_odds, good)
    return Quality(
        auc=auc,
        auc_error=auc_error(auc, sum(good), len(good) - sum(good)),
        ks=float(max(true - false)),
        brier=float(np.mean((promised - np.array(good)) ** 2)),
        slope=float(fitted.coef_[0][0]),
        shift=float(fitted.intercept_[0]),
    )


def truth(found: Sequence[Scored]) -> list[bool]:
    return [each.who.is_good for each in found]


def auc_error(auc: float, good: int, bad: int) -> float:
    """The standard error of an AUC by Hanley and McNeil (1982)."""
    first, second = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    return math.sqrt(
        (auc * (1 - auc) + (good - 1) * (first - auc * auc) + (bad - 1) * (second - auc * auc)) / (good * bad)
    )


def bands(found: Sequence[Scored], named: Callable[[Scored], str], names: Sequence[str]) -> list[Band]:
    return [_band(name, [each for each in found if named(each) == name]) for name in names]


def grade(each: Scored) -> str:
    return next((name for name, least in declared.GRADES if each.score >= least), "below")


def age(each: Scored) -> str:
    return next(shown_age(ages) for ages in AGES if each.who.age_years < ages[1])


def shown_age(ages: tuple[int, int]) -> str:
    return f"{ages[0]} to {ages[1] - 1}" if ages != AGES[-1] else f"{ages[0]} and more"


def stability(before: Sequence[str], after: Sequence[str]) -> float:
    """The population stability index of two samples over the same bins."""
    total = 0.0
    for name in sorted({*before, *after}):
        old, new = before.count(name) / len(before), after.count(name) / len(after)
        total += (new - old) * math.log(new / old)
    return total


def _score(card: Scorecard, measured: Mapping[str, int | str]) -> int:
    return card.start + sum(each.points for each in scored(card, measured))


def _band(name: str, inside: Sequence[Scored]) -> Band:
    good = [each for each in inside if each.who.is_good]
    return Band(
        name=name,
        count=len(inside),
        bad_rate=1 - len(good) / len(inside),
        expected=sum(1 - each.probability for each in inside) / len(inside),
        approved=sum(each.is_approved for each in inside) / len(inside),
        approved_of_good=sum(each.is_approved for each in good) / len(good),
    )


def _as_ours(who: Applicant, place: Place) -> dict[str, int | str]:
    """What our application would have measured: the income in the market's money, the work in our words."""
    kinds = {theirs: ours[0] if ours else "none" for ours, data, _ in declared.EMPLOYMENT.bins for theirs in data}
    return {
        **_NEUTRAL,
        "monthly_income": who.monthly_income * place.middle_income,
        "employment": kinds[who.employment],
        "months_employed": who.months_employed,
        "instalment_percent": who.instalment_percent,
    }

"""From applicants to a table of points: cut, pool, weigh, scale. The table is in the form that `scorecards` reads."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from infra.scorecard import declared
from infra.scorecard.data import Applicant
from infra.scorecard.declared import Edition, Judged, JudgedKinds, Kinds, Numbers, Place

POINTS_PER_LOG_ODDS = declared.DOUBLING / math.log(2)


@dataclass(frozen=True, slots=True)
class Group:
    """Applicants in one bin: from `least` on for numbers, or those of the `at`-th kind."""

    at: int
    good: int
    bad: int

    def __add__(self, above: "Group") -> "Group":
        return Group(self.at, self.good + above.good, self.bad + above.bad)

    @property
    def count(self) -> int:
        return self.good + self.bad

    @property
    def bad_rate(self) -> float:
        return self.bad / self.count


@dataclass(frozen=True, slots=True)
class Part:
    """What the data say of one measure: its bins from the lowest on, and how many points each is worth."""

    measure: Numbers | Kinds
    groups: tuple[Group, ...]
    points: tuple[int, ...]
    information: float
    weight: float


@dataclass(frozen=True, slots=True)
class Table:
    """`start` is the score of who gets no point at all, of those measures that the data know."""

    start: int
    parts: tuple[Part, ...]
    learned_from: int


def built(applicants: Sequence[Applicant], measures: Sequence[Numbers | Kinds] = declared.DATA_MEASURES) -> Table:
    """The table that these applicants give.

    Each bin's weight of evidence (the log of its odds over those of all) is weighted by a logistic regression of all
    measures together; points are whole, the worst bin of each measure has none, and the rest goes into the start.
    """
    groups = [pooled(measure, applicants) for measure in measures]
    evidence = [_evidence(of) for of in groups]
    columns = zip(measures, groups, evidence, strict=True)
    rows = np.array([[woe[position(of, measure, who)] for who in applicants] for measure, of, woe in columns]).T
    good = np.array([who.is_good for who in applicants])
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(rows, good)
    weights = [float(weight) for weight in fitted.coef_[0]]
    assert min(weights) > 0, weights
    parts, start = [], declared.ANCHOR + POINTS_PER_LOG_ODDS * (float(fitted.intercept_[0]) - math.log(declared.ODDS))
    for measure, of, woe, weight in zip(measures, groups, evidence, weights, strict=True):
        least = min(woe)
        start += POINTS_PER_LOG_ODDS * weight * least
        points = tuple(round(POINTS_PER_LOG_ODDS * weight * (each - least)) for each in woe)
        parts.append(Part(measure, of, points, _information(of), weight))
    return Table(round(start), tuple(parts), len(applicants))


def pooled(measure: Numbers | Kinds, applicants: Sequence[Applicant]) -> tuple[Group, ...]:
    """The measure's bins. Those of numbers are pooled until each is large enough, all are in order and all differ."""
    if isinstance(measure, Kinds):
        return tuple(_counted(at, measure, applicants) for at in range(len(measure.bins)))
    groups = [_counted(at, measure, applicants) for at in (0, *measure.cuts)]
    least = declared.LEAST_SHARE * len(applicants)
    while (weakest := _weakest(groups, least, rises=measure.rises)) is not None:
        groups[weakest : weakest + 2] = [groups[weakest] + groups[weakest + 1]]
    return tuple(groups)


def position(groups: Sequence[Group], measure: Numbers | Kinds, who: Applicant) -> int:
    """Which of the pooled bins somebody is in."""
    return max(index for index, group in enumerate(groups) if _first(measure, who) >= group.at)


def start_of(table: Table, edition: Edition) -> int:
    """Where everybody begins: the judged measures add nothing where they are neutral, as for all in the data."""
    return table.start - sum(measure.neutral_points for measure in edition.judged)


def written(table: Table, place: Place, edition: Edition) -> dict[str, Any]:
    """The table as the market's file has it. `share` is how many of those it was made of are in a bin."""
    parts = {part.measure.name: part for part in table.parts}
    return {
        "version": f"{place.code}-{edition.number}",
        "start": start_of(table, edition),
        "approve_from": declared.APPROVE_FROM,
        "refer_from": declared.REFER_FROM,
        "grades": [list(grade) for grade in declared.GRADES],
        "factors": [
            {
                "name": measure.name,
                "bins": _judged(measure)
                if isinstance(measure, Judged | JudgedKinds)
                else _bins(parts[measure.name], place, table.learned_from),
            }
            for measure in edition.measures
        ],
    }


def _weakest(groups: Sequence[Group], least: float, *, rises: bool) -> int | None:
    """Which group to pool with the next: too small or out of order first, then the two that differ least."""
    found: list[tuple[float, int]] = []
    for at, (lower, upper) in enumerate(pairwise(groups)):
        too_small = min(lower.count, upper.count) < least
        difference = (1 if rises else -1) * _difference(lower, upper)
        if too_small or difference < declared.LEAST_DIFFERENCE:
            # Of those too small, the pair that is most alike.
            found.append((abs(difference) - 1000 if too_small else difference, at))
    return min(found)[1] if found else None


def _difference(lower: Group, upper: Group) -> float:
    """How far the bad rate falls from one bin to the next, in standard errors."""
    together = lower + upper
    share = together.bad_rate
    error = math.sqrt(share * (1 - share) * (1 / max(lower.count, 1) + 1 / max(upper.count, 1)))
    if error == 0 or 0 in (lower.count, upper.count):
        return 0.0
    return (lower.bad_rate - upper.bad_rate) / error


def _counted(at: int, measure: Numbers | Kinds, applicants: Sequence[Applicant]) -> Group:
    inside = [who.is_good for who in applicants if _first(measure, who) == at]
    return Group(at, sum(inside), len(inside) - sum(inside))


def _first(measure: Numbers | Kinds, who: Applicant) -> int:
    """The finest bin: the highest candidate cut that is reached, or the number of the kind."""
    value = getattr(who, measure.name)
    if isinstance(measure, Kinds):
        return next(at for at, (_, theirs, _) in enumerate(measure.bins) if value in theirs)
    return max(cut for cut in (0, *measure.cuts) if value >= cut)


def _evidence(groups: Sequence[Group]) -> list[float]:
    good, bad = sum(group.good for group in groups), sum(group.bad for group in groups)
    return [math.log(group.good * bad / (group.bad * good)) for group in groups]


def _information(groups: Sequence[Group]) -> float:
    """The information value: how far good and bad applicants lie apart over the bins."""
    good, bad = sum(group.good for group in groups), sum(group.bad for group in groups)
    return sum(
        (group.good / good - group.bad / bad) * woe for group, woe in zip(groups, _evidence(groups), strict=True)
    )


def _judged(measure: Judged | JudgedKinds) -> list[dict[str, Any]]:
    if isinstance(measure, JudgedKinds):
        return [{"values": list(words), "points": points, "says": says} for words, points, says in measure.bins]
    return [{"least": least, "points": points, "says": says} for least, points, says in measure.bins]


def _bins(part: Part, place: Place, of: int) -> list[dict[str, Any]]:
    shares = [str(Decimal(group.count) / of)[:6] for group in part.groups]
    if isinstance(part.measure, Kinds):
        kinds = zip(part.measure.bins, part.points, shares, strict=True)
        return [
            {"values": list(ours), "points": points, "share": share, "says": says}
            for (ours, _, says), points, share in kinds
        ]
    bounds = [group.at for group in part.groups]
    rows = zip(bounds, [*bounds[1:], None], part.points, shares, strict=True)
    return [
        {
            "least": _least(part.measure, least, place),
            "points": points,
            "share": share,
            "says": declared.says(part.measure, least, below, place),
        }
        for least, below, points, share in reversed(list(rows))
    ]


def _least(measure: Numbers, cut: int, place: Place) -> int:
    """The cut as the evaluation measures it: an income in minor units, all else as it is."""
    return cut * place.middle_income if measure.name == declared.INCOME.name else cut

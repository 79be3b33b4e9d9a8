"""All figures of the model card, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from sklearn.metrics import roc_auc_score

from infra.scorecard import challenger, declared
from infra.scorecard.data import Applicant, Source, boston
from infra.scorecard.declared import EDITIONS, PLACES
from infra.scorecard.measures import (
    AGES,
    Band,
    Quality,
    Scored,
    age,
    bands,
    grade,
    mortgage_scores,
    quality,
    scores,
    shown_age,
    stability,
)
from infra.scorecard.table import Part, Table, built, position, written
from shared.domain.scorecard import Scorecard
from shared.markets.scorecards import as_scorecard

# Any market's table will do: they differ in the unit of the income alone.
PLACE = PLACES[0]
EDITION = EDITIONS[-1]
GRADES = (*(name for name, _ in declared.GRADES), "below")


@dataclass(frozen=True, slots=True)
class Rival:
    """Boosted trees on some columns: their AUC on the same held-out people."""

    name: str
    auc: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Ten tables, each made without a tenth of the applicants and measured on it; and the trees likewise."""

    auc: float
    auc_deviation: float
    gap: float
    gap_deviation: float


@dataclass(frozen=True, slots=True)
class Sex:
    """Applicants for a mortgage in Boston, by a group."""

    name: str
    count: int
    mean_score: float
    approved: float


@dataclass(frozen=True, slots=True)
class Findings:
    source: Source
    table: Table
    learned: Quality
    held: Quality
    found: tuple[Scored, ...]
    trees: tuple[float, ...]
    rivals: tuple[Rival, ...]
    spread: Spread
    grades: tuple[Band, ...]
    ages: tuple[Band, ...]
    longer: Quality
    longer_ages: tuple[Band, ...]
    between_samples: float
    between_halves: float
    measures_between_halves: tuple[tuple[str, float], ...]
    sexes: tuple[Sex, ...]


def worked_out(source: Source) -> Findings:
    learn = [who for who in source.applicants if who.is_to_learn]
    held = [who for who in source.applicants if not who.is_to_learn]
    table = built(learn)
    card = as_scorecard(written(table, PLACE, EDITION))
    found = scores(card, held, PLACE)
    trees = challenger.probabilities(learn, held, challenger.OURS)
    longer_card = _with_longer_months(learn)
    longer = scores(longer_card, held, PLACE)
    everybody = scores(card, source.applicants, PLACE)
    half = len(everybody) // 2
    return Findings(
        source=source,
        table=table,
        learned=quality(scores(card, learn, PLACE)),
        held=quality(found),
        found=tuple(found),
        trees=tuple(trees),
        rivals=_rivals(learn, held, trees),
        spread=_spread(source.applicants),
        grades=tuple(bands(found, grade, GRADES)),
        ages=tuple(_by_age(found)),
        longer=quality(longer),
        longer_ages=tuple(_by_age(longer)),
        between_samples=stability(
            [grade(each) for each in scores(card, learn, PLACE)], [grade(each) for each in found]
        ),
        between_halves=stability(*([grade(each) for each in part] for part in (everybody[:half], everybody[half:]))),
        measures_between_halves=tuple(_drift(part, source.applicants) for part in table.parts),
        sexes=tuple(_sexes(card)),
    )


def _with_longer_months(learn: Sequence[Applicant]) -> Scorecard:
    measures = tuple(
        declared.LONGER_MONTHS if measure is declared.MONTHS else measure for measure in declared.DATA_MEASURES
    )
    return as_scorecard(written(built(learn, measures), PLACE, EDITION))


def _by_age(found: Sequence[Scored]) -> list[Band]:
    return bands(found, age, [shown_age(ages) for ages in AGES])


def _rivals(learn: Sequence[Applicant], held: Sequence[Applicant], ours: Sequence[float]) -> tuple[Rival, ...]:
    good = [who.is_good for who in held]
    wide = (*challenger.OURS, *challenger.MORE)
    all_of_it = (*wide, *challenger.FORBIDDEN)
    return (
        Rival("the same four measures", float(roc_auc_score(good, ours))),
        Rival(
            "those, and home, assets, debt, expenses, price, amount, months",
            float(roc_auc_score(good, challenger.probabilities(learn, held, wide))),
        ),
        Rival(
            "all of that, and what is refused: credit records, age, marriage",
            float(roc_auc_score(good, challenger.probabilities(learn, held, all_of_it))),
        ),
    )


def _spread(applicants: Sequence[Applicant]) -> Spread:
    aucs, gaps = [], []
    for tenth in range(10):
        learn = [who for who in applicants if who.tenth != tenth]
        held = [who for who in applicants if who.tenth == tenth]
        good = [who.is_good for who in held]
        found = scores(as_scorecard(written(built(learn), PLACE, EDITION)), held, PLACE)
        auc = float(roc_auc_score(good, [each.score for each in found]))
        aucs.append(auc)
        gaps.append(float(roc_auc_score(good, challenger.probabilities(learn, held, challenger.OURS))) - auc)
    return Spread(mean(aucs), stdev(aucs), mean(gaps), stdev(gaps))


def _drift(part: Part, applicants: Sequence[Applicant]) -> tuple[str, float]:
    binned = [str(position(part.groups, part.measure, who)) for who in applicants]
    half = len(binned) // 2
    return part.measure.name, stability(binned[:half], binned[half:])


def _sexes(card: Scorecard) -> list[Sex]:
    people = boston(PLACE)
    scored = list(zip(people, mortgage_scores(card, people), strict=True))
    groups = {
        "women": [score for who, score in scored if who.is_woman],
        "men": [score for who, score in scored if not who.is_woman],
        "black or Hispanic": [score for who, score in scored if not who.is_white],
        "white": [score for who, score in scored if who.is_white],
    }
    return [
        Sex(name, len(found), mean(found), sum(score >= declared.APPROVE_FROM for score in found) / len(found))
        for name, found in groups.items()
    ]

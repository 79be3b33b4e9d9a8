"""The credit decision: a table of points with its reasons, and what the borrower can afford. No bureau's rating."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from shared.domain.borrowers import Features
from shared.domain.cost import cost
from shared.domain.market import Market
from shared.domain.money import Money

# Amounts are offered in steps of this many minor units when the one asked for is too much.
STEP_MINOR = 10_000

# All that a score may look at, each with its purpose. The borrower states it in the profile or asks for it; nothing
# comes from a credit bureau, and no table of points with another factor is loaded. Age, sex, marriage, origin, faith
# and health have no place here: age only says whether the market may lend at all.
PURPOSES = {
    "monthly_income": "what instalments are paid from",
    "employment": "how steady that income is",
    "months_employed": "how long it has been there",
    "obligations_percent": "what part of it is promised to others",
    "instalment_percent": "what part of it this loan would take",
}


@dataclass(frozen=True, slots=True)
class Bin:
    """Points of one factor: for numbers from `least` on, or for one of `values`; `says` is for the borrower.

    `share` is the part of the people whom the table was made of that is in this bin; None where no data made it.
    """

    points: int
    says: str
    least: int | None = None
    values: tuple[str, ...] = ()
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """Bins by `least`, falling; or by value, of which the last takes all others."""

    name: str
    bins: tuple[Bin, ...]

    def bin_of(self, measure: int | str) -> Bin:
        if isinstance(measure, str):
            return next((bin for bin in self.bins if measure in bin.values), self.bins[-1])
        return next(bin for bin in self.bins if bin.least is not None and measure >= bin.least)

    @property
    def most(self) -> int:
        return max(bin.points for bin in self.bins)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`grades` from the best down, each with the score from which it is given. Below `refer_from` is a decline."""

    version: str
    start: int
    factors: tuple[Factor, ...]
    grades: tuple[tuple[str, int], ...]
    approve_from: int
    refer_from: int


@dataclass(frozen=True, slots=True)
class Points:
    """What one factor gave, of the most that it could give, and why in plain words."""

    factor: str
    points: int
    most: int
    says: str


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome`: approve, refer or decline. `points` is the whole account for the file, `reasons` the borrower's.

    `instalment_limit` is what an instalment may be; `largest_affordable` is set where the amount asked for was too much
    and a smaller one would do.
    """

    outcome: str
    scorecard: str
    score: int
    grade: str
    points: tuple[Points, ...]
    reasons: tuple[Reason, ...]
    instalment_limit: Money
    largest_affordable: Money | None = None


def decide(market: Market, scorecard: Scorecard, features: Features, amount: Money, tenor_months: int) -> Decision:
    """The same answer to the same facts, whoever asks. The instalment is that of the market's reference rate."""
    instalment = _instalment(market, amount, tenor_months)
    points = scored(scorecard, measures(features, instalment))
    score = scorecard.start + sum(each.points for each in points)
    limit = instalment_limit(market, features)
    outcome, reasons, largest = _by_score(scorecard, score), _shortfalls(points), None
    if instalment > limit:
        largest = largest_affordable(market, limit, tenor_months)
        outcome, reasons = "decline", (_too_much(limit, largest), *reasons)
    if features.age_years not in market.age_years:
        ages = market.age_years
        outcome = "decline"
        reasons = (Reason("age_out_of_range", f"Loans are for people of {ages.least} to {ages.most} years."), *reasons)
    grade = next((name for name, least in scorecard.grades if score >= least), scorecard.grades[-1][0])
    return Decision(outcome, scorecard.version, score, grade, points, reasons, limit, largest)


def measures(features: Features, instalment: Money) -> dict[str, int | str]:
    """What the factors look at; shares of the income are whole percents, rounded down. Age decides nothing here."""
    income = features.monthly_income.minor
    return {
        "monthly_income": income,
        "employment": features.employment,
        "months_employed": features.months_employed,
        "obligations_percent": _percent(features.monthly_obligations.minor, income),
        "instalment_percent": _percent(instalment.minor, income),
    }


def scored(scorecard: Scorecard, measured: Mapping[str, int | str]) -> tuple[Points, ...]:
    """Every factor's points, in the order of the table."""
    found = [(factor, factor.bin_of(measured[factor.name])) for factor in scorecard.factors]
    return tuple(Points(factor.name, bin.points, factor.most, bin.says) for factor, bin in found)


def instalment_limit(market: Market, features: Features) -> Money:
    """The affordable share of the income less what is owed elsewhere each month; never below nothing."""
    room = features.monthly_income.times(market.affordable_share, ROUND_DOWN) - features.monthly_obligations
    return max(room, market.money(0))


def largest_affordable(market: Market, limit: Money, tenor_months: int) -> Money | None:
    """The largest amount in whole steps whose instalment is within the limit; None when even the smallest is not."""
    low, high = market.amount_minor.least // STEP_MINOR, market.amount_minor.most // STEP_MINOR
    if _instalment(market, market.money(low * STEP_MINOR), tenor_months) > limit:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if _instalment(market, market.money(middle * STEP_MINOR), tenor_months) <= limit:
            low = middle
        else:
            high = middle - 1
    return market.money(low * STEP_MINOR)


def _instalment(market: Market, amount: Money, tenor_months: int) -> Money:
    return cost(market, amount, market.reference.annual_rate, tenor_months, ()).instalment


def _by_score(scorecard: Scorecard, score: int) -> str:
    if score >= scorecard.approve_from:
        return "approve"
    return "refer" if score >= scorecard.refer_from else "decline"


def _shortfalls(points: tuple[Points, ...]) -> tuple[Reason, ...]:
    """What cost the most points, the largest first: that is what would change the decision."""
    lost = sorted((each for each in points if each.points < each.most), key=lambda each: each.points - each.most)
    return tuple(Reason(each.factor, each.says) for each in lost[:3])


def _too_much(limit: Money, largest: Money | None) -> Reason:
    says = f"The instalment would be more than the {limit} a month that your income leaves room for."
    return Reason("instalment_unaffordable", f"{says} {largest} would do." if largest else says)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole > 0 else 100

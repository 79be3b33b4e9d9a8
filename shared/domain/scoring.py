"""The credit decision: points with their reasons, what the borrower can afford, and what would be approved instead."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN

from shared.domain.borrowers import Features
from shared.domain.cost import cost
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.scorecard import Points, Scorecard, scored

# Smaller amounts are tried in steps of this many minor units.
STEP_MINOR = 10_000


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A loan for which the same borrower would be approved on the same day; `says` is for him."""

    amount: Money
    tenor_months: int
    says: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`outcome`: approve, refer or decline. `points` is the whole account for the file, `reasons` the borrower's.

    `instalment_limit` is what an instalment may be. `would_be_approved` is what to ask for instead, less or for longer;
    it is empty where nothing would do. `scorecard` and `pack_version` say by which points and rules it was decided.
    """

    outcome: str
    scorecard: str
    score: int
    grade: str
    points: tuple[Points, ...]
    reasons: tuple[Reason, ...]
    instalment_limit: Money
    would_be_approved: tuple[Alternative, ...] = ()
    pack_version: str = ""


def decide(market: Market, scorecard: Scorecard, features: Features, amount: Money, tenor_months: int) -> Decision:
    """The same answer to the same facts, whoever asks. The instalment is that of the market's reference rate."""
    decision = _decided(market, scorecard, features, amount, tenor_months)
    if decision.outcome == "approve":
        return decision
    return replace(decision, would_be_approved=alternatives(market, scorecard, features, amount, tenor_months))


def alternatives(
    market: Market, scorecard: Scorecard, features: Features, amount: Money, tenor_months: int
) -> tuple[Alternative, ...]:
    """The largest amount in the tenor asked for; and where more time allows more, the most, with the least time for it.

    Amounts are in whole steps, up to the one asked for. Less money and more time never cost points and never make an
    instalment larger, so that halving finds them.
    """

    def is_approved(steps: int, months: int) -> bool:
        tried = _decided(market, scorecard, features, market.money(steps * STEP_MINOR), months)
        return tried.outcome == "approve"

    least, asked = -(-market.amount_minor.least // STEP_MINOR), amount.minor // STEP_MINOR
    longest = market.tenor_months.most
    most_here = _most(least, asked, lambda steps: is_approved(steps, tenor_months))
    most_later = _most(least, asked, lambda steps: is_approved(steps, longest))
    found = [] if most_here is None else [(most_here, tenor_months)]
    if most_later is not None and most_later > (most_here or 0):
        # Counted from the longest tenor down, the last that will do is the least.
        spare = _most(0, longest - tenor_months, lambda less: is_approved(most_later, longest - less))
        found.append((most_later, longest - (spare or 0)))
    return tuple(_alternative(market.money(steps * STEP_MINOR), months) for steps, months in found)


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


def instalment_limit(market: Market, features: Features) -> Money:
    """The affordable share of the income less what is owed elsewhere each month; never below nothing."""
    room = features.monthly_income.times(market.affordable_share, ROUND_DOWN) - features.monthly_obligations
    return max(room, market.money(0))


def _decided(market: Market, scorecard: Scorecard, features: Features, amount: Money, tenor_months: int) -> Decision:
    instalment = cost(market, amount, market.reference.annual_rate, tenor_months, ()).instalment
    points = scored(scorecard, measures(features, instalment))
    score = scorecard.start + sum(each.points for each in points)
    limit = instalment_limit(market, features)
    outcome, reasons = _by_score(scorecard, score), _shortfalls(points)
    if instalment > limit:
        says = f"The instalment would be more than the {limit} a month that your income leaves room for."
        outcome, reasons = "decline", (Reason("instalment_unaffordable", says), *reasons)
    if features.age_years not in market.age_years:
        ages = market.age_years
        outcome = "decline"
        reasons = (Reason("age_out_of_range", f"Loans are for people of {ages.least} to {ages.most} years."), *reasons)
    grade = next((name for name, least in scorecard.grades if score >= least), scorecard.grades[-1][0])
    found = Decision(outcome, scorecard.version, score, grade, points, reasons, limit)
    return replace(found, pack_version=market.pack_version)


def _most(low: int, high: int, will_do: Callable[[int], bool]) -> int | None:
    """The largest number from `low` to `high` that will do, where all below one that will do will do too."""
    if low > high or not will_do(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if will_do(middle) else (low, middle - 1)
    return low


def _alternative(amount: Money, tenor_months: int) -> Alternative:
    return Alternative(amount, tenor_months, f"For {amount} over {tenor_months} months you would be approved.")


def _by_score(scorecard: Scorecard, score: int) -> str:
    if score >= scorecard.approve_from:
        return "approve"
    return "refer" if score >= scorecard.refer_from else "decline"


def _shortfalls(points: tuple[Points, ...]) -> tuple[Reason, ...]:
    """What cost the most points, the largest first: that is what would change the decision."""
    lost = sorted((each for each in points if each.points < each.most), key=lambda each: each.points - each.most)
    return tuple(Reason(each.factor, each.says) for each in lost[:3])


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole > 0 else 100

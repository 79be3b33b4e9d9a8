"""The credit decision: points with their reasons, and what the borrower can afford. No bureau's rating."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN

from shared.domain.borrowers import Features
from shared.domain.cost import cost
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.scorecard import CONDUCT, Points, Scorecard, scored


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

    `limit` is the most that the borrower's grade may be lent in all, nothing where the decision is a decline.
    `instalment_limit` is what an instalment may be. Where there is no offer, `would_be_approved` is what to ask for
    instead, less or for longer; empty where nothing would do. `scorecard` and `pack_version` say by which rules.
    """

    outcome: str
    scorecard: str
    score: int
    grade: str
    points: tuple[Points, ...]
    reasons: tuple[Reason, ...]
    limit: Money
    instalment_limit: Money
    would_be_approved: tuple[Alternative, ...] = ()
    pack_version: str = ""


def decide(market: Market, scorecard: Scorecard, features: Features, amount: Money, tenor_months: int) -> Decision:
    """The same answer to the same facts, whoever asks. The instalment is that of the market's reference rate."""
    instalment = cost(market, amount, market.reference.annual_rate, tenor_months, ()).instalment
    points = scored(scorecard, measures(features, instalment))
    score = scorecard.start + sum(each.points for each in points)
    grade = next((name for name, least in scorecard.grades if score >= least), scorecard.grades[-1][0])
    most, room = market.money(market.grades[grade].most_minor), instalment_limit(market, features)
    against = tuple(_against(market, features, amount=amount, most=most, instalment=instalment, room=room))
    outcome = "decline" if against else _by_score(scorecard, score)
    return Decision(
        outcome=outcome,
        scorecard=scorecard.version,
        score=score,
        grade=grade,
        points=points,
        reasons=(*against, *_shortfalls(points)),
        limit=market.money(0) if outcome == "decline" else most,
        instalment_limit=room,
        pack_version=market.pack_version,
    )


def measures(features: Features, instalment: Money) -> dict[str, int | str]:
    """What the factors look at; shares of the income are whole percents, rounded down. Age decides nothing here."""
    income = features.monthly_income.minor
    return {
        "monthly_income": income,
        "employment": features.employment,
        "months_employed": features.months_employed,
        "obligations_percent": _percent(features.monthly_obligations.minor, income),
        "instalment_percent": _percent(instalment.minor, income),
        **{name: getattr(features.conduct, name) for name in CONDUCT},
    }


def instalment_limit(market: Market, features: Features) -> Money:
    """The affordable share of the income less what is owed elsewhere each month; never below nothing."""
    room = features.monthly_income.times(market.affordable_share, ROUND_DOWN) - features.monthly_obligations
    return max(room, market.money(0))


def _against(
    market: Market, features: Features, *, amount: Money, most: Money, instalment: Money, room: Money
) -> Iterator[Reason]:
    """What rules the loan out whatever the score is."""
    ages = market.age_years
    if features.age_years not in ages:
        yield Reason("age_out_of_range", f"Loans are for people of {ages.least} to {ages.most} years.")
    if features.employment in market.excluded_employments:
        yield Reason("employment_excluded", f"No loans are made here to who lives as a {features.employment}.")
    if instalment > room:
        says = f"The instalment would be more than the {room} a month that your income leaves room for."
        yield Reason("instalment_unaffordable", says)
    if amount > most:
        # The grade is that of this request: a smaller instalment takes less of the income, and may have a better one.
        says = f"With so large an instalment, the most that your grade may be lent is {most}."
        yield Reason("amount_above_limit", says)


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

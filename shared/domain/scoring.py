"""The credit decision: points with their reasons, and what the borrower can afford. No bureau's rating."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN

from shared.domain.borrowers import Features
from shared.domain.cost import cost
from shared.domain.facts import Facts
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.scorecard import CONDUCT, Points, Scorecard, scored

# What the borrower is told of each reason that is no factor of the table, with the reason's facts.
REASONS = {
    "age_out_of_range": "Loans are for people of {least} to {most} years.",
    "employment_excluded": "No loans are made here to people who live on what you do.",
    "instalment_unaffordable": "The instalment would be more than the {room} a month that your income leaves room for.",
    "amount_above_limit": "With so large an instalment, the most that your grade may be lent is {most}.",
    "further_check": "A person looks at this application before it is decided.",
    "not_after_checks": "After our checks we make no offer now. You may ask for a person to look at it.",
    "no_matching_offer": "No lender offers a loan for this amount, time and grade at present.",
}
WOULD_BE_APPROVED = "For {amount} over {tenor_months} months you would be approved."


@dataclass(frozen=True, slots=True)
class Reason:
    """A factor of the table, or one of `REASONS` with its facts; how it reads is told when somebody asks.

    `says` are the words of the person who decided, or those that were kept of a reason before it had facts.
    """

    code: str
    facts: Mapping[str, Money | int] = field(default_factory=dict)
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A loan for which the same borrower would be approved on the same day."""

    amount: Money
    tenor_months: int


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


def sentence(reason: Reason, decision: Decision, scorecard: Scorecard) -> tuple[str, Facts]:
    """What the borrower is told of a reason, and the facts in it. `scorecard` is the table that decided."""
    cost = next((each for each in decision.points if each.factor == reason.code), None)
    return told(reason) if cost is None else (scorecard.says(cost), {})


def told(reason: Reason) -> tuple[str, Facts]:
    """The same of a reason that is no factor."""
    return (REASONS[reason.code], reason.facts) if reason.says is None else (reason.says, {})


def _against(
    market: Market, features: Features, *, amount: Money, most: Money, instalment: Money, room: Money
) -> Iterator[Reason]:
    """What rules the loan out whatever the score is."""
    ages = market.age_years
    if features.age_years not in ages:
        yield Reason("age_out_of_range", {"least": ages.least, "most": ages.most})
    if features.employment in market.excluded_employments:
        yield Reason("employment_excluded")
    if instalment > room:
        yield Reason("instalment_unaffordable", {"room": room})
    if amount > most:
        # The grade is that of this request: a smaller instalment takes less of the income, and may have a better one.
        yield Reason("amount_above_limit", {"most": most})


def _by_score(scorecard: Scorecard, score: int) -> str:
    if score >= scorecard.approve_from:
        return "approve"
    return "refer" if score >= scorecard.refer_from else "decline"


def _shortfalls(points: tuple[Points, ...]) -> tuple[Reason, ...]:
    """What cost the most points, the largest first: that is what would change the decision."""
    lost = sorted((each for each in points if each.points < each.most), key=lambda each: each.points - each.most)
    return tuple(Reason(each.factor) for each in lost[:3])


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole > 0 else 100

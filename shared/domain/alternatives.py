"""What would be approved and lent instead of what was asked for: found by trying, so that it is never a guess."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.domain.borrowers import Features
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.offers import Wanted, is_lent
from shared.domain.partners import Partner
from shared.domain.scorecard import Scorecard
from shared.domain.scoring import Alternative, decide

# Smaller amounts are tried in round numbers of this many minor units: people ask for thousands.
STEP_MINOR = 100_000


def alternatives(
    market: Market, scorecard: Scorecard, features: Features, wanted: Wanted, lenders: Sequence[Partner]
) -> tuple[Alternative, ...]:
    """The largest amount in the tenor asked for, and the amount asked for in the nearest longer tenor.

    Where neither would do, the largest amount in the longest tenor; nothing where that would not do either. Every loan
    named would be approved, and a lender has a product for it at the rate that it states.
    """
    amount, tenor_months, longest = wanted.amount, wanted.tenor_months, market.tenor_months.most

    def would_do(amount: Money, months: int) -> bool:
        tried = decide(market, scorecard, features, amount, months)
        asked = replace(wanted, amount=amount, tenor_months=months, grade=tried.grade)
        return tried.outcome == "approve" and is_lent(market, asked, lenders)

    less = next((each for each in _smaller(market, amount) if would_do(each, tenor_months)), None)
    longer = next((months for months in range(tenor_months + 1, longest + 1) if would_do(amount, months)), None)
    found = [(less, tenor_months)] if less else []
    found += [(amount, longer)] if longer else []
    if not found and tenor_months < longest:
        last = next((each for each in _smaller(market, amount) if would_do(each, longest)), None)
        found = [(last, longest)] if last else []
    return tuple(Alternative(each, months) for each, months in found)


def _smaller(market: Market, amount: Money) -> Iterator[Money]:
    """Round amounts below the one asked for, down to the least that the market lends."""
    most = (amount.minor - 1) // STEP_MINOR * STEP_MINOR
    for minor in range(most, market.amount_minor.least - 1, -STEP_MINOR):
        yield market.money(minor)

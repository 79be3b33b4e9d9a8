"""What staff read of a lender's days: the report of one, its movements, and the guarantee's pool with its claims."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.adapters.differences import Differences
from shared.adapters.flows import Flows
from shared.adapters.loans import Loans
from shared.adapters.settled_days import Guarantees, SettledDays
from shared.domain.flows import Movement
from shared.domain.guarantee import Claim
from shared.domain.money import Money
from shared.domain.partners import Partner
from shared.domain.payouts import Payout
from shared.domain.reconciliation import Difference
from shared.domain.settled_day import SettledDay
from shared.markets import market_at, today

# Differences in a report; all of them are in the list of the open ones.
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class PoolStanding:
    """A guarantee's pool: its cap by what was disbursed up to the last settled day, and what was called in of it."""

    form: str
    cap_share: str
    trigger_days: int
    disbursed: Money
    cap: Money
    invoked: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Report:
    """A settled day, and what is open at this moment: differences of its day, and payouts that are not over.

    `today` is the market's, from which their ages count.
    """

    day: SettledDay
    differences: tuple[Difference, ...]
    late_payouts: tuple[Payout, ...]
    pool: PoolStanding | None
    today: date


def days_of(partner: Partner, month: str, *, loans: Loans) -> list[SettledDay]:
    """A month's settled days, the earliest day first."""
    return SettledDays(loans.table).of_month(partner.partner_id, month)


def report_of(partner: Partner, on: date, at: datetime, *, loans: Loans) -> Report:
    """Raises `NotFound` for a day that is not settled."""
    here = market_at(partner.market, at)
    day = SettledDays(loans.table).get(partner.partner_id, on)
    book = Differences(loans.table)
    of_day = [known_as for known_as, listed in book.open(partner.partner_id).items() if listed.on == on]
    differences = [each for each in map(book.find, of_day[:MOST_SHOWN]) if each is not None]
    before = at - timedelta(days=here.reconciliation.transit_days)
    return Report(
        day=day,
        differences=tuple(differences),
        late_payouts=tuple(loans.in_transit(partner.settlement_account, before)),
        pool=pool_of(partner, here.currency, loans),
        today=today(partner.market, at),
    )


def movements_of(
    partner: Partner, on: date, after: str | None, limit: int, at: datetime, *, loans: Loans
) -> tuple[str, list[Movement], str | None]:
    """Their currency, a page of a day's movements, and the place behind which the next begins."""
    found, then = Flows(loans.table).page(partner.partner_id, on, after, limit)
    return market_at(partner.market, at).currency, found, then


def differences_of(
    partner_id: str, after: str | None, limit: int, *, loans: Loans
) -> tuple[list[Difference], str | None]:
    """A page of the open ones, the oldest first, and the id behind which the next begins. Raises `NotFound`."""
    return Differences(loans.table).page(partner_id, after, limit)


def claims_of(
    partner: Partner, after: str | None, limit: int, at: datetime, *, loans: Loans
) -> tuple[PoolStanding | None, list[Claim], str | None]:
    found, then = Guarantees(loans.table).page(partner.partner_id, after, limit)
    return pool_of(partner, market_at(partner.market, at).currency, loans), found, then


def pool_of(partner: Partner, currency: str, loans: Loans) -> PoolStanding | None:
    """None where the lender has no guarantee."""
    guarantee = partner.guarantee
    if guarantee is None:
        return None
    pool = Guarantees(loans.table).pool(partner.partner_id)
    minor = (pool.disbursed, pool.cap(guarantee), pool.invoked, pool.left(guarantee))
    disbursed, cap, invoked, left = (Money(each, currency) for each in minor)
    return PoolStanding(
        form=guarantee.form,
        cap_share=str(guarantee.cap_share),
        trigger_days=guarantee.trigger_days,
        disbursed=disbursed,
        cap=cap,
        invoked=invoked,
        left=left,
    )

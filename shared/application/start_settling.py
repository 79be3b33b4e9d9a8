"""Have a market's days settled that are over, and look how those before them stand.

Each start asks for the days that nobody has settled, and again for those of the last days that wait for a statement or
differ. So a start that was missed is made up for by the next, and one too many changes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.adapters.differences import Differences
from shared.adapters.loans import Loans
from shared.adapters.queue import Queue
from shared.adapters.runs import Runs
from shared.adapters.settled_days import SettledDays
from shared.domain.calendar import business_date
from shared.domain.market import Market
from shared.domain.night import Run
from shared.domain.partners import Partner
from shared.domain.settled_day import SettledDay
from shared.domain.staff import month_of
from shared.markets import market_at


@dataclass(frozen=True, slots=True)
class ToSettle:
    """A message: one lender's day."""

    partner_id: str
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How a market's settlements stand.

    `unsettled` counts days that an earlier start of the same date has asked for in vain; `unexplained` is the money
    that differs, in minor units; `oldest_days` is the age of the oldest difference; `late_payouts` are not over.
    """

    on: date
    asked: int
    unsettled: int
    unexplained: int
    oldest_days: int
    late_payouts: int


def start_settling(market: str, partners: tuple[Partner, ...], at: datetime, *, loans: Loans, days: Queue) -> Standing:
    """`partners` are those of the market. The run of its today is finished by the first start that misses nothing."""
    here = market_at(market, at)
    today = business_date(at, here.time_zone)
    runs = Runs(loans.table, "settling")
    known = runs.get(market, today)
    run = runs.begin(Run(market, today, at))
    wanted = [each for partner in partners for each in to_settle(partner, here, today, loans)]
    missing = sum(is_missing for _, is_missing in wanted)
    days.send([each for each, _ in wanted])
    if known is not None and not missing and run.finished_at is None:
        runs.finish(run, at)
    open_now = [each for partner in partners for each in Differences(loans.table).open(partner.partner_id).values()]
    before = at - timedelta(days=here.reconciliation.transit_days)
    return Standing(
        on=today,
        asked=len(wanted),
        unsettled=missing if known is not None else 0,
        unexplained=sum(each.unexplained for each in open_now),
        oldest_days=max(((today - each.on).days for each in open_now), default=0),
        late_payouts=sum(len(loans.in_transit(partner.settlement_account, before)) for partner in partners),
    )


def to_settle(partner: Partner, market: Market, today: date, loans: Loans) -> list[tuple[ToSettle, bool]]:
    """The lender's days to ask for, each with whether it is not settled or waits for a statement."""
    yesterday = today - timedelta(days=1)
    since = yesterday - timedelta(days=market.reconciliation.ask_again_days - 1)
    known = _latest(partner.partner_id, yesterday, since, loans)
    latest = max(known, default=yesterday - timedelta(days=1))
    first = min(since if known else yesterday, latest + timedelta(days=1))
    asked = [first + timedelta(days=number) for number in range((yesterday - first).days + 1)]
    begun = min(known, default=yesterday)
    return [
        (ToSettle(partner.partner_id, on), on not in known or known[on].state == "waiting")
        for on in asked
        if on >= begun and (on not in known or known[on].state != "agreed" or known[on].manifest_sha256 is None)
    ]


def _latest(partner_id: str, yesterday: date, since: date, loans: Loans) -> dict[date, SettledDay]:
    """What is settled of the last two months at least: a lender of whom nothing is, is new here."""
    months = {month_of(since), month_of(yesterday), month_of(yesterday.replace(day=1) - timedelta(days=1))}
    found = [each for month in sorted(months) for each in SettledDays(loans.table).of_month(partner_id, month)]
    return {each.on: each for each in found}

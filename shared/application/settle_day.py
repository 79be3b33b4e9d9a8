"""Settle one lender's day that is over: what our books say moved, and whether rail and lender say the same.

A run again changes nothing. While a statement is not there, or something differs, later runs ask again: what has come
to agree closes its difference by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from shared.adapters.capacity import Capacity
from shared.adapters.differences import Differences
from shared.adapters.file_store import FileStore
from shared.adapters.flows import Flows
from shared.adapters.loans import Loans
from shared.adapters.settled_days import Guarantees, SettledDays, changed_pool
from shared.adapters.statements import Statements
from shared.application.again import again
from shared.application.file_day import file_day
from shared.application.free_capacity import free_capacity
from shared.application.reconcile_day import Day, reconciled
from shared.domain.calendar import business_date
from shared.domain.flows import Flow
from shared.domain.guarantee import Claim, shared_back
from shared.domain.partners import Partner
from shared.domain.reconciliation import SIDES
from shared.domain.settled_day import Compared, SettledDay, booked, fingerprint, freed
from shared.markets import market_at

ONE_DAY = timedelta(days=1)


def settle_day(
    partner: Partner, on: date, at: datetime, *, loans: Loans, statements: Statements, store: FileStore
) -> SettledDay:
    """The settled day as it is now kept. `on` is a day that is over in the lender's market.

    Killed anywhere, the next run goes on: each difference is a write of its own under a name of its own, the settled
    day comes behind them, and its files last.
    """
    market = market_at(partner.market, at)
    assert on < business_date(at, market.time_zone), on
    day = Day(partner, market, on, at, loans, statements)
    flows = Flows(loans.table).of_day(partner.partner_id, on)
    sides = {side: reconciled(side, flows, day) for side in SIDES}
    # Before the settled day is kept: a day that agrees is not looked at again.
    free_capacity(partner.partner_id, freed(flows), on.isoformat(), capacity=Capacity(loans.table))
    return again(lambda: file_day(_kept(flows, sides, day), flows, days=SettledDays(loans.table), store=store))


def _kept(flows: Sequence[Flow], sides: Mapping[str, tuple[Compared | None, bool]], day: Day) -> SettledDay:
    days, guarantees = SettledDays(day.loans.table), Guarantees(day.loans.table)
    known = days.find(day.partner.partner_id, day.on)
    now = known or _books(flows, day)
    assert now.movements_sha256 == fingerprint(flows), f"{day.on} is over, and its movements are others than before"
    rail, partner = sides["rail"][0] or now.rail, sides["partner"][0] or now.partner
    open_now = Differences(day.loans.table).open(day.partner.partner_id).values()
    count = sum(each.on == day.on for each in open_now)
    is_waiting = rail is None or partner is None or not all(is_all for found, is_all in sides.values() if found)
    state = "waiting" if is_waiting else "differs" if count else "agreed"
    now = replace(now, rail=rail, partner=partner, differences=count, state=state)
    if known is None:
        pool = guarantees.pool(day.partner.partner_id).lent(now.lent)
        return days.keep(now, *([changed_pool(pool)] if day.partner.guarantee else []))
    return days.keep(now) if now != known else known


def _books(flows: Sequence[Flow], day: Day) -> SettledDay:
    claims = Guarantees(day.loans.table).claims(day.partner.partner_id)
    moved = {each.loan_id for flow in flows for each in flow.movements}
    return booked(
        flows,
        partner_id=day.partner.partner_id,
        market=day.partner.market,
        currency=day.market.currency,
        on=day.on,
        fee=day.partner.platform_fee,
        invoked=sum(claim.amount for claim in claims if claim.on == day.on),
        shared_back=sum(_shared_back(claim, day) for claim in claims if claim.loan_id in moved),
        at=day.at,
    )


def _shared_back(claim: Claim, day: Day) -> int:
    """What the day adds to the guarantor's part of what came since the claim, from whomever, and stayed."""
    zone = day.market.time_zone
    told = Flows(day.loans.table).told(claim.loan_id, zone)
    since = [(business_date(at, zone), each.amount) for at, each in told if at > claim.claimed_at]
    before, with_it = (sum(amount for on, amount in since if on <= last) for last in (day.on - ONE_DAY, day.on))
    return shared_back(claim, with_it) - shared_back(claim, before)

"""Submit an application: one at a time, by a borrower who has given all that it needs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.applications import LATEST, Applications, Latest
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain.applications import Application, expired, submitted
from shared.domain.calendar import business_date
from shared.domain.checks import recent
from shared.domain.errors import Refused
from shared.domain.market import Market
from shared.domain.money import Money
from shared.markets import market_at

T = TypeVar("T")


def submit_application(
    application_id: str,
    amount: Money,
    tenor_months: int,
    at: datetime,
    *,
    people: People,
    applications: Applications,
    request: Request,
    view: Callable[[Application], T],
    purpose: str = "cash",
    others_on_device: Sequence[date] = (),
) -> T:
    """What `view` makes of the new application, which is kept as the request's answer. Raises `Refused`.

    `others_on_device` are the days on which other borrowers had signed in on the device that asks."""

    def submit() -> T:
        market = market_at((borrower := people.get(request.caller)).market, at)
        known = {each: applications.latest(borrower.id, each) for each in LATEST}
        seen, on = known[purpose], business_date(at, market.time_zone)
        asked_on = recent(seen.asked_on if seen else (), market.checks, on)
        application = submitted(
            application_id,
            borrower,
            market,
            amount,
            tenor_months,
            at,
            purpose=purpose,
            accounts=len(recent(others_on_device, market.checks, on)),
            asked=len(asked_on) + _asked_otherwise(known, purpose, market, on),
            is_first=not any(known.values()),
        )
        before = _ended(applications, seen, at)
        answer = view(application)
        applications.submit(application, asked_on=asked_on, seen=seen, expired=before, request=request, answer=answer)
        return answer

    return once(submit, request, applications.table)


def _asked_otherwise(known: Mapping[str, Latest | None], purpose: str, market: Market, on: date) -> int:
    """How often the borrower asked of late for another purpose: the checks count all of them."""
    others = [latest.asked_on for each, latest in known.items() if latest and each != purpose]
    return sum(len(recent(asked_on, market.checks, on)) - 1 for asked_on in others)


def _ended(applications: Applications, seen: Latest | None, at: datetime) -> Application | None:
    """The latest application as expired, where this submission is what ends it. Raises `Refused` while it is open.

    Its expiry is written with the new one, so that nobody can still accept an offer of it.
    """
    if seen is None:
        return None
    before = applications.get(seen.application_id)
    if before.state in ("declined", "withdrawn", "expired", "granted"):
        return None
    if before.loan_id is None:
        return expired(before, business_date(at, market_at(before.market, at).time_zone))
    if not applications.loan_is_over(before.loan_id):
        raise Refused("application_open", "A loan of yours is still open.")
    return None

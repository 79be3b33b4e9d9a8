"""Whether a borrower may be contacted at an instant, by which rule not, and when again.

India: RBI/2022-23/108, 12 August 2022, 08:00 to 19:00. China: GB/T 45251-2025, not from 22:00 to 08:00, at most three
contacts a day. The hour at which contact ends is itself forbidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.market import Market

# What binds which purpose. A receipt answers what the borrower has just done; a duty is what he must be told in time,
# so that it waits for the hours and for nothing else.
BOUND = {
    "answer": (),
    "duty": ("contact_hours",),
    "reminder": ("opt_out", "contact_hours", "do_not_contact", "contact_caps"),
    "recovery": ("opt_out", "contact_hours", "do_not_contact", "no_contact_on", "contact_caps"),
}
COUNTED = ("reminder", "recovery")
WEEK = 7


@dataclass(frozen=True, slots=True)
class OptOut:
    """A borrower's no to a purpose, to a channel, or to both together; None is any."""

    purpose: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a borrower asked for: what not to send, and days on which to be left alone."""

    opt_outs: tuple[OptOut, ...] = ()
    do_not_contact: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that took place."""

    at: datetime
    purpose: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`rule` is the id of what forbids it, None when it is allowed. `next_at` is the first instant at which it is.

    That instant is the one asked for when it is allowed, and None when it never will be.
    """

    rule: str | None
    next_at: datetime | None

    @property
    def is_allowed(self) -> bool:
        return self.rule is None


def may_contact(
    market: Market, wishes: Wishes, contacts: Iterable[Contact], *, purpose: str, channel: str, at: datetime
) -> Answer:
    """May this borrower be contacted? `market` is that of today, `contacts` are those of the last week at least.

    The caps count days of the market's zone: its own day, and the seven days that end with it. Rules that a borrower
    made are named `borrower.…`.
    """
    zone = ZoneInfo(market.time_zone)
    days = [each.at.astimezone(zone).date() for each in contacts if each.purpose in COUNTED]
    forbidding = _forbidding(market, wishes, days, purpose, channel, at.astimezone(zone))
    moment = at.astimezone(zone)
    while rule := _forbidding(market, wishes, days, purpose, channel, moment):
        if rule == "borrower.opt_out":
            return Answer(rule, None)
        moment = _next_opening(market, moment)
    return Answer(forbidding, moment.astimezone(UTC))


def _forbidding(
    market: Market, wishes: Wishes, days: list[date], purpose: str, channel: str, moment: datetime
) -> str | None:
    """The id of the first rule that forbids it at a moment in the market's zone."""
    on = moment.date()
    opens, closes = (time.fromisoformat(hour) for hour in market.contact_hours)
    this_week = [day for day in days if on - timedelta(days=WEEK) < day <= on]
    broken = {
        "opt_out": any(no.purpose in (None, purpose) and no.channel in (None, channel) for no in wishes.opt_outs),
        "contact_hours": not opens <= moment.time() < closes,
        "do_not_contact": on in wishes.do_not_contact,
        "no_contact_on": on in market.no_contact_on,
        "contact_caps": days.count(on) >= market.contacts_per_day or len(this_week) >= market.contacts_per_week,
    }
    rule = next((rule for rule in BOUND[purpose] if broken[rule]), None)
    if rule is None:
        return None
    return f"borrower.{rule}" if rule in ("opt_out", "do_not_contact") else market.rule(rule).id


def _next_opening(market: Market, moment: datetime) -> datetime:
    """The next instant at which the hours begin."""
    opens = time.fromisoformat(market.contact_hours[0])
    on = moment.date() if moment.time() < opens else moment.date() + timedelta(days=1)
    return datetime.combine(on, opens, moment.tzinfo)

"""Another phone for a borrower, with the time that its owner needs to say no when it was not he who asked.

Whoever holds the phone signs in, so that a change is worth as much as the account: he is told at once on every
channel, the new phone proves itself with a code only after the market's hours, and every sign-in ends with the change.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class PhoneChangeRules:
    """Hours before the new phone may prove itself, and days after that in which it may."""

    wait_hours: int
    open_days: int


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """The latest one that was asked for; `phone_hash` is the keyed hash of the new phone. `state`: asked, done or
    withdrawn."""

    phone_hash: str
    phone_masked: str
    asked_at: datetime
    open_from: datetime
    open_until: datetime
    state: str = "asked"
    version: int = 1

    def is_open(self, at: datetime) -> bool:
        return self.state == "asked" and at < self.open_until


def asked(
    before: PhoneChange | None, rules: PhoneChangeRules, phone_hash: str, phone_masked: str, at: datetime
) -> PhoneChange:
    """The change that is open from now on. Asked for the same phone again, its clock goes on."""
    if before is not None and before.is_open(at) and before.phone_hash == phone_hash:
        return before
    open_from = at + timedelta(hours=rules.wait_hours)
    until, version = open_from + timedelta(days=rules.open_days), before.version + 1 if before else 1
    return PhoneChange(phone_hash, phone_masked, at, open_from, until, version=version)


def ended(change: PhoneChange, state: str) -> PhoneChange:
    return change if change.state == state else replace(change, state=state, version=change.version + 1)


def require_open(change: PhoneChange | None, phone_hash: str, time_zone: str, at: datetime) -> PhoneChange:
    """Raises `Refused` (phone_change_not_open) unless this phone was asked for, and its hours are over."""
    if change is None or not change.is_open(at) or change.phone_hash != phone_hash:
        raise Refused("phone_change_not_open", "Ask for the change to this phone first.")
    if at < change.open_from:
        since = change.open_from.astimezone(ZoneInfo(time_zone))
        raise Refused("phone_change_not_open", "The new phone can be confirmed from {since} on.", since=since)
    return change

"""Sign-ins that are still good: a borrower sees them and ends those that are not his."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.errors import Refused

# As long as a refresh token is good for.
GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in: the thumbprint of the device's key, and what the app calls the device."""

    key: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, from its code to its end; `renewed_at` is when it last got a new access token.

    `device` is the thumbprint of the key that it is bound to, `device_model` what the app calls the device.
    """

    session_id: str
    started_at: datetime
    renewed_at: datetime
    device: str = ""
    device_model: str | None = None
    ended_at: datetime | None = None
    version: int = 1

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.started_at + GOOD_FOR


def require_bound(session: Session | None, device: str) -> Session:
    """Raises `Refused` for a session that is over, or never was, and for another device than the one that began it."""
    if session is None or session.ended_at is not None:
        raise Refused("not_signed_in", "This sign-in is over. Please sign in again.")
    if session.device != device:
        raise Refused("device_other", "The token was given to another device. Please sign in on this one.")
    return session


def renewed(session: Session, at: datetime) -> Session:
    assert session.ended_at is None, session
    return replace(session, renewed_at=at, version=session.version + 1)


def ended(session: Session, at: datetime) -> Session:
    """As it was, when it had ended before."""
    return session if session.ended_at else replace(session, ended_at=at, version=session.version + 1)

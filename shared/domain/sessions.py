"""Sign-ins that are still good: a borrower sees them, is told of new devices, and ends what is not his."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

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

    `device` is the thumbprint of the key that it is bound to, `device_model` what the app calls the device. `is_new`
    says that the borrower had signed in elsewhere only; he was told of it at `told_at`. `others` are the days on which
    other borrowers had last signed in on the device.
    """

    session_id: str
    started_at: datetime
    renewed_at: datetime
    device: str = ""
    device_model: str | None = None
    is_new: bool = False
    told_at: datetime | None = None
    others: tuple[date, ...] = ()
    ended_at: datetime | None = None
    version: int = 1

    @property
    def is_to_be_told(self) -> bool:
        return self.is_new and self.told_at is None

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.started_at + GOOD_FOR


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A message: somebody has signed in on a device that is new to him."""

    borrower_id: str
    session_id: str


def began(
    session_id: str, device: Device, before: Sequence[Session], others: tuple[date, ...], at: datetime
) -> Session:
    """`before` are the borrower's sign-ins of late: a first one is nothing to be told of."""
    is_new = bool(before) and device.key not in {each.device for each in before}
    return Session(session_id, at, at, device.key, device.model, is_new=is_new, others=others)


def told(session: Session, at: datetime) -> Session:
    return replace(session, told_at=at, version=session.version + 1)


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

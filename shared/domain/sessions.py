"""Sign-ins that are still good: a borrower sees them and ends those that are not his."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# As long as a refresh token is good for.
GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in, from its code to its end; `renewed_at` is when it last got a new access token."""

    session_id: str
    started_at: datetime
    renewed_at: datetime
    ended_at: datetime | None = None
    version: int = 1

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.started_at + GOOD_FOR


def renewed(session: Session, at: datetime) -> Session:
    assert session.ended_at is None, session
    return replace(session, renewed_at=at, version=session.version + 1)


def ended(session: Session, at: datetime) -> Session:
    """As it was, when it had ended before."""
    return session if session.ended_at else replace(session, ended_at=at, version=session.version + 1)

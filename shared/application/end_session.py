"""See and end one's sign-ins. Each may be sent again."""

from datetime import datetime

from shared.adapters.accounts import Accounts
from shared.adapters.sessions import Sessions
from shared.application.again import again
from shared.domain.sessions import Session, ended


def open_sessions(borrower_id: str, at: datetime, *, sessions: Sessions) -> list[Session]:
    """The latest first."""
    found = [session for session in sessions.of(borrower_id) if session.is_open(at)]
    return sorted(found, key=lambda session: session.started_at, reverse=True)


def end_session(borrower_id: str, session_id: str, at: datetime, *, sessions: Sessions) -> Session:
    """It gets no new access token any more; the present one ends by itself within minutes. Raises `NotFound`."""

    def step() -> Session:
        seen = sessions.get(borrower_id, session_id)
        over = ended(seen, at)
        if over != seen:
            sessions.save(borrower_id, over, seen)
        return over

    return again(step)


def end_sessions(borrower_id: str, at: datetime, *, sessions: Sessions, accounts: Accounts) -> list[Session]:
    """All of them, the one that asks too: the pool itself takes none of their tokens any more."""
    accounts.sign_out(borrower_id)
    found = open_sessions(borrower_id, at, sessions=sessions)
    return [end_session(borrower_id, session.session_id, at, sessions=sessions) for session in found]

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
    """Its tokens open nothing any more. Raises `NotFound`."""

    def step() -> Session:
        seen = sessions.get(borrower_id, session_id)
        over = ended(seen, at)
        if over != seen:
            sessions.save(borrower_id, over, seen)
        return over

    return again(step)


def end_sessions(
    borrower_id: str, asking: str, at: datetime, *, sessions: Sessions, accounts: Accounts
) -> list[Session]:
    """All of them; `asking`, the one that asks, comes last, since it cannot ask again after that."""
    others = end_others(borrower_id, asking, at, sessions=sessions, accounts=accounts)
    return [end_session(borrower_id, asking, at, sessions=sessions), *others]


def end_others(borrower_id: str, asking: str, at: datetime, *, sessions: Sessions, accounts: Accounts) -> list[Session]:
    """All but the one that asks. The pool itself gives no new access token to any of them, nor to that one."""
    accounts.sign_out(borrower_id)
    found = [each for each in open_sessions(borrower_id, at, sessions=sessions) if each.session_id != asking]
    return [end_session(borrower_id, each.session_id, at, sessions=sessions) for each in found]

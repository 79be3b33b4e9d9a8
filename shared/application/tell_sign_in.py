"""Tell a borrower of a sign-in on a new device, at once and at any hour: on his devices and on his phone."""

from datetime import datetime

from shared.adapters.borrower_notices import BorrowerNotices, ToTell
from shared.adapters.channels import Channels
from shared.adapters.people import People
from shared.adapters.sessions import Sessions
from shared.application.again import again
from shared.application.tell_borrower import tell_borrower
from shared.domain.sessions import Session, told
from shared.markets import today

KIND = "new_device"


def tell_sign_in(
    borrower_id: str,
    session_id: str,
    at: datetime,
    *,
    sessions: Sessions,
    notices: BorrowerNotices,
    people: People,
    channels: Channels,
) -> bool:
    """Whether he is told. Killed before that was noted, the next message finds the notice sent."""
    seen = sessions.find(borrower_id, session_id)
    if seen is None or not seen.is_to_be_told:
        return False
    notice = ToTell(f"{KIND}.{session_id}", KIND, today(people.get(borrower_id).market, seen.started_at), {})
    tell_borrower(borrower_id, notice, at, notices=notices, people=people, channels=channels, is_everywhere=True)
    again(lambda: _noted(borrower_id, session_id, at, sessions))
    return True


def _noted(borrower_id: str, session_id: str, at: datetime, sessions: Sessions) -> Session:
    seen = sessions.get(borrower_id, session_id)
    if seen.is_to_be_told:
        sessions.save(borrower_id, told(seen, at), seen)
    return seen

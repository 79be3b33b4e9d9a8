"""Tell a borrower of a sign-in on a new device, at once and at any hour: on his devices and on his phone."""

from dataclasses import replace
from datetime import datetime

from shared.adapters.borrower_notices import BorrowerNotices, ToTell
from shared.adapters.channels import Channels
from shared.adapters.people import People
from shared.adapters.sessions import Sessions
from shared.application.again import again
from shared.application.tell_borrower import is_taken, written
from shared.domain.errors import Unavailable
from shared.domain.sessions import Session, told
from shared.domain.telling import Telling
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
    """Whether he was told now. Killed after a message was taken and before that was noted, he is told once more.

    On every channel, since whoever has stolen one holds that. Raises `Unavailable` when none took it.
    """
    seen = sessions.find(borrower_id, session_id)
    if seen is None or not seen.is_to_be_told:
        return False
    borrower = people.get(borrower_id)
    notice = ToTell(f"{KIND}.{session_id}", KIND, today(borrower.market, seen.started_at), {})
    telling = written(notice, borrower, channels.of(borrower_id), at)
    taken = tuple(each.channel for each in telling.messages if is_taken(borrower_id, telling, each, channels))
    if not taken:
        raise Unavailable("temporarily_unavailable", "No channel took the message.")
    sent = replace(telling.taken_by(taken[0], at), also=taken[1:])
    again(lambda: _noted(borrower_id, session_id, sent, at, sessions, notices))
    return True


def _noted(
    borrower_id: str, session_id: str, sent: Telling, at: datetime, sessions: Sessions, notices: BorrowerNotices
) -> Session:
    """With the notice, so that the borrower reads what he was told of after the session is forgotten."""
    seen = sessions.get(borrower_id, session_id)
    if seen.is_to_be_told:
        notices.put(borrower_id, sent, None, [sessions.write(borrower_id, told(seen, at), seen)])
    return seen

"""Tell a borrower of a sign-in on a new device, at once and at any hour: on his devices and on his phone."""

from datetime import datetime

from shared.adapters.channels import PUSH, Channels
from shared.adapters.people import People
from shared.adapters.sessions import Sessions
from shared.application.again import again
from shared.domain.errors import Unavailable
from shared.domain.sessions import Session, text, told
from shared.domain.telling import Message


def tell_sign_in(
    borrower_id: str, session_id: str, at: datetime, *, sessions: Sessions, people: People, channels: Channels
) -> bool:
    """Whether he was told now. Killed after a message was taken and before that was noted, he is told once more.

    On every channel, since whoever has stolen one holds that. Raises `Unavailable` when none took it.
    """
    seen = sessions.find(borrower_id, session_id)
    if seen is None or not seen.is_to_be_told:
        return False
    title, body = text(people.get(borrower_id).language)
    taken = [
        _taken(channels, borrower_id, f"sign_in.{session_id}", Message(each, body, title if each == PUSH else None))
        for each in channels.of(borrower_id)
    ]
    if not any(taken):
        raise Unavailable("temporarily_unavailable", "No channel took the message.")
    again(lambda: _noted(borrower_id, session_id, at, sessions))
    return True


def _taken(channels: Channels, borrower_id: str, notice_id: str, message: Message) -> bool:
    try:
        channels.send(borrower_id, notice_id, message)
    except Unavailable:
        return False
    return True


def _noted(borrower_id: str, session_id: str, at: datetime, sessions: Sessions) -> Session:
    seen = sessions.get(borrower_id, session_id)
    if seen.is_to_be_told:
        sessions.save(borrower_id, told(seen, at), seen)
    return seen

"""Sign in with a phone and the code sent to it; the first sign-in is the sign-up."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.identity import Pool
from shared.adapters.keyed_hash import Index
from shared.adapters.phones import market_of, masked, mobile_number
from shared.adapters.queue import Queue
from shared.adapters.sessions import Sessions, named
from shared.application.again import again
from shared.application.one_time_code import rules_for
from shared.domain.errors import Refused
from shared.domain.sessions import Device, Session, SignedIn, began, renewed, require_bound
from shared.domain.sign_ins import Challenge, SignIn, Tokens, WrongCode

LANGUAGES = {"in": "en", "cn": "zh"}


@dataclass(frozen=True, slots=True)
class Hall:
    """Where whoever has shown who he is comes in. `notices` is the queue of what borrowers are told."""

    sessions: Sessions
    index: Index
    notices: Queue


def begin(pool: Pool, phone: str, market: str, language: str | None, at: datetime) -> SignIn:
    """Sends a code. Raises `phone_invalid`, or `too_many_attempts` when the phone has had too many of late."""
    number = mobile_number(phone, market)
    pool.admit(number, language, LANGUAGES[market_of(number)])
    challenge = pool.challenge(number)
    if not challenge.was_sent:
        raise Refused("too_many_attempts", "This phone has had too many codes. Please wait before the next.")
    return SignIn(challenge.session, masked(number), 60 * rules_for(number, at).valid_minutes)


def answer(pool: Pool, hall: Hall, phone: str, session: str, code: str, device: Device, at: datetime) -> Tokens:
    """Tokens for the right code, bound to the device. Raises `code_wrong`, with the session for another try while
    there is one."""
    outcome = pool.answer(mobile_number(phone), session, code)
    if isinstance(outcome, Tokens):
        begun(hall, outcome, device, at)
        return outcome
    raise WrongCode(outcome.session if isinstance(outcome, Challenge) else None)


def refresh(pool: Pool, hall: Hall, refresh_token: str, device: str, at: datetime) -> Tokens:
    """New tokens for the device that signed in. Raises `device_other` for another one, `not_signed_in` for a token that
    is not good, and for one whose session was ended: it is good no more."""
    tokens = pool.refresh(refresh_token)
    if tokens is None:
        raise _not_signed_in()
    borrower_id, session_id = named(tokens.access_token)

    def step() -> Session | None:
        seen = hall.sessions.find(borrower_id, session_id)
        if seen is None or seen.ended_at is not None:
            return None
        hall.sessions.save(borrower_id, session := renewed(require_bound(seen, device), at), seen)
        return session

    session = again(step)
    if session is None:
        pool.revoke(refresh_token)
        raise _not_signed_in()
    _tell(hall, borrower_id, session)
    return tokens


def begun(hall: Hall, tokens: Tokens, device: Device, at: datetime) -> None:
    """Records that the session begins, bound to the device: before that its tokens open nothing."""
    borrower_id, session_id = named(tokens.access_token)
    others = hall.sessions.seen_on(hall.index.hashed("device", device.key).of("seen"), borrower_id, at)

    def step() -> Session:
        known = {each.session_id: each for each in hall.sessions.of(borrower_id)}
        if session_id not in known:
            known[session_id] = began(session_id, device, list(known.values()), others, at)
            hall.sessions.save(borrower_id, known[session_id], None)
        return known[session_id]

    _tell(hall, borrower_id, again(step))


def _tell(hall: Hall, borrower_id: str, session: Session) -> None:
    """Of a new device. Killed before it, the next renewal does it."""
    if session.is_to_be_told:
        hall.notices.send([SignedIn(borrower_id, session.session_id)])


def _not_signed_in() -> Refused:
    return Refused("not_signed_in", "The refresh token is not, or no longer, good. Please sign in again.")

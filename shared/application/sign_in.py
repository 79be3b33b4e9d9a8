"""Sign in with a phone and the code sent to it; the first sign-in is the sign-up."""

from datetime import datetime

from shared.adapters.identity import Pool
from shared.adapters.phones import market_of, masked, mobile_number
from shared.adapters.sessions import Sessions, named
from shared.application.again import again
from shared.application.one_time_code import rules_for
from shared.domain.errors import Refused
from shared.domain.sessions import Device, Session, renewed, require_bound
from shared.domain.sign_ins import Challenge, SignIn, Tokens, WrongCode

LANGUAGES = {"in": "en", "cn": "zh"}


def begin(pool: Pool, phone: str, market: str, language: str | None, at: datetime) -> SignIn:
    """Sends a code. Raises `phone_invalid`, or `too_many_attempts` when the phone has had too many of late."""
    number = mobile_number(phone, market)
    pool.admit(number, language, LANGUAGES[market_of(number)])
    challenge = pool.challenge(number)
    if not challenge.was_sent:
        raise Refused("too_many_attempts", "This phone has had too many codes. Please wait before the next.")
    return SignIn(challenge.session, masked(number), 60 * rules_for(number, at).valid_minutes)


def answer(pool: Pool, sessions: Sessions, phone: str, session: str, code: str, device: Device, at: datetime) -> Tokens:
    """Tokens for the right code, bound to the device. Raises `code_wrong`, with the session for another try while
    there is one."""
    outcome = pool.answer(mobile_number(phone), session, code)
    if isinstance(outcome, Tokens):
        begun(sessions, outcome, device, at)
        return outcome
    raise WrongCode(outcome.session if isinstance(outcome, Challenge) else None)


def refresh(pool: Pool, sessions: Sessions, refresh_token: str, device: str, at: datetime) -> Tokens:
    """New tokens for the device that signed in. Raises `device_other` for another one, `not_signed_in` for a token that
    is not good, and for one whose session was ended: it is good no more."""
    tokens = pool.refresh(refresh_token)
    if tokens is None:
        raise _not_signed_in()
    borrower_id, session_id = named(tokens.access_token)

    def step() -> bool:
        seen = sessions.find(borrower_id, session_id)
        if seen is None or seen.ended_at is not None:
            return False
        sessions.save(borrower_id, renewed(require_bound(seen, device), at), seen)
        return True

    if not again(step):
        pool.revoke(refresh_token)
        raise _not_signed_in()
    return tokens


def begun(sessions: Sessions, tokens: Tokens, device: Device, at: datetime) -> None:
    """Records that the session begins, bound to the device: before that its tokens open nothing."""
    borrower_id, session_id = named(tokens.access_token)

    def step() -> None:
        if sessions.find(borrower_id, session_id) is None:
            sessions.save(borrower_id, Session(session_id, at, at, device.key, device.model), None)

    again(step)


def _not_signed_in() -> Refused:
    return Refused("not_signed_in", "The refresh token is not, or no longer, good. Please sign in again.")

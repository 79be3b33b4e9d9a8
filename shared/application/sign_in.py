"""Sign in with a phone and the code sent to it; the first sign-in is the sign-up."""

from shared.adapters.identity import Pool
from shared.adapters.phones import market_of, masked, mobile_number
from shared.domain.errors import Refused
from shared.domain.one_time_codes import VALID
from shared.domain.sign_ins import Challenge, SignIn, Tokens, WrongCode

LANGUAGES = {"in": "en", "cn": "zh"}


def begin(pool: Pool, phone: str, market: str, language: str | None) -> SignIn:
    """Sends a code. Raises `phone_invalid`, or `too_many_attempts` when the phone has had too many of late."""
    number = mobile_number(phone, market)
    pool.admit(number, language, LANGUAGES[market_of(number)])
    challenge = pool.challenge(number)
    if not challenge.was_sent:
        raise Refused("too_many_attempts", "This phone has had too many codes. Please wait before the next.")
    return SignIn(challenge.session, masked(number), int(VALID.total_seconds()))


def answer(pool: Pool, phone: str, session: str, code: str) -> Tokens:
    """Tokens for the right code. Raises `code_wrong`, with the session for another try while there is one."""
    outcome = pool.answer(mobile_number(phone), session, code)
    if isinstance(outcome, Tokens):
        return outcome
    raise WrongCode(outcome.session if isinstance(outcome, Challenge) else None)


def refresh(pool: Pool, refresh_token: str) -> Tokens:
    tokens = pool.refresh(refresh_token)
    if tokens is None:
        raise Refused("not_signed_in", "The refresh token is not, or no longer, good. Please sign in again.")
    return tokens

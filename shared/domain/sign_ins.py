"""What a sign-in gives: first a session that waits for a code, then tokens."""

from dataclasses import dataclass

from shared.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class SignIn:
    """`session` goes back with the code, within `expires_in` seconds. Known and unknown phones get the same."""

    session: str
    phone_masked: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """`access_token` opens the API for `expires_in` seconds; `refresh_token` gets the next one without a code.

    An answer to a refresh has no refresh token of its own: the one that was sent stays good.
    """

    access_token: str
    id_token: str
    expires_in: int
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code is asked for. `was_sent` is False when the phone has had too many and none is good."""

    session: str
    was_sent: bool = True


class WrongCode(Refused):
    """A wrong code. `session` is for another try, since the old one is spent; None when there is no other try."""

    def __init__(self, session: str | None) -> None:
        super().__init__("code_wrong", "The code is wrong or no longer valid.", "/code")
        self.members = {"session": session} if session else {}

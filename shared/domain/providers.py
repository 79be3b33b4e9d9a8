"""Signing in with an account that somebody else keeps (OpenID Connect Core 1.0, authorization code flow with PKCE).

The app begins a round and gets a `session`, which it alone knows, and an address where the person signs in there. What
comes back to the app, a code, is good with that session only, so that nobody can slip in a code of his own.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.errors import Refused

VALID = timedelta(minutes=10)
# Clocks of two houses differ a little.
LEEWAY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Provider:
    """`provider_id` as in our own addresses; `client_id` is what the provider calls us."""

    provider_id: str
    issuer: str
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt, named after `state`. The verifier proves to the provider that who asks for the tokens began it.

    `subject` is the keyed hash of who signed in there, once its code was taken to the provider: a round takes one. An
    account that nobody has linked yet can be linked with the same round.
    """

    state: str
    provider_id: str
    nonce: str
    verifier: str
    begun_at: datetime
    version: int = 1
    subject: str | None = None

    def is_good(self, at: datetime) -> bool:
        return self.begun_at <= at < self.begun_at + VALID


@dataclass(frozen=True, slots=True)
class Link:
    """An account at a provider that signs its borrower in; `subject` is the keyed hash of whose it is there."""

    provider_id: str
    subject: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """`session` goes back with the code, within `expires_in` seconds, and appears in no address."""

    session: str
    authorization_url: str
    expires_in: int


def challenge(secret: str) -> str:
    """What shows later that one knew a secret, without saying it (RFC 7636, section 4.2, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).rstrip(b"=").decode()


def require_waiting(begun: Round, provider_id: str, at: datetime) -> None:
    """Raises `Refused` for a round that has had its code, is over, or is another provider's."""
    if begun.provider_id != provider_id or begun.subject is not None or not begun.is_good(at):
        raise not_good()


def known(begun: Round, subject: str) -> Round:
    """The round, now that the provider said who it was."""
    return replace(begun, subject=subject, version=begun.version + 1)


def subject_of(claims: Mapping[str, Any], provider: Provider, nonce: str, at: datetime) -> str:
    """Who signed in, as the provider calls him. Raises `Refused` for claims that are not of this round.

    OpenID Connect Core 1.0, section 3.1.3.7, but for the signature, which comes first and elsewhere.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    is_of_round = audiences == [provider.client_id] and claims.get("nonce") == nonce
    subject = claims.get("sub")
    if claims.get("iss") != provider.issuer or not is_of_round or not isinstance(subject, str):
        raise not_good()
    since, until = (_instant(claims.get(name)) for name in ("iat", "exp"))
    if not 0 < len(subject) <= 255 or not since - LEEWAY <= at <= until + LEEWAY:
        raise not_good()
    return subject


def not_good() -> Refused:
    says = "This sign-in is over, or the provider did not confirm it. Please begin anew."
    return Refused("provider_sign_in_failed", says)


def not_linked() -> Refused:
    return Refused(
        "provider_not_linked",
        "No borrower signs in with this account yet. Sign in with your phone once, and link it with the same session.",
    )


def _instant(seconds: Any) -> datetime:
    """Raises `Refused` for what is no whole number of seconds since 1970."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**37:
        raise not_good()
    return datetime.fromtimestamp(seconds, UTC)

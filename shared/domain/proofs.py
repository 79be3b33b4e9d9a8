"""A device's proof that a request is its own (RFC 9449, DPoP): short-lived, and for one verb and address.

What the device's key is, is kept with the session; the standard would have it in the token, which the pool makes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.errors import Refused

# How far the clocks of a phone and of ours may be apart, either way.
WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Proof:
    """`device` is the thumbprint (RFC 7638) of the key that signed it. `token_hash` is that of the token it is for."""

    device: str
    verb: str
    address: str
    issued_at: datetime
    token_hash: str | None = None


def require_for(proof: Proof, verb: str, address: str, at: datetime) -> Proof:
    """Raises `Refused` for a proof of another request or time. `address` is the whole one but for its query."""
    if (proof.verb, proof.address) != (verb, address):
        raise invalid("The device's proof is for another request.")
    if abs(proof.issued_at - at) > WINDOW:
        untimely = Refused("device_proof_untimely", "The device's proof is not of this minute. `now` is our time.")
        untimely.members = {"now": at.isoformat()}
        raise untimely
    return proof


def require_with(proof: Proof, token_hash: str) -> Proof:
    """Raises `Refused` for a proof that came with another access token than it was made for."""
    if proof.token_hash != token_hash:
        raise invalid("The device's proof is for another access token.")
    return proof


def invalid(detail: str) -> Refused:
    return Refused("device_proof_invalid", detail)

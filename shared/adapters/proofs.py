"""Proofs of devices as they come: a JWT that is signed with the key in its own header (RFC 9449, section 4).

It is read here and not by PyJWT, whose import takes five times as long as that of the curve, at each door's cold start.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from shared.domain.proofs import Proof, invalid

LONGEST = 4096
BYTES = 32
# Beyond the year 2200 no instant is meant.
LATEST = 2**33


def read(text: str) -> Proof:
    """Raises `Refused` (device_proof_invalid) unless it is whole, and signed with ES256 by the key that it names."""
    try:
        if len(text) > LONGEST:
            raise ValueError("longer than any proof")
        signed, _, signature = text.rpartition(".")
        header, claims = (json.loads(_bytes(part).decode()) for part in signed.split("."))
        x, y = _point(header)
        _verify(x, y, signed, _bytes(signature))
        return _proof(_thumbprint(x, y), claims)
    except (ValueError, RecursionError, InvalidSignature) as error:
        raise invalid("The device's proof is none, or its signature does not fit.") from error


def token_hash(token: str) -> str:
    """As the claim `ath` has it."""
    return _text(hashlib.sha256(token.encode()).digest())


def _point(header: Any) -> tuple[bytes, bytes]:
    match header:
        case {"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)} as key}:
            point = _bytes(x), _bytes(y)
            if "d" not in key and [len(each) for each in point] == [BYTES, BYTES]:
                return point
    raise ValueError("no header of a proof")


def _proof(device: str, claims: Any) -> Proof:
    match claims:
        case {"jti": str(proof_id), "htm": str(verb), "htu": str(address), "iat": int(seconds)} if (
            proof_id and 0 < seconds < LATEST
        ):
            made_for = claims.get("ath")
            return Proof(
                device=device,
                verb=verb,
                address=address,
                issued_at=datetime.fromtimestamp(seconds, UTC),
                token_hash=made_for if isinstance(made_for, str) else None,
            )
    raise ValueError("no claims of a proof")


def _verify(x: bytes, y: bytes, signed: str, signature: bytes) -> None:
    """Raises `ValueError` for a point that is not on the curve, `InvalidSignature`."""
    if len(signature) != 2 * BYTES:
        raise ValueError("no signature")
    point = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
    r, s = (int.from_bytes(half) for half in (signature[:BYTES], signature[BYTES:]))
    point.public_key().verify(utils.encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))


def _thumbprint(x: bytes, y: bytes) -> str:
    """RFC 7638: over the key's members in their order, without white space."""
    key = {"crv": "P-256", "kty": "EC", "x": _text(x), "y": _text(y)}
    return _text(hashlib.sha256(json.dumps(key, separators=(",", ":")).encode()).digest())


def _bytes(text: str) -> bytes:
    """Raises `ValueError` for what is not base64url without padding."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

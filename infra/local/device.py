"""A device as an app has it: a key that never leaves it, with which each call is signed (RFC 9449, DPoP)."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

# The local cloud serves all APIs from one address; each knows itself by a name of its own, as on AWS.
LOCAL_API = re.compile(r"http://localhost:[0-9]+/_aws/execute-api/(\w+)/[^/]+")
LONG = 32


class Device:
    """`key_id` is the thumbprint by which the API knows it."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        x, y = (_text(each.to_bytes(LONG)) for each in (point.x, point.y))
        self.public = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
        self.key_id = _hashed(_json(self.public))

    def proof(self, verb: str, url: str, token: str | None = None, **claims: Any) -> str:
        """For one call, with the access token that it carries. `claims` are said instead of the right ones."""
        made_for = {"ath": _hashed(token.encode())} if token else {}
        right = {"jti": str(uuid4()), "htm": verb, "htu": address(url), "iat": int(time.time())}
        return self.signed({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.public}, {**right, **made_for, **claims})

    def kept(self) -> str:
        """The key for another process of the same device, as this machine's sandbox keeps it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def signed(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        signed = f"{_text(_json(header))}.{_text(_json(claims))}"
        r, s = utils.decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_text(r.to_bytes(LONG) + s.to_bytes(LONG))}"


def from_kept(pem: str) -> Device:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Device(key)


def address(url: str) -> str:
    """The URL without its query, as the API itself knows it."""
    return LOCAL_API.sub(lambda found: f"https://{found[1]}.execute-api.localhost", url.partition("?")[0])


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def _hashed(raw: bytes) -> str:
    return _text(hashlib.sha256(raw).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

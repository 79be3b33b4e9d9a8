"""A provider of sign-ins for the sandbox: OpenID Connect with the authorization code flow, PKCE and nothing else.

Its page asks nobody anything: who signs in is `login_hint`. How it makes its next tokens is told it by
`POST /sandbox/behaviour {"tokens": ["other_nonce", "ok", …]}`:

    ok              as it should
    other_nonce     of another round
    other_audience  for another app
    expired         an hour too old
    other_key       signed with a key that is not its own
    unsigned        with the algorithm "none"
    shared_secret   signed with its public key as if that were a shared secret
    other_algorithm signed with a key of another kind, under the name of its own
    unavailable     answered 503
"""

import base64
import hashlib
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from infra.local import cloud as local_cloud
from infra.local.sandbox.memory import Memory

BEHAVIOURS = frozenset(
    "ok other_nonce other_audience expired other_key unsigned shared_secret other_algorithm unavailable".split()
)
KEY_ID = "sandbox-1"
GOOD_FOR = timedelta(minutes=5)
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """`location` is where a browser goes next."""

    status: int
    body: Any = None
    location: str | None = None


class Provider:
    def __init__(self, issuer: str, client_secret: str, memory: Memory, now: Callable[[], datetime]) -> None:
        self.issuer, self.client_secret, self.memory, self.now = issuer, client_secret, memory, now
        self.key = _kept_key(memory)

    def answer(self, verb: str, path: str, fields: Fields, body: Any) -> Answer:
        match verb, path:
            case "GET", "/.well-known/openid-configuration":
                return Answer(200, self._configuration())
            case "GET", "/keys":
                return Answer(200, {"keys": [self._public()]})
            case "GET", "/authorize":
                return self._sign_in(fields)
            case "POST", "/token":
                return self._token(fields)
            case "POST", "/sandbox/behaviour":
                self.memory.put("behaviour", "tokens", [name for name in body["tokens"] if name in BEHAVIOURS])
                return Answer(200, body)
        return Answer(404, {"error": "not_found"})

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _sign_in(self, asked: Fields) -> Answer:
        """Sends the browser back to the app with a code, as if the person had typed a password."""
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return Answer(400, {"error": "invalid_request"})
        code = secrets.token_urlsafe(24)
        self.memory.put("code", code, asked)
        return Answer(302, location=f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _token(self, form: Fields) -> Answer:
        with self.memory.lock:
            asked = self.memory.get("code", form.get("code", ""))
            self.memory.put("code", form.get("code", ""), None)
        if asked is None or not self._proves(form, asked):
            return Answer(400, {"error": "invalid_grant"})
        behaviour = self._next_behaviour()
        if behaviour == "unavailable":
            return Answer(503, {"error": "temporarily_unavailable"})
        return Answer(200, {"token_type": "Bearer", "id_token": self._signed(behaviour, asked)})

    def _proves(self, form: Fields, asked: Fields) -> bool:
        """Whether it is the client, and the one that began (RFC 7636, section 4.6)."""
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_beginner = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == asked["code_challenge"]
        is_client = secrets.compare_digest(form.get("client_secret", ""), self.client_secret)
        same = all(form.get(name) == asked[name] for name in ("redirect_uri", "client_id"))
        return is_beginner and is_client and same and form.get("grant_type") == "authorization_code"

    def _signed(self, behaviour: str, asked: Fields) -> str:
        at = self.now() - (timedelta(hours=1) if behaviour == "expired" else timedelta())
        claims = {
            "iss": self.issuer,
            "sub": asked["login_hint"],
            "aud": "another-app" if behaviour == "other_audience" else asked["client_id"],
            "nonce": "another" if behaviour == "other_nonce" else asked["nonce"],
            "iat": int(at.timestamp()),
            "exp": int((at + GOOD_FOR).timestamp()),
        }
        headers = {"kid": KEY_ID}
        if behaviour == "unsigned":
            return jwt.encode(claims, "", algorithm="none", headers=headers)
        if behaviour == "shared_secret":
            return jwt.encode(claims, self._public()["n"], algorithm="HS256", headers=headers)
        if behaviour == "other_algorithm":
            return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=headers)
        key = _new_key() if behaviour == "other_key" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers=headers)

    def _public(self) -> dict[str, Any]:
        public: dict[str, Any] = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}

    def _next_behaviour(self) -> str:
        first, *rest = self.memory.get("behaviour", "tokens") or ["ok"]
        self.memory.put("behaviour", "tokens", rest)
        return str(first)


def serve(provider: Provider, port: int) -> None:
    """Answers on the loopback port until `POST /sandbox/stop`."""
    with ThreadingHTTPServer(("127.0.0.1", port), _handler(provider)) as server:
        server.serve_forever()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout: ClassVar[int] = 60

        def do_GET(self) -> None:
            raw, parts = self.rfile.read(int(self.headers.get("content-length", 0))), urlsplit(self.path)
            if parts.path == "/sandbox/stop":
                Thread(target=self.server.shutdown).start()
                self._send(Answer(200, {"stopping": True}))
                return
            is_form = self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            body = json.loads(raw) if raw and not is_form else None
            fields = dict(parse_qsl(raw.decode() if is_form else parts.query))
            self._send(provider.answer(self.command, parts.path, fields, body))

        do_POST = do_GET

        def _send(self, answer: Answer) -> None:
            raw = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            if answer.location:
                self.send_header("location", answer.location)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: its addresses hold codes."""

    return Handler


def _kept_key(memory: Memory) -> rsa.RSAPrivateKey:
    """The same key after a restart."""
    kept = memory.get("key", KEY_ID)
    if kept:
        key = serialization.load_pem_private_key(kept.encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key
    made = _new_key()
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    memory.put("key", KEY_ID, made.private_bytes(serialization.Encoding.PEM, *plain).decode())
    return made


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def main(directory: Path) -> None:
    settings = json.loads((directory / "openid.json").read_text())
    cloud = local_cloud.find(directory.parent)
    if cloud is None:
        sys.exit("The local cloud of this provider does not run.")
    parameters = cloud.client("ssm")

    def now() -> datetime:
        """In the stage's time: that of its test clock."""
        days = float(parameters.get_parameter(Name=settings["clock_parameter"])["Parameter"]["Value"])
        return datetime.now(UTC) + timedelta(days=days)

    issuer = f"http://127.0.0.1:{settings['port']}"
    serve(Provider(issuer, settings["secret"], Memory(directory / "openid.sqlite"), now), settings["port"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

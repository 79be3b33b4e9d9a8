"""A provider of sign-ins, asked over HTTPS as OpenID Connect says: where it is, tokens for a code, its signing keys."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
from botocore.exceptions import ClientError
from jwt.types import Options

from shared.adapters.addresses import PUBLIC, Addresses
from shared.adapters.exchange import ask
from shared.adapters.parameters import parameter
from shared.domain.errors import NotFound, Unavailable
from shared.domain.providers import Provider, Round, challenge, not_good

PATIENCE_SECONDS = 3
# What a signature may be made with, whatever its own header says: never with a secret that others hold, never nothing.
ALGORITHMS = ("RS256", "ES256")
UNCHECKED: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class OpenId:
    """`parameters` is the prefix under which an operator stores a provider's issuer, client id and client secret.

    What the issuer says of its other places is judged as the issuer's own address is, at each call.
    """

    ssm: Any
    parameters: str
    addresses: Addresses = PUBLIC

    def provider(self, provider_id: str) -> Provider:
        """Raises `NotFound` for one that nobody has stored, `Unavailable` when it does not say where it is."""
        try:
            issuer, client_id = (self._parameter(provider_id, name) for name in ("issuer", "client_id"))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            raise NotFound("not_found", "There is no such provider.", "/provider") from error
        return Provider(provider_id, issuer, client_id, **_places(issuer, self.addresses))

    def claims(self, provider: Provider, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        """What the provider says of who signed in, in a token that it signed.

        Raises `Refused` when it takes the code not, or not any more, and when the signature does not fit;
        `Unavailable` when it does not answer.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": provider.client_id,
            "client_secret": self._parameter(provider.provider_id, "client_secret"),
        }
        answer = _answer(provider.token_endpoint, self.addresses, urlencode(form).encode())
        token = str(answer.get("id_token"))
        try:
            key = _key(provider.jwks_uri, str(jwt.get_unverified_header(token).get("kid")), self.addresses)
            # Its times are compared with the stage's own clock, by whoever asked.
            claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=ALGORITHMS, options=UNCHECKED)
        except jwt.PyJWTError as error:
            raise not_good() from error
        return claims

    def _parameter(self, provider_id: str, name: str) -> str:
        return parameter(self.ssm, f"{self.parameters}/openid/{provider_id}/{name}")


def authorization_url(provider: Provider, begun: Round, redirect_uri: str) -> str:
    """Where the person signs in (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3)."""
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    return f"{provider.authorization_endpoint}?{urlencode(asked)}"


@cache
def _places(issuer: str, addresses: Addresses) -> dict[str, str]:
    """Where it says that it is. What is wrong is not kept: it is asked for again."""
    found = _answer(f"{issuer.rstrip('/')}{DISCOVERY}", addresses)
    places = {name: found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if found.get("issuer") != issuer or not all(isinstance(place, str) for place in places.values()):
        raise _silent()
    return {name: str(place) for name, place in places.items()}


def _key(jwks_uri: str, key_id: str, addresses: Addresses) -> jwt.PyJWK:
    """The provider's key of that name; asked for again when it has a new one. Raises jwt's errors."""
    keys = _keys(jwks_uri, addresses)
    if key_id not in keys:
        _keys.cache_clear()
        keys = _keys(jwks_uri, addresses)
    if key_id not in keys:
        raise jwt.InvalidKeyError("the provider has no such key")
    return keys[key_id]


@cache
def _keys(jwks_uri: str, addresses: Addresses) -> dict[str, jwt.PyJWK]:
    """Each with what it signs with: a token that says otherwise is refused."""
    known = jwt.PyJWKSet.from_dict(_answer(jwks_uri, addresses)).keys
    return {str(each.key_id): each for each in known}


def _answer(url: str, addresses: Addresses, form: bytes | None = None) -> dict[str, Any]:
    """A JSON object. Raises `Refused` for a refusal of what was asked, `Unavailable` when nothing sensible came."""
    verb, headers = ("GET", {}) if form is None else ("POST", {"content-type": "application/x-www-form-urlencoded"})
    try:
        status, raw, _ = ask(verb, url, headers, form or b"", PATIENCE_SECONDS, addresses)
        if form is not None and status in (400, 401, 403):
            raise not_good()
        found = json.loads(raw) if status < 300 else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise _silent() from error
    if not isinstance(found, dict):
        raise _silent()
    return found


def _silent() -> Unavailable:
    return Unavailable("temporarily_unavailable", "The provider of your account did not answer. Please try again.")

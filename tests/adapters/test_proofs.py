"""Proofs as devices make them, and as nobody should."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.device import Device
from shared.adapters.proofs import read, token_hash
from shared.domain.errors import Refused
from shared.domain.proofs import Proof, require_for, require_with

DEVICE, OTHER = Device(), Device()
URL = "https://api.example/v1/loans"
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
HEADER: dict[str, Any] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": DEVICE.public}
CLAIMS: dict[str, Any] = {"jti": "1", "htm": "GET", "htu": URL, "iat": int(AT.timestamp())}
PROOF = Proof(DEVICE.key_id, "GET", URL, AT)
# RFC 9449, section 4.1, whose key has this thumbprint in section 6.1.
OF_THE_STANDARD = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQy"
    "VVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiIt"
    "QndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2"
    "fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
THUMBPRINT_OF_THE_STANDARD = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def text(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_the_proof_of_the_standard_is_read() -> None:
    proof = read(OF_THE_STANDARD)

    assert proof.device == THUMBPRINT_OF_THE_STANDARD
    assert (proof.verb, proof.address) == ("POST", "https://server.example.com/token")
    assert proof.issued_at.timestamp() == 1562262616


def test_a_proof_says_which_device_made_it_for_what() -> None:
    made = DEVICE.signed(HEADER, {**CLAIMS, "ath": token_hash("token")})

    assert read(made) == Proof(DEVICE.key_id, "GET", URL, AT, token_hash("token"))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": None},
        {"jwk": OTHER.public},
        {"jwk": {**DEVICE.public, "d": "AAAA"}},
        {"jwk": {**DEVICE.public, "x": text(b"\1" * 32)}},
        {"jwk": {**DEVICE.public, "x": text(b"\0" + b"\1" * 32)}},
        {"jwk": {**DEVICE.public, "crv": "P-384"}},
        {"jwk": {**DEVICE.public, "kty": "RSA"}},
    ],
)
def test_only_a_key_of_the_right_kind_that_made_the_signature_proves_anything(header: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read(DEVICE.signed({**HEADER, **header}, CLAIMS))

    assert refusal.value.code == "device_proof_invalid"


@pytest.mark.parametrize(
    "claims",
    [
        {"jti": ""},
        {"jti": 1},
        {"htm": None},
        {"htu": ["x"]},
        {"iat": "1562262616"},
        {"iat": 1.5},
        {"iat": -1},
        {"iat": 10**30},
    ],
)
def test_claims_of_another_form_prove_nothing(claims: Any) -> None:
    with pytest.raises(Refused):
        read(DEVICE.signed(HEADER, {**CLAIMS, **claims}))


MADE = DEVICE.signed(HEADER, CLAIMS)


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "x",
        "..",
        "a.b.c.d",
        MADE + "A",
        MADE[:-4],
        MADE.rpartition(".")[0] + ".",
        MADE.replace(".", "..", 1),
        f"{text(b'[' * 2000)}.{text(CLAIMS)}.{text(b'x' * 64)}",
        f"{text(b'1' * 3000)}.{text(CLAIMS)}.{text(b'x' * 64)}",
        f"{text(b'%c%c' % (255, 254))}.{text(CLAIMS)}.{text(b'x' * 64)}",
        f"{text([])}.{text({})}.{text(b'x' * 64)}",
        "x" * 5000,
        "\u0967.\u0967.\u0967",
    ],
)
def test_what_is_no_proof_is_refused_and_never_an_error_of_ours(nonsense: str) -> None:
    with pytest.raises(Refused):
        read(nonsense)


def test_a_proof_is_good_for_its_request_and_minute() -> None:
    for seconds in (-60, 0, 60):
        assert require_for(PROOF, "GET", URL, AT + timedelta(seconds=seconds)) == PROOF
    for verb, address in (("POST", URL), ("GET", URL + "/loan_1"), ("GET", "https://other.example/v1/loans")):
        with pytest.raises(Refused, match="another request"):
            require_for(PROOF, verb, address, AT)


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_proof_of_another_minute_is_refused_with_our_time(seconds: int) -> None:
    at = AT + timedelta(seconds=seconds)
    with pytest.raises(Refused) as refusal:
        require_for(PROOF, "GET", URL, at)

    assert refusal.value.code == "device_proof_untimely"
    assert refusal.value.members == {"now": at.isoformat()}


def test_a_proof_is_good_with_its_token_alone() -> None:
    made = Proof(DEVICE.key_id, "GET", URL, AT, token_hash("token"))

    assert require_with(made, token_hash("token")) == made
    for proof in (made, PROOF):
        with pytest.raises(Refused):
            require_with(proof, token_hash("another"))

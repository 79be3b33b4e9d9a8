"""A borrower's request is good from the device that signed in, and from no other."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.device import Device
from shared import identity
from shared.adapters.table import Table
from shared.application.end_session import end_session
from shared.domain.sessions import Session
from shared.runtime import now
from tests.functions.door import API, PHONE, Answer, call, opened

ROUTE, URL = "GET /v1/me/devices", f"https://{API}/v1/me/devices"
TOKEN = "token-of-asha"
Get = Callable[..., Answer]


@pytest.fixture
def get(aws: Any, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Get]:
    """A borrower's request; `dpop` instead of the right proof."""
    with opened("contact", monkeypatch, people=people) as handler:
        yield lambda **given: call(handler, ROUTE, subject="asha", **given)


def refused(answer: Answer) -> str:
    assert answer.status == 401
    return str(answer.body["code"])


def test_the_device_that_signed_in_is_answered(get: Get) -> None:
    assert get().status == 200


def test_a_request_without_a_proof_is_refused(get: Get) -> None:
    assert refused(get(headers={"dpop": None})) == "device_proof_missing"
    assert refused(get(headers={"dpop": "x"})) == "device_proof_invalid"


def test_a_stolen_token_is_of_no_use_on_another_device(get: Get) -> None:
    get()

    assert refused(get(device=Device())) == "device_other"


@pytest.mark.parametrize(
    ("verb", "url", "token"),
    [
        ("POST", URL, TOKEN),
        ("GET", f"{URL}/dev_1", TOKEN),
        ("GET", f"https://other.example{URL.removeprefix(f'https://{API}')}", TOKEN),
        ("GET", URL.replace("https", "http"), TOKEN),
        ("GET", URL, "another-token"),
        ("GET", URL, None),
    ],
)
def test_a_proof_of_another_request_is_refused(get: Get, verb: str, url: str, token: str | None) -> None:
    assert refused(get(headers={"dpop": PHONE.proof(verb, url, token)})) == "device_proof_invalid"


def test_a_proof_of_another_minute_is_refused(get: Get) -> None:
    for seconds in (-90, 90):
        late = PHONE.proof("GET", URL, TOKEN, iat=int(time.time()) + seconds)
        assert refused(get(headers={"dpop": late})) == "device_proof_untimely"


def test_an_address_may_be_written_with_escapes_and_a_query(get: Get) -> None:
    for url in (URL.replace("devices", "%64evices"), f"{URL}?limit=1"):
        assert get(headers={"dpop": PHONE.proof("GET", url, TOKEN)}).status == 200


def test_a_session_that_was_ended_is_over_at_once(get: Get) -> None:
    get()
    end_session("brw_asha", "here", now(), sessions=identity.sessions())

    assert refused(get()) == "not_signed_in"


def test_a_token_without_a_session_opens_nothing(get: Get) -> None:
    assert refused(get(session="")) == "not_signed_in"


def test_a_session_that_was_never_bound_opens_nothing(get: Get) -> None:
    """As one from before sessions were."""
    identity.sessions().save("brw_asha", Session("old", now(), now()), None)

    assert refused(get(session="old")) == "device_other"

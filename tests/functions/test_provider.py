"""An account at a provider, asked for over real HTTP: what proves who somebody is, and everything that does not.

Tokens for such an account come from the pool, so that journeys show them.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3

from infra.local.ports import free_port
from infra.local.sandbox import openid as sandbox
from infra.local.sandbox.memory import Memory
from shared.adapters import openid
from shared.adapters.table import Table
from shared.domain.providers import challenge
from tests.functions.door import Answer, call, opened
from tests.listening import listening

Post = Callable[..., Answer]
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzYW5kYm94"


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "openid.sqlite")


@pytest.fixture
def issuer(memory: Memory) -> Iterator[str]:
    """The sandbox's provider on a port of its own."""
    port = free_port()
    provider = sandbox.Provider(f"http://127.0.0.1:{port}", SECRET, memory, lambda: datetime.now(UTC))
    with listening(port, lambda: sandbox.serve(provider, port)) as url:
        yield url
    openid._places.cache_clear()
    openid._keys.cache_clear()


@pytest.fixture
def door(aws: Any, people: Table, loans: Table, issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    key = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    for name, value in (("issuer", issuer), ("client_id", "minnow"), ("client_secret", SECRET)):
        aws("ssm").put_parameter(Name=f"/test/openid/mi/{name}", Value=value, Type="String")
    monkeypatch.setenv("MINNOW_ALLOWS_LOOPBACK", "yes")
    queue = aws("sqs").create_queue(QueueName="notices")["QueueUrl"]
    given = {"INDEX_KEY": key, "PARAMETERS": "/test", "APP_URL": "https://app.example", "NOTICES_QUEUE": queue}
    for name, value in given.items() | {("USER_POOL_ID", "never asked"), ("USER_POOL_CLIENT_ID", "never asked")}:
        monkeypatch.setenv(f"MINNOW_{name}", value)
    with opened("provider", monkeypatch, people=people, loans=loans) as handler:
        yield lambda route, body=None, subject=None: call(handler, route, body, subject=subject)


def begun(door: Post) -> Any:
    answer = door("POST /v1/sign-ins/provider", {"provider": "mi"})
    assert answer.status == 201, answer.body
    return answer.body


def code(sign_in: Any, person: str = "mi-1001") -> str:
    """What the provider hands to the app when the person signs in at the address."""
    page = urllib3.request("GET", f"{sign_in['authorization_url']}&login_hint={person}", redirect=False)
    return dict(parse_qsl(urlsplit(page.headers["location"]).query))["code"]


def link(door: Post, session: str, code: str | None, subject: str = "asha") -> Answer:
    body = {"session": session} | ({"code": code} if code else {})
    return door("PUT /v1/me/sign-in-providers/mi", body, subject)


def linked(door: Post, subject: str = "asha") -> list[str]:
    return [each["provider"] for each in door("GET /v1/me/sign-in-providers", None, subject).body["sign_in_providers"]]


def test_the_address_says_nothing_that_signs_in(door: Post, people: Table) -> None:
    sign_in = begun(door)
    asked = dict(parse_qsl(urlsplit(sign_in["authorization_url"]).query))
    kept = people.get(f"provider_round#{asked['state']}", "round")

    assert kept is not None
    assert sign_in["session"] not in sign_in["authorization_url"]
    assert asked["state"] == challenge(sign_in["session"])
    assert asked["code_challenge"] == challenge(kept["verifier"])
    assert asked["redirect_uri"] == "https://app.example/sign-in/mi"


def test_a_linked_account_is_listed_and_unlinked(door: Post) -> None:
    sign_in = begun(door)
    first = link(door, sign_in["session"], code(sign_in))

    assert first.status == 200
    assert linked(door) == ["mi"]
    assert linked(door, "other") == []
    door("DELETE /v1/me/sign-in-providers/mi", None, "asha")
    door("DELETE /v1/me/sign-in-providers/mi", None, "asha")
    assert linked(door) == []


def test_whoever_links_an_account_is_told_of_it(door: Post, loans: Table) -> None:
    sign_in = begun(door)
    link(door, sign_in["session"], code(sign_in))
    refused = link(door, begun(door)["session"], None, "other")
    [told] = loans.query("brw_asha", "to_tell#")

    assert refused.status == 401
    assert (told["kind"], told["task"]) == ("account_linked", "notice")
    [listed] = door("GET /v1/me/sign-in-providers", None, "asha").body["sign_in_providers"]
    assert datetime.fromisoformat(told["at"]) == datetime.fromisoformat(listed["linked_at"])


def test_an_account_signs_one_borrower_in(door: Post) -> None:
    first, second = begun(door), begun(door)
    link(door, first["session"], code(first))
    refused = link(door, second["session"], code(second), "other")

    assert (refused.status, refused.body["code"]) == (409, "provider_linked")
    assert linked(door, "other") == []


def test_a_borrower_has_one_account_of_a_provider(door: Post) -> None:
    first, second = begun(door), begun(door)
    link(door, first["session"], code(first))
    refused = link(door, second["session"], code(second, "mi-2002"))

    assert (refused.status, refused.body["code"]) == (409, "provider_linked")


def test_an_account_that_was_unlinked_may_be_anothers(door: Post) -> None:
    first, second = begun(door), begun(door)
    link(door, first["session"], code(first))
    door("DELETE /v1/me/sign-in-providers/mi", None, "asha")

    assert link(door, second["session"], code(second), "other").status == 200
    assert (linked(door), linked(door, "other")) == ([], ["mi"])


def test_an_account_of_nobody_is_linked_with_the_session_that_found_it(door: Post) -> None:
    sign_in = begun(door)
    answer = {"provider": "mi", "session": sign_in["session"], "code": code(sign_in)}
    refused = door("POST /v1/sessions/provider", answer)

    assert (refused.status, refused.body["code"]) == (409, "provider_not_linked")
    assert link(door, sign_in["session"], None).status == 200
    assert linked(door) == ["mi"]


def test_a_session_whose_code_was_never_taken_links_nothing(door: Post) -> None:
    refused = link(door, begun(door)["session"], None)

    assert (refused.status, refused.body["code"]) == (401, "provider_sign_in_failed")


def test_a_code_is_good_once(door: Post) -> None:
    sign_in = begun(door)
    found = code(sign_in)
    link(door, sign_in["session"], found)
    again = link(door, sign_in["session"], found)

    assert (again.status, again.body["code"]) == (401, "provider_sign_in_failed")


def test_a_code_is_good_with_its_own_session_only(door: Post) -> None:
    """Nobody signs another in with an account of his own by slipping a code into his app."""
    mine, theirs = begun(door), begun(door)
    refused = link(door, mine["session"], code(theirs))

    assert (refused.status, refused.body["code"]) == (401, "provider_sign_in_failed")
    assert link(door, "A" * 43, code(mine)).status == 401


@pytest.mark.parametrize(
    "behaviour",
    ["other_nonce", "other_audience", "expired", "other_key", "unsigned", "shared_secret", "other_algorithm"],
)
def test_a_token_that_the_provider_did_not_make_for_this_round_proves_nothing(
    door: Post, memory: Memory, behaviour: str
) -> None:
    memory.put("behaviour", "tokens", [behaviour])
    sign_in = begun(door)
    refused = link(door, sign_in["session"], code(sign_in))

    assert (refused.status, refused.body["code"]) == (401, "provider_sign_in_failed")
    assert linked(door) == []


def test_a_silent_provider_is_a_passing_fault(door: Post, memory: Memory) -> None:
    memory.put("behaviour", "tokens", ["unavailable"])
    sign_in = begun(door)
    refused = link(door, sign_in["session"], code(sign_in))

    assert (refused.status, refused.body["code"]) == (503, "temporarily_unavailable")
    assert link(door, sign_in["session"], code(sign_in)).status == 200, "the same session, once it answers again"


@pytest.mark.parametrize("said", [{}, {"token_endpoint": 1}, {"issuer": "https://another.example"}])
def test_a_provider_that_does_not_say_where_it_is_is_a_passing_fault(door: Post, aws: Any, said: Any) -> None:
    """What was wrong is asked for again, once it is right."""

    class Provider(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        for name, value in (("issuer", issuer), ("client_id", "minnow")):
            aws("ssm").put_parameter(Name=f"/test/openid/odd/{name}", Value=value, Type="String")
        answer: dict[str, Any] = {"issuer": issuer, **said}
        odd = door("POST /v1/sign-ins/provider", {"provider": "odd"})
        places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        answer = {"issuer": issuer, **{place: f"{issuer}/{place}" for place in places}}
        right = door("POST /v1/sign-ins/provider", {"provider": "odd"})
        server.shutdown()

    assert (odd.status, odd.body["code"], right.status) == (503, "temporarily_unavailable", 201)


def test_a_round_ends_after_its_minutes(door: Post, people: Table) -> None:
    sign_in = begun(door)
    kept = people.get(f"provider_round#{challenge(sign_in['session'])}", "round")
    assert kept is not None
    long_ago = datetime.fromisoformat(kept["begun_at"]) - timedelta(minutes=10)
    key = {name: {"S": kept[name]} for name in ("pk", "sk")}
    people.client.update_item(
        TableName=people.name,
        Key=key,
        UpdateExpression="SET begun_at = :then",
        ExpressionAttributeValues={":then": {"S": long_ago.isoformat()}},
    )

    assert link(door, sign_in["session"], code(sign_in)).status == 401


@pytest.mark.parametrize(
    ("body", "status", "failure"),
    [
        ({"provider": "nobody"}, 404, "not_found"),
        ({"provider": "Mi!"}, 422, "invalid_request"),
        ({"provider": 1}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
    ],
)
def test_an_unknown_provider_is_refused(door: Post, body: Any, status: int, failure: str) -> None:
    refused = door("POST /v1/sign-ins/provider", body)

    assert (refused.status, refused.body["code"]) == (status, failure)

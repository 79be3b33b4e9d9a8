"""What the public door of sign-ins refuses before it asks the pool. The flow itself is tested where there is a pool."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.functions.door import Answer, call, opened

Post = Callable[..., Answer]


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.setenv("MINNOW_USER_POOL_ID", "never asked")
    monkeypatch.setenv("MINNOW_PEOPLE_TABLE", "never asked")
    monkeypatch.setenv("MINNOW_USER_POOL_CLIENT_ID", "never asked")
    monkeypatch.setenv("MINNOW_INDEX_KEY", "never asked")
    monkeypatch.setenv("MINNOW_NOTICES_QUEUE", "never asked")
    with opened("sign_in", monkeypatch) as handler:
        yield lambda path, body, **given: call(handler, f"POST {path}", body, **given)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"phone": "12345", "market": "in"}, "phone_invalid", "/phone"),
        ({"phone": "+8613812345678", "market": "in"}, "phone_invalid", "/phone"),
        ({"phone": 9876543210, "market": "in"}, "invalid_request", "/phone"),
        ({"phone": "9876543210", "market": "xx"}, "market_unknown", "/market"),
        ({"phone": "9876543210", "market": "India"}, "invalid_request", "/market"),
        ({"phone": "9876543210"}, "invalid_request", "/market"),
        ({"phone": "9876543210", "market": "in", "language": "fr"}, "invalid_request", "/language"),
        ({"phone": "9876543210", "market": "in", "name": "x"}, "invalid_request", "/name"),
    ],
)
def test_a_sign_in_that_does_not_fit_is_refused_with_its_pointer(
    post: Post, body: Any, code: str, pointer: str
) -> None:
    answer = post("/v1/sign-ins", body)

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == pointer
    assert "9876543210" not in str(answer.body)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "9876543210", "phone_invalid"),
        ("code", "12345", "invalid_request"),
        ("code", "१२३४५६", "invalid_request"),
        ("code", 123456, "invalid_request"),
        ("session", "", "invalid_request"),
    ],
)
def test_a_session_that_does_not_fit_is_refused_with_its_pointer(post: Post, field: str, value: Any, code: str) -> None:
    body = {"phone": "+919876543210", "session": "s" * 40, "code": "123456", field: value}
    answer = post("/v1/sessions", body)

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == f"/{field}"


def test_a_refresh_without_a_token_is_refused(post: Post) -> None:
    answer = post("/v1/sessions/refresh", {"refresh_token": ""})

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/refresh_token")


@pytest.mark.parametrize("content_type", ["Application/JSON", "application/json ; charset=utf-8", " application/json"])
def test_a_type_is_the_same_in_whatever_letters(post: Post, content_type: str) -> None:
    answer = post("/v1/sign-ins", {"phone": "12345", "market": "in"}, headers={"content-type": content_type})

    assert (answer.status, answer.body["code"]) == (422, "phone_invalid")


@pytest.mark.parametrize("content_type", ["application/problem+json", "text/plain", "multipart/form-data", "x"])
@pytest.mark.parametrize(("body", "code"), [({"market": "in"}, "content_type_unsupported"), (None, "invalid_request")])
def test_a_type_that_is_not_taken_is_a_problem_like_any_other(
    post: Post, content_type: str, body: Any, code: str
) -> None:
    answer = post("/v1/sign-ins", body, headers={"content-type": content_type})

    assert (answer.body["code"], answer.headers["content-type"]) == (code, "application/problem+json")

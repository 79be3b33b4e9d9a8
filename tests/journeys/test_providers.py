"""Sign-in with an account at a provider, on the deployed stage: the same borrower as with the phone."""

from typing import Any

from infra.local.borrower import Borrower
from infra.local.client import Call
from infra.local.outside import Outside
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until


def begin(borrower: Borrower) -> Any:
    return borrower.client.post("/v1/sign-ins/provider", {"provider": "mi"})


def sign_in(outside: Outside, borrower: Borrower, person: str) -> tuple[str, Call]:
    """The session, and what the door said to the provider's code."""
    begun = begin(borrower)
    back = outside.signs_in_at_provider(begun["authorization_url"], person)
    answer = {"provider": "mi", "session": begun["session"], "code": back["code"]}
    return begun["session"], borrower.client.send("POST", "/v1/sessions/provider", answer)


def test_an_account_linked_once_signs_the_same_borrower_in(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    session, refused = sign_in(outside, borrower, "mi-asha")
    assert (refused.status, refused.code) == (409, "provider_not_linked")
    borrower.sign_in()
    me = borrower.client.get("/v1/me")
    borrower.client.put("/v1/me/sign-in-providers/mi", {"session": session})

    app = Borrower(outside, borrower.person)
    _, signed_in = sign_in(outside, app, "mi-asha")
    assert signed_in.status == 201, signed_in.body
    app.client.token = signed_in.body["access_token"]

    assert app.client.get("/v1/me") == me
    assert len(app.client.get("/v1/me/sessions")["sessions"]) == 2
    kinds = ("account_linked", "new_device")
    listed = until("both notices", lambda: told(app), lambda found: found.keys() == set(kinds))
    outside.rest()
    texts = outside.texts_to(borrower.person.phone)
    assert sorted(texts[-2:]) == sorted(listed.values()) and len(texts) == 3, "and the one code of the borrower's phone"


def told(borrower: Borrower) -> dict[str, str]:
    """The texts of what was sent, by what they are about."""
    notices = borrower.client.get("/v1/me/notices")["notices"]
    return {each["kind"]: each["text"] for each in notices if each["channels"] == ["sms"]}


def test_the_phone_still_signs_in(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    session, _ = sign_in(outside, borrower, "mi-bela")
    borrower.sign_in()
    borrower.client.put("/v1/me/sign-in-providers/mi", {"session": session})
    sign_in(outside, Borrower(outside, borrower.person), "mi-bela")
    borrower.sign_in()

    assert borrower.client.send("GET", "/v1/me").status == 200


def test_an_account_that_was_unlinked_signs_nobody_in(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    session, _ = sign_in(outside, borrower, "mi-chitra")
    borrower.sign_in()
    borrower.client.put("/v1/me/sign-in-providers/mi", {"session": session})
    borrower.client.send("DELETE", "/v1/me/sign-in-providers/mi")
    _, refused = sign_in(outside, Borrower(outside, borrower.person), "mi-chitra")

    assert (refused.status, refused.code) == (409, "provider_not_linked")


def test_a_token_for_another_app_signs_nobody_in(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    outside.provider_behaves("other_audience")
    _, refused = sign_in(outside, borrower, "mi-dev")

    assert (refused.status, refused.code) == (401, "provider_sign_in_failed")

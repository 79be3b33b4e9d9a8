"""A borrower changes the phone that he signs in with; whoever steals an open app does not."""

from dataclasses import replace
from typing import Any

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until

CHANGE = "/v1/me/phone-change"


def is_sent(notices: list[Any]) -> bool:
    return any(each["sent_at"] for each in notices)


def test_the_new_phone_signs_in_after_its_hours_and_a_code(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, new = new_borrower(), new_borrower().person.phone
    borrower.sign_in()
    me = borrower.client.get("/v1/me")
    asked = borrower.client.put(CHANGE, {"phone": new})
    assert asked["phone_masked"].endswith(new[-4:])
    told = until("the notice", lambda: borrower.client.get("/v1/me/notices")["notices"], is_sent)
    assert told[0]["kind"] == "phone_change" and told[0]["text"] in outside.texts_to(borrower.person.phone)

    early = borrower.client.send("POST", f"{CHANGE}/code", {"phone": new})
    assert (early.status, early.code) == (422, "phone_change_not_open")
    assert outside.texts_to(new) == []
    outside.advance(1)
    borrower.client.put(CHANGE, {"phone": new})
    borrower.client.post(f"{CHANGE}/code", {"phone": new}, key="")
    wrong = borrower.client.send("POST", f"{CHANGE}/confirmation", {"phone": new, "code": "000000"})
    assert (wrong.status, wrong.code) == (401, "code_wrong")
    code = outside.code_sent_to(new)
    done = borrower.client.post(f"{CHANGE}/confirmation", {"phone": new, "code": code}, key="")
    assert done["state"] == "done"

    refused = borrower.client.send("POST", "/v1/sessions/refresh", {"refresh_token": borrower.tokens["refresh_token"]})
    assert refused.code == "not_signed_in", "every sign-in before is over"
    again = Borrower(outside, replace(borrower.person, phone=new))
    again.sign_in()
    assert again.client.get("/v1/me")["borrower_id"] == me["borrower_id"]


def test_a_change_that_was_withdrawn_leads_nowhere(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, new = new_borrower(), new_borrower().person.phone
    borrower.sign_in()
    borrower.client.put(CHANGE, {"phone": new})
    borrower.client.send("DELETE", CHANGE)
    outside.advance(1)

    assert borrower.client.send("POST", f"{CHANGE}/code", {"phone": new}).code == "phone_change_not_open"
    assert borrower.client.send("GET", CHANGE).status == 404


def test_nobody_takes_a_phone_that_signs_somebody_else_in(outside: Outside, new_borrower: NewBorrower) -> None:
    """He learns it only with a code that came to that phone."""
    borrower, other = new_borrower(), new_borrower()
    other.sign_in()
    borrower.sign_in()
    new = other.person.phone
    borrower.client.put(CHANGE, {"phone": new})
    outside.advance(1)
    borrower.client.post(f"{CHANGE}/code", {"phone": new}, key="")
    code = outside.code_sent_to(new)
    refused = borrower.client.send("POST", f"{CHANGE}/confirmation", {"phone": new, "code": code})

    assert (refused.status, refused.code) == (422, "phone_taken")


def test_a_phone_with_which_nobody_ever_signed_in_is_free(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, other = new_borrower(), new_borrower()
    borrower.sign_in()
    new = other.person.phone
    other.client.post("/v1/sign-ins", {"phone": new, "market": "in"})
    borrower.client.put(CHANGE, {"phone": new})
    outside.advance(1)
    borrower.client.post(f"{CHANGE}/code", {"phone": new}, key="")
    code = outside.code_sent_to(new)

    assert borrower.client.post(f"{CHANGE}/confirmation", {"phone": new, "code": code}, key="")["state"] == "done"


def test_a_code_that_signs_in_confirms_no_change(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, other = new_borrower(), new_borrower()
    borrower.sign_in()
    new = other.person.phone
    borrower.client.put(CHANGE, {"phone": new})
    outside.advance(1)
    other.client.post("/v1/sign-ins", {"phone": new, "market": "in"})
    code = outside.code_sent_to(new)
    refused = borrower.client.send("POST", f"{CHANGE}/confirmation", {"phone": new, "code": code})

    assert refused.code == "code_wrong"

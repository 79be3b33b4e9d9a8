"""Sign-in on the deployed stage: the code on the phone, and nothing else, opens the door."""

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys.conftest import NewBorrower


def begin(borrower: Borrower) -> str:
    asked = {"phone": borrower.person.phone, "market": "in"}
    return str(borrower.client.post("/v1/sign-ins", asked)["session"])


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_three_wrong_codes_use_a_sign_in_up(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    session, phone = begin(borrower), borrower.person.phone
    code = outside.code_sent_to(phone)
    for left in (True, True, False):
        answer = {"phone": phone, "session": session, "code": other_than(code)}
        refused = borrower.client.send("POST", "/v1/sessions", answer)
        assert (refused.status, refused.code) == (401, "code_wrong")
        assert ("session" in refused.body) == left
        session = refused.body.get("session", session)
    late = borrower.client.send("POST", "/v1/sessions", {"phone": phone, "session": session, "code": code})

    assert (late.status, late.code) == (401, "code_wrong")


def test_a_code_opens_once(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    answer = {"phone": borrower.person.phone, "session": begin(borrower)}
    answer["code"] = outside.code_sent_to(borrower.person.phone)
    first = borrower.client.send("POST", "/v1/sessions", answer)
    second = borrower.client.send("POST", "/v1/sessions", answer)

    assert first.is_success
    assert (second.status, second.code) == (401, "code_wrong")


def test_one_phones_session_takes_no_other_phones_code(outside: Outside, new_borrower: NewBorrower) -> None:
    mine, theirs = new_borrower(), new_borrower()
    session = begin(mine)
    begin(theirs)
    code = outside.code_sent_to(theirs.person.phone)
    for phone in (mine.person.phone, theirs.person.phone):
        refused = mine.client.send("POST", "/v1/sessions", {"phone": phone, "session": session, "code": code})
        assert refused.status == 401


def test_a_refresh_token_gives_access_again(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.sign_in()
    before = borrower.client.get("/v1/me")
    renewed = borrower.client.post("/v1/sessions/refresh", {"refresh_token": borrower.tokens["refresh_token"]})
    borrower.client.token = renewed["access_token"]

    assert borrower.client.get("/v1/me") == before


def test_codes_are_not_sent_without_end(outside: Outside, new_borrower: NewBorrower) -> None:
    """A second sign-in at once uses the code that was sent a moment ago."""
    borrower = new_borrower()
    begin(borrower)
    first = outside.code_sent_to(borrower.person.phone)
    begin(borrower)

    assert outside.code_sent_to(borrower.person.phone) == first
    assert len(outside.texts_to(borrower.person.phone)) == 1

"""A request that is wrong gets a 4xx problem with a code, never a 500, and changes nothing."""

import re
from typing import Any

import pytest

from infra.local.borrower import TWENTY_THOUSAND, Borrower
from infra.local.client import Call
from infra.local.outside import Outside
from infra.local.staff import Member
from infra.routes import ROUTES, Route
from shared.domain.errors import CATALOGUE
from tests import test_staff_routes as staff_routes
from tests.journeys.conftest import NewBorrower
from tests.journeys.corpus import BODIES, cases
from tests.journeys.test_access import ID, UNKNOWN
from tests.test_staff_routes import named

# Posts that change nothing, and so may be sent as often as one likes without a key.
ONLY_ASKING = ("/what-if", "/plans/preview")


@pytest.fixture(scope="module")
def ready(new_borrower: NewBorrower) -> Borrower:
    borrower = new_borrower()
    borrower.become_ready()
    return borrower


def known(borrower: Borrower) -> list[Any]:
    """All that the platform says of a borrower."""
    paths = ("/v1/me", "/v1/me/profile", "/v1/me/bank-account", "/v1/me/consents", "/v1/me/documents")
    return [borrower.client.get(path) for path in (*paths, "/v1/applications", "/v1/loans")]


def wrong(call: Call) -> str:
    """What is wrong with a refusal, or nothing."""
    if not 400 <= call.status < 500:
        return f"{call.status} {call.body}"
    if call.headers.get("content-type") != "application/problem+json":
        return f"is {call.headers.get('content-type')}"
    if call.code not in CATALOGUE or call.body["status"] != call.status or not call.body["request_id"]:
        return f"says {call.body}"
    return ""


def test_every_route_that_takes_a_body_is_tried() -> None:
    tried = {
        (verb, path.replace("/marketing", "/{purpose}").replace("-providers/mi", "-providers/{provider}"))
        for verb, path in BODIES
    }

    assert tried == {
        (route.verb, route.path)
        for route in ROUTES
        if route.verb in ("POST", "PUT") and route.who in ("public", "borrower")
    }
    assert staff_routes.BODIES.keys() == {
        f"{route.verb} {route.path}" for route in staff_routes.STAFF if route.verb == "POST"
    }


@pytest.mark.parametrize("route", [route for route in staff_routes.STAFF if route.verb == "POST"], ids=named)
def test_a_wrong_body_of_staff_is_refused_with_a_code(outside: Outside, route: Route) -> None:
    member = Member(outside, "ravi", *route.roles)
    address = re.sub(r"{\w+}", "wvr_01JZZZZZZZZZZZZZZZZZZZZZZZ", route.path)
    failures = [
        f"{label}: {fault}"
        for label, raw, headers in cases(staff_routes.BODIES[named(route)])
        if (fault := wrong(member.client.send("POST", address, raw=raw, headers=headers)))
    ]

    assert failures == []


@pytest.mark.parametrize(("verb", "path"), BODIES, ids=lambda part: part)
def test_a_wrong_body_is_refused_with_a_code_and_changes_nothing(ready: Borrower, verb: str, path: str) -> None:
    before = known(ready)
    address = ID.sub(lambda found: UNKNOWN[found[1]], path)
    failures = [
        f"{label}: {fault}"
        for label, raw, headers in cases(BODIES[verb, path])
        if (fault := wrong(ready.client.send(verb, address, raw=raw, headers=headers)))
    ]

    assert failures == []
    assert known(ready) == before


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency_key_missing"),
        ("with space", "idempotency_key_malformed"),
        ("k" * 256, "idempotency_key_malformed"),
    ],
)
def test_what_changes_something_needs_a_key(ready: Borrower, key: str, code: str) -> None:
    paths = [path for verb, path in BODIES if verb == "POST" and ID.search(path) and not path.endswith(ONLY_ASKING)]
    for path in [*paths, "/v1/applications"]:
        address = ID.sub(lambda found: UNKNOWN[found[1]], path)
        answer = ready.client.send("POST", address, BODIES["POST", path], key=key)

        assert (answer.status, answer.code) == (400, code), path


def test_steps_out_of_order_are_refused(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.sign_in()
    unready = borrower.client.send("POST", "/v1/applications", BODIES["POST", "/v1/applications"])
    borrower.consent()
    borrower.introduce()
    borrower.upload()
    application = borrower.apply()
    offer, *_ = borrower.offers(application)["matched"]
    second = borrower.client.send("POST", "/v1/applications", BODIES["POST", "/v1/applications"])
    loan_id = borrower.accept(application, offer)["loan_id"]
    early = borrower.client.send(
        "POST", f"/v1/loans/{loan_id}/repayments", {"amount": TWENTY_THOUSAND, "purpose": "instalment", "method": "upi"}
    )
    quoted = borrower.client.send("GET", f"/v1/loans/{loan_id}/foreclosure-quote")

    assert (unready.status, unready.code) == (422, "consent_missing")
    assert (second.status, second.code) in {(409, "application_open"), (422, "application_open")}
    assert (early.status, early.code) == (422, "loan_not_active")
    assert (quoted.status, quoted.code) == (422, "loan_not_active")


def test_only_the_key_facts_statement_that_was_shown_can_be_accepted(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    borrower.become_ready()
    application = borrower.apply()
    offer, *_ = borrower.offers(application)["matched"]
    path = f"/v1/applications/{application['application_id']}/acceptance"
    stale = borrower.client.send(
        "POST", path, {"offer_id": offer["offer_id"], "kfs_hash": "0" * len(offer["kfs_hash"])}
    )
    unknown = borrower.client.send("POST", path, {"offer_id": "off_01JZZZZZZZZZZZZZZZZZZZZZZZ", "kfs_hash": "0" * 64})
    outside.advance(10)
    expired = borrower.client.send("POST", path, {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]})

    assert (stale.status, stale.code) == (409, "kfs_stale")
    assert unknown.code == "offer_not_found"
    assert (expired.status, expired.code) == (422, "kfs_expired")
    assert borrower.client.get("/v1/loans")["loans"] == []


def test_a_key_with_another_body_is_refused_and_with_the_same_answered_again(ready: Borrower) -> None:
    asked = BODIES["POST", "/v1/applications"]
    first = ready.client.send("POST", "/v1/applications", asked, key="one-key")
    same = ready.client.send("POST", "/v1/applications", dict(reversed(asked.items())), key="one-key")
    other = ready.client.send("POST", "/v1/applications", {**asked, "tenor_months": 24}, key="one-key")

    assert first.is_success
    assert (same.status, same.body) == (first.status, first.body)
    assert same.headers["Idempotency-Replayed"] == "true"
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_an_address_that_is_none_is_not_found(ready: Borrower) -> None:
    assert [ready.client.send("GET", path).status for path in ("/v1/nothing", "/")] == [404, 404]


def test_a_verb_that_an_address_does_not_have_is_not_found(ready: Borrower) -> None:
    verbs: dict[str, set[str]] = {}
    for route in ROUTES:
        if route.who in ("public", "borrower"):
            verbs.setdefault(route.path, set()).add(route.verb)
    answers = {
        f"{verb} {path}": ready.client.send(verb, ID.sub(lambda found: UNKNOWN[found[1]], path), {})
        for path, known_verbs in verbs.items()
        for verb in {"GET", "PUT", "DELETE"} - known_verbs
    }

    assert {name: wrong(answer) or answer.code for name, answer in answers.items()} == dict.fromkeys(
        answers, "not_found"
    )

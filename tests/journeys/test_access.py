"""Who may ask for what: made from the table of routes, so that a new route is asked too."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.client import Client
from infra.local.device import Device
from infra.local.outside import Outside
from infra.local.staff import Member
from infra.routes import ROLES, ROUTES, Route
from tests import test_staff_routes as staff_routes
from tests.journeys.conftest import NewBorrower
from tests.journeys.corpus import BODIES

ID = re.compile(r"{(\w+_id)}")


class Unknown(dict[str, str]):
    """An id of each kind that nobody has."""

    def __missing__(self, name: str) -> str:
        return f"{name.removesuffix('_id')}_01JZZZZZZZZZZZZZZZZZZZZZZZ"


UNKNOWN = Unknown(session_id="00000000-0000-4000-8000-000000000000")
DAYS_UNTIL_A_WAIVER = 65
OWN = [route for route in ROUTES if route.who == "borrower"]
WITH_ID = [route for route in OWN if ID.search(route.path)]
STRANGE_IDS = (
    "loan_",
    "x",
    "..",
    "%00",
    "loan_%0a",
    "%F0%9F%92%B0",
    "loan_01j" + "z" * 500,
    "' OR 1=1 --",
    "%2e%2e%2f",
)


@pytest.fixture(scope="module")
def owner(outside: Outside, new_borrower: NewBorrower) -> tuple[Borrower, dict[str, Any]]:
    """A borrower, and one of each thing that has an id."""
    borrower = new_borrower()
    borrower.become_ready()
    document, *_ = borrower.client.get("/v1/me/documents")["documents"]
    application = borrower.apply()
    offer, *_ = borrower.offers(application)["matched"]
    loan_id = borrower.accept(application, offer)["loan_id"]
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    repayment = borrower.order_repayment(loan_id, {"minor": 10_000, "currency": "INR"})
    device = borrower.client.post("/v1/me/devices", {"platform": "android", "token": "token-of-the-owner-01"})
    plan = borrower.client.post(f"/v1/loans/{loan_id}/plans", BODIES["POST", "/v1/loans/{loan_id}/plans"])
    borrower.client.post(f"/v1/loans/{loan_id}/mandate", BODIES["POST", "/v1/loans/{loan_id}/mandate"])
    borrower.apply(purpose="purchase")
    checkout = borrower.reserve("ACCESS-1", {"minor": 600_000, "currency": "INR"})
    session, *_ = borrower.client.get("/v1/me/sessions")["sessions"]
    # A waiver is for who is overdue.
    outside.advance(DAYS_UNTIL_A_WAIVER)
    waiver = borrower.client.post(f"/v1/loans/{loan_id}/waivers", {"reason": "illness"})
    return borrower, {
        "waiver_id": waiver["waiver_id"],
        # A settlement is for who is late for longer than a waiver waits: `tests/functions/test_desk_loans.py` has one.
        "settlement_id": UNKNOWN["settlement_id"],
        "plan_id": plan["plan_id"],
        "session_id": session["session_id"],
        "device_id": device["device_id"],
        "document_id": document["document_id"],
        "application_id": application["application_id"],
        "loan_id": loan_id,
        "repayment_id": repayment["repayment_id"],
        "offer": offer,
        "checkout_id": checkout["checkout_id"],
        "of_checkout": checkout["matched"][0],
    }


@pytest.fixture(scope="module")
def stranger(new_borrower: NewBorrower) -> Borrower:
    borrower = new_borrower()
    borrower.become_ready()
    return borrower


def path(route: Route, ids: Mapping[str, Any]) -> str:
    return ID.sub(lambda found: str(ids[found[1]]), route.path).replace("{number}", "1")


def named(route: Route) -> str:
    """The path with one of each thing that has a name."""
    return route.path.replace("{purpose}", "marketing").replace("{provider}", "mi")


def body(route: Route, ids: Mapping[str, Any]) -> Any:
    """A body with which the owner's request would be taken."""
    if route.verb != "POST":
        return None
    chosen = {"/acceptance": "offer", "/confirmation": "of_checkout"}
    if name := next((name for end, name in chosen.items() if route.path.endswith(end)), None):
        return {"offer_id": ids[name]["offer_id"], "kfs_hash": ids[name]["kfs_hash"]}
    return BODIES.get((route.verb, route.path), {})


def said(answer: Any) -> dict[str, Any]:
    """What an answer says, but for what differs with each call."""
    return {name: value for name, value in answer.items() if name not in ("instance", "request_id")}


def name(route: Route) -> str:
    return f"{route.verb} {route.path}"


@pytest.mark.parametrize("route", WITH_ID, ids=name)
def test_somebody_elses_id_is_answered_like_one_that_nobody_has(
    owner: tuple[Borrower, dict[str, Any]], stranger: Borrower, route: Route
) -> None:
    _, ids = owner
    theirs = stranger.client.send(route.verb, path(route, ids), body(route, ids))
    nobodys = stranger.client.send(route.verb, path(route, UNKNOWN), body(route, ids))

    assert (theirs.status, theirs.code) == (404, "not_found")
    assert (nobodys.status, said(nobodys.body)) == (404, said(theirs.body))


@pytest.mark.parametrize("route", [route for route in WITH_ID if route.verb == "GET"], ids=name)
def test_the_owner_reads_each_of_his_own_things(owner: tuple[Borrower, dict[str, Any]], route: Route) -> None:
    borrower, ids = owner
    answer = borrower.client.send(route.verb, path(route, ids))

    is_too_early_or_late = answer.status == 422 and answer.code in ("dues_outstanding", "cooling_off_over")
    assert answer.is_success or is_too_early_or_late


@pytest.mark.parametrize("route", WITH_ID, ids=name)
def test_an_id_that_is_none_is_never_an_error_of_ours(stranger: Borrower, route: Route) -> None:
    for strange in STRANGE_IDS:
        address = ID.sub(strange.replace("\\", ""), route.path)
        answer = stranger.client.send(route.verb, address, {} if route.verb == "POST" else None)

        assert 400 <= answer.status < 500, (address, answer)


@contextmanager
def tokens_of_a_moment(outside: Outside, pool_id: str, client_id: str) -> Iterator[None]:
    """The pool gives tokens that are good for a second, which no deployed stage does."""
    pool, client = outside.cloud.client("cognito-idp"), {"UserPoolId": pool_id, "ClientId": client_id}
    before = pool.describe_user_pool_client(**client)["UserPoolClient"]
    units, validity = before["TokenValidityUnits"], before["AccessTokenValidity"]
    pool.update_user_pool_client(**client, AccessTokenValidity=1, TokenValidityUnits=units | {"AccessToken": "seconds"})
    try:
        yield
    finally:
        pool.update_user_pool_client(**client, AccessTokenValidity=validity, TokenValidityUnits=units)
    time.sleep(2)


@pytest.fixture(scope="module")
def refused(outside: Outside, stranger: Borrower, new_borrower: NewBorrower) -> dict[str, tuple[Client, str]]:
    """Callers whom no route of a borrower answers, each with the code that says why, where the gateway lets it pass."""
    outputs, device = outside.outputs, stranger.client.device
    late, over = new_borrower(), new_borrower()
    with tokens_of_a_moment(outside, outputs.user_pool_id, outputs.user_pool_client_id):
        late.sign_in()
    over.sign_in()
    over.client.send("DELETE", "/v1/me/sessions")

    def client(token: str | None, of: Device = device) -> Client:
        return Client(outputs.api_url, token, device=of)

    access = stranger.client.token
    return {
        "anonymous": (client(None), ""),
        "garbage": (client("not.a.token"), ""),
        "id_token": (client(stranger.tokens["id_token"]), "wrong_token"),
        "expired": (late.client, ""),
        "ended": (over.client, "not_signed_in"),
        "without_proof": (client(access), "device_proof_missing"),
        "other_device": (client(access, Device()), "device_other"),
        "other_request": (client(access), "device_proof_invalid"),
        "other_token": (client(access), "device_proof_invalid"),
    }


CALLERS = ("anonymous", "garbage", "id_token", "expired", "ended")
WITHOUT = ("without_proof", "other_device", "other_request", "other_token")


@pytest.mark.parametrize("caller", [*CALLERS, *WITHOUT])
@pytest.mark.parametrize("route", OWN, ids=name)
def test_nobody_gets_in_but_with_a_good_access_token_on_his_own_device(
    refused: dict[str, tuple[Client, str]], route: Route, caller: str
) -> None:
    client, code = refused[caller]
    address = named(route)
    asked = ID.sub(lambda found: UNKNOWN[found[1]], address)
    url = f"{client.api_url}{asked}"
    wrong = {
        "without_proof": "",
        "other_request": client.device.proof(route.verb, f"{url}/other", client.token),
        "other_token": client.device.proof(route.verb, url, "another"),
    }
    headers = {"dpop": wrong[caller]} if caller in wrong else {}
    answer = client.send(route.verb, asked, BODIES.get((route.verb, address)), headers=headers)

    assert (answer.status, answer.code) == (401, code)


@pytest.fixture(scope="module")
def members(outside: Outside) -> dict[str, Member]:
    """One member of the staff for each role, and one with none."""
    return {role: Member(outside, role, role) for role in ROLES} | {"": Member(outside, "nobody")}


@pytest.fixture(scope="module")
def expired(outside: Outside) -> Member:
    """A member with every role, whose token is of yesterday."""
    with tokens_of_a_moment(outside, outside.outputs.staff_pool_id, outside.outputs.staff_client_id):
        return Member(outside, "late", *ROLES)


def asked_of_staff(client: Client, route: Route) -> tuple[int, str]:
    """Status and code of a call that is whole but for its ids, which are nobody's."""
    query = "&".join(f"{each}={value}" for each, value in staff_routes.QUERIES.get(name(route), {}).items())
    address = ID.sub(lambda found: UNKNOWN[found[1]], route.path) + (f"?{query}" if query else "")
    answer = client.send(route.verb, address, staff_routes.BODIES.get(name(route)))
    return answer.status, answer.code


@pytest.mark.parametrize("role", [*ROLES, ""])
@pytest.mark.parametrize("route", staff_routes.STAFF, ids=name)
def test_a_staff_route_is_closed_to_every_other_role(members: dict[str, Member], route: Route, role: str) -> None:
    status, code = asked_of_staff(members[role].client, route)

    assert (status == 403) == (code == "role_missing") == (role not in route.roles)


@pytest.mark.parametrize("route", staff_routes.STAFF, ids=name)
def test_a_borrowers_token_an_expired_one_and_an_id_token_open_no_staff_route(
    outside: Outside, stranger: Borrower, members: dict[str, Member], expired: Member, route: Route
) -> None:
    ids = [Client(outside.outputs.api_url, members[role].id_token) for role in route.roles]

    assert asked_of_staff(stranger.client, route)[0] == 401
    assert asked_of_staff(expired.client, route)[0] == 401
    assert asked_of_staff(Client(outside.outputs.api_url), route)[0] == 401
    assert {asked_of_staff(client, route) for client in ids} == {(401, "wrong_token")}


@pytest.mark.parametrize("route", OWN, ids=name)
def test_a_staff_token_opens_no_borrowers_route(members: dict[str, Member], route: Route) -> None:
    address = ID.sub(lambda found: UNKNOWN[found[1]], named(route))

    assert members["approver"].client.send(route.verb, address, BODIES.get((route.verb, address))).status == 401


def test_one_borrowers_key_is_not_anothers(owner: tuple[Borrower, dict[str, Any]], stranger: Borrower) -> None:
    """The same Idempotency-Key of two borrowers are two requests."""
    borrower, ids = owner
    asked = body(Route("POST", "/v1/loans/{loan_id}/repayments", "repay", "borrower"), ids)
    first = borrower.client.send("POST", f"/v1/loans/{ids['loan_id']}/repayments", asked, key="shared-by-chance")
    other = stranger.client.send("POST", f"/v1/loans/{ids['loan_id']}/repayments", asked, key="shared-by-chance")

    assert first.status == 201
    assert other.status == 404


def test_lists_hold_only_what_is_ones_own(owner: tuple[Borrower, dict[str, Any]], stranger: Borrower) -> None:
    borrower, ids = owner

    assert [loan["loan_id"] for loan in borrower.client.get("/v1/loans")["loans"]] == [ids["loan_id"]]
    assert stranger.client.get("/v1/loans")["loans"] == []
    assert stranger.client.get("/v1/applications")["applications"] == []

"""The running API answers as its document says: every route once well, and the refusals that every client meets."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from infra.local.borrower import TWENTY_THOUSAND, Borrower
from infra.local.client import Call, Client
from infra.local.outside import Outside
from infra.packages import ROOT
from infra.routes import ROUTES, Route
from tests.journeys import contract_calls, events
from tests.journeys.conftest import NewBorrower
from tests.test_openapi import CONTRACT, named, operation, resolved

# Longer than the cooling-off period of any lender of the sandbox.
PAST_COOLING_OFF_DAYS = 12
READ = ("", "/schedule", "/statement", "/ledger", "/repayments")


@pytest.fixture(scope="module")
def calls(outside: Outside, new_borrower: NewBorrower) -> list[Call]:
    """All calls of one borrower from a quote to the letter of no dues, of another who cancels, and of a rail."""
    made: list[Call] = []
    look_around(Client(outside.outputs.api_url, told=made.append))
    borrower, leaver = new_borrower(), new_borrower()
    borrower.client.told = leaver.client.told = made.append
    become_known(borrower)
    loan_id = accept(borrower)
    read(borrower, loan_id)
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    borrower.client.get(f"/v1/loans/{loan_id}/cooling-off-quote")
    borrower.client.send("GET", f"/v1/loans/{loan_id}/no-dues-letter")
    close(outside, borrower, loan_id)
    read(borrower, loan_id)
    borrower.client.get(f"/v1/loans/{loan_id}/no-dues-letter")
    left = leaver.sanctioned_loan()
    leaver.client.post(f"/v1/loans/{left}/cancellation")
    contract_calls.at_a_checkout(leaver)
    late = new_borrower()
    late.client.told = made.append
    troubled = late.active_loan()
    contract_calls.sign_out(late)
    outside.advance(contract_calls.DAYS_LATE)
    contract_calls.about_the_loan(late, troubled, contract_calls.of_staff(outside, made.append))
    contract_calls.about_oneself(late)
    go_wrong(outside, borrower, loan_id, made)
    late.client.send("DELETE", "/v1/me/sessions")
    made.append(events.send(outside, "evt_contract", events.received("pay_nobodys", "P_contract", 100, "2026-01-05")))
    return made


def look_around(anybody: Client) -> None:
    anybody.get("/v1/openapi.json")
    anybody.get("/v1/lenders")
    for market, currency in (("in", "INR"), ("cn", "CNY")):
        anybody.get(f"/v1/markets/{market}")
        asked = {"market": market, "amount": {"minor": 2_000_000, "currency": currency}, "tenor_months": 12}
        anybody.post("/v1/quotes", asked, key="")


def become_known(borrower: Borrower) -> None:
    client = borrower.client
    borrower.sign_in()
    client.post("/v1/sessions/refresh", {"refresh_token": borrower.tokens["refresh_token"]})
    client.get("/v1/me")
    borrower.consent()
    client.put("/v1/me/consents/marketing", {"version": "2026-11", "language": "en"})
    client.send("DELETE", "/v1/me/consents/marketing")
    client.get("/v1/me/consents")
    borrower.introduce()
    client.get("/v1/me/profile")
    client.get("/v1/me/bank-account")
    client.post("/v1/me/bank-account/check", key="")
    borrower.upload()
    client.get("/v1/me/documents")
    client.get("/v1/me")


def accept(borrower: Borrower) -> str:
    """The loan; the same acceptance is sent twice."""
    application = borrower.apply()
    borrower.client.get("/v1/applications")
    offer, *_ = borrower.offers(application)["matched"]
    borrower.accept(application, offer)
    return str(borrower.accept(application, offer)["loan_id"])


def read(borrower: Borrower, loan_id: str) -> None:
    borrower.client.get("/v1/loans")
    for part in READ:
        borrower.client.get(f"/v1/loans/{loan_id}{part}")


def close(outside: Outside, borrower: Borrower, loan_id: str) -> None:
    outside.advance(PAST_COOLING_OFF_DAYS)
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")["amount"]
    borrower.repay(loan_id, quoted, "foreclosure")
    borrower.await_state(loan_id, "closed")


def go_wrong(outside: Outside, borrower: Borrower, loan_id: str, made: list[Call]) -> None:
    """What every client meets some day."""
    client, repayments = borrower.client, f"/v1/loans/{loan_id}/repayments"
    order = {"amount": TWENTY_THOUSAND, "purpose": "instalment", "method": "upi"}
    Client(outside.outputs.api_url, told=made.append).send("GET", "/v1/me")
    Client(outside.outputs.api_url, borrower.tokens["id_token"], made.append).send("GET", "/v1/me")
    client.send("GET", "/v1/loans/loan_01JZZZZZZZZZZZZZZZZZZZZZZZ")
    client.send("POST", repayments, order, key="")
    client.send("POST", repayments, order)
    client.send("POST", repayments, {**order, "amount": {"minor": "5", "currency": "INR"}})
    client.send("POST", repayments, raw=b"{")
    client.send("POST", repayments, raw=b"{}", headers={"content-type": "text/plain"})
    client.send("POST", repayments, raw=b'{"a": "' + b"x" * 70_000 + b'"}')
    client.send("PUT", "/v1/me/profile", {})
    made.append(events.send(outside, "evt_forged", {}, secret="whsec_Zm9yZ2Vk"))


def route_of(call: Call) -> Route:
    """The gateway takes the route that names most of the path."""
    path = call.path.partition("?")[0]
    found = [
        route
        for route in ROUTES
        if route.verb == call.verb and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path)
    ]
    return min(found, key=lambda route: route.path.count("{"))


def closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(part) for name, part in schema.items()}
    return {"additionalProperties": False, **made} if isinstance(made.get("properties"), dict) else made


def faults(call: Call) -> list[str]:
    """Where an answer differs from what the document says of its route and status."""
    answers = operation(route_of(call))["responses"]
    answer = answers.get(str(call.status), answers.get("4XX" if 400 <= call.status < 500 else "none"))
    if answer is None:
        return [f"{call.status} is not declared"]
    media_type = call.headers["content-type"].split(";")[0]
    content = resolved(answer)["content"]
    if media_type not in content:
        return [f"{media_type} is not declared"]
    schema = {**content[media_type]["schema"], "components": CONTRACT["components"]}
    checker = Draft202012Validator(closed(schema), format_checker=FormatChecker())
    return [f"{fault.json_path}: {fault.message}" for fault in checker.iter_errors(call.body)]


def test_every_answer_is_what_the_document_says(calls: list[Call]) -> None:
    found = {f"{call.verb} {call.path} {call.status}": faults(call) for call in calls}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_route_was_answered_well(calls: list[Call]) -> None:
    answered = {named(route_of(call)) for call in calls if call.is_success}

    assert {named(route) for route in ROUTES} - answered == contract_calls.ELSEWHERE.keys() - answered


@pytest.mark.parametrize(("route", "file"), contract_calls.ELSEWHERE.items())
def test_a_route_that_is_answered_elsewhere_is(route: str, file: str) -> None:
    *_, kind, last = route.split("/")

    assert (f"{kind}/" if last.startswith("{") else last) in (ROOT / file).read_text()


def test_every_kind_of_refusal_was_met(calls: list[Call]) -> None:
    met = {call.status for call in calls}

    assert met >= {400, 401, 404, 413, 415, 422}


def test_what_was_asked_twice_says_so(calls: list[Call]) -> None:
    twice = [call for call in calls if call.path.endswith("/acceptance")][:2]

    assert [call.headers.get("idempotency-replayed") for call in twice] == [None, "true"]
    assert twice[0].body == twice[1].body


def test_the_api_serves_the_committed_document(calls: list[Call]) -> None:
    first, *_ = [call for call in calls if call.path == "/v1/openapi.json"]

    assert json.dumps(first.body, sort_keys=True) == json.dumps(CONTRACT, sort_keys=True)

"""The contract: made from the code, committed as made, and complete for every route."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.openapi import DOCUMENT, ERRORS, document_text, errors_page
from infra.routes import ROUTES, Route
from infra.summaries import SUMMARIES
from shared.domain.errors import CATALOGUE
from tests.functions.door import call, opened

ROOT = Path(__file__).resolve().parents[1]
CONTRACT: dict[str, Any] = json.loads(DOCUMENT.read_text())
SIGNATURE = {"webhook-id", "webhook-timestamp", "webhook-signature"}


def named(route: Route) -> str:
    return f"{route.verb} {route.path}"


each_route = pytest.mark.parametrize("route", ROUTES, ids=named)


def operation(route: Route) -> dict[str, Any]:
    return dict(CONTRACT["paths"][route.path][route.verb.lower()])


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` names, or the part itself."""
    while "$ref" in part:
        _, *steps = part["$ref"].split("/")
        part = CONTRACT
        for step in steps:
            part = part[step]
    return part


def headers_asked(route: Route) -> set[str]:
    parameters = [resolved(parameter) for parameter in operation(route).get("parameters", ())]
    return {parameter["name"] for parameter in parameters if parameter["in"] == "header"}


def success(route: Route) -> tuple[str, dict[str, Any]]:
    [found] = [(status, answer) for status, answer in operation(route)["responses"].items() if status[0] == "2"]
    return found


def handlers(door: str) -> Iterator[tuple[str, str, int, bool]]:
    """Verb, path, status, and whether the request happens once, of each route as the door's source has them."""
    for node in ast.parse((ROOT / "functions" / door / "handler.py").read_text()).body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).startswith("app."):
                path = ast.literal_eval(decorator.args[0]).replace("<", "{").replace(">", "}")
                stated = {word.arg: word.value for word in decorator.keywords}
                status = ast.literal_eval(stated["status_code"]) if "status_code" in stated else 200
                called = {ast.unparse(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
                yield ast.unparse(decorator.func).removeprefix("app.").upper(), path, status, "request" in called


HANDLERS = {
    f"{verb} {path}": (status, happens_once)
    for door in dict.fromkeys(route.door for route in ROUTES)
    for verb, path, status, happens_once in handlers(door)
}


def test_the_committed_document_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text() == document_text(), "run `make openapi`"


def test_the_committed_page_of_errors_is_what_the_code_says() -> None:
    assert ERRORS.read_text() == errors_page(), "run `make openapi`"


def test_every_route_is_in_the_document_and_nothing_else() -> None:
    found = {f"{verb.upper()} {path}" for path, item in CONTRACT["paths"].items() for verb in item}

    assert found == {named(route) for route in ROUTES} == HANDLERS.keys() == SUMMARIES.keys()


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = [operation(route)["operationId"] for route in ROUTES]

    assert len(set(ids)) == len(ids)


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(re.findall(r'"(#/components/\w+/\w+)"', json.dumps(CONTRACT)))
    defined = {
        f"#/components/{kind}/{name}"
        for kind, members in CONTRACT["components"].items()
        for name in members
        if kind != "securitySchemes"
    }

    assert used == defined


@each_route
def test_an_operation_declares_the_status_and_the_form_of_its_success(route: Route) -> None:
    status, answer = success(route)
    schema = resolved(answer["content"]["application/json"]["schema"])

    assert int(status) == HANDLERS[named(route)][0]
    assert schema["type"] == "object"


@each_route
def test_an_operation_declares_its_refusals_as_problems(route: Route) -> None:
    answers = operation(route)["responses"]
    refusals = {status: resolved(answer) for status, answer in answers.items() if status[0] != "2"}
    has_body = "requestBody" in operation(route)

    assert {"4XX", "503"} <= refusals.keys()
    assert ("401" in refusals) == (route.who != "public")
    assert ("404" in refusals) == ("{" in route.path)
    assert ("422" in refusals) == has_body == (route.verb in ("POST", "PUT"))
    for refusal in refusals.values():
        schema = refusal["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


@each_route
def test_only_a_borrowers_route_asks_for_a_token(route: Route) -> None:
    staff = [{"staff_token": [role]} for role in route.roles]

    assert operation(route)["security"] == ([{"access_token": []}] if route.who == "borrower" else staff)


@each_route
def test_the_devices_proof_is_asked_for_where_a_borrower_is_known_or_gets_tokens(route: Route) -> None:
    gives_tokens = route.path.startswith("/v1/sessions")

    assert ("DPoP" in headers_asked(route)) == (route.who == "borrower" or gives_tokens)


@each_route
def test_only_a_signed_route_asks_for_a_signature(route: Route) -> None:
    assert headers_asked(route) & SIGNATURE == (SIGNATURE if route.who == "signed" else set())


@each_route
def test_the_idempotency_key_is_asked_for_exactly_where_a_handler_uses_it(route: Route) -> None:
    _, happens_once = HANDLERS[named(route)]
    _, answer = success(route)

    assert ("Idempotency-Key" in headers_asked(route)) == happens_once
    assert ("Idempotency-Replayed" in answer.get("headers", {})) == happens_once
    assert ("409" in operation(route)["responses"]) == happens_once


def test_the_steps_that_move_money_or_state_happen_once() -> None:
    steps = {"applications", "acceptance", "disbursement", "cancellation", "repayments", "mandate"}
    steps |= {"plans", "answer", "waivers", "decision", "reversal", "assignment", "return", "disputes"}
    steps |= {"settlements", "write-off", "agent", "contacts", "promises", "legal", "checkouts", "confirmation"}
    steps |= {"explanation", "review", "compensation", "rejects", "correction", "partners", "merchants", "transfers"}
    once = {name.rpartition("/")[2] for name, (_, happens_once) in HANDLERS.items() if happens_once}

    assert once == steps


def test_a_problem_carries_a_code_of_the_catalogue() -> None:
    assert CONTRACT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == sorted(CATALOGUE)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who in ("borrower", "staff")], ids=named)
def test_what_an_address_names_is_bounded(route: Route) -> None:
    """A name that is longer than a key may be would be a fault of the store's, and ours."""
    known = [each for each in operation(route).get("parameters", ()) if each.get("in") == "path"]

    assert all({"maxLength", "pattern", "maximum"} & each["schema"].keys() for each in known), known


def test_a_body_takes_no_unknown_field() -> None:
    """But for the rails' news, to which a rail may add."""
    bodies = [
        resolved(operation(route)["requestBody"]["content"]["application/json"]["schema"])
        for route in ROUTES
        if "requestBody" in operation(route) and route.who != "signed"
    ]

    assert all(body["additionalProperties"] is False for body in bodies)


def test_the_door_serves_the_committed_document(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("quote", monkeypatch) as handler:
        answer = call(handler, "GET /v1/openapi.json")

    assert (answer.status, answer.body) == (200, CONTRACT)

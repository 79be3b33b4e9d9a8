"""Each staff route asks for the roles that the table names: read in the doors' source, and tried at the doors."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from infra.packages import ROOT
from infra.routes import ROLES, ROUTES, Route
from shared.adapters.table import Table
from tests.functions.door import call, opened

STAFF = [route for route in ROUTES if route.who == "staff"]
# What the routes need to be understood at all; the ids are nobody's.
QUERIES = {
    "GET /v1/desk/audit": {"market": "in"},
    "GET /v1/desk/waivers": {"market": "in"},
    "GET /v1/desk/waivers/figures": {"market": "in"},
    "GET /v1/desk/applications": {"market": "in"},
    "GET /v1/desk/scorecards/{version}/dry-run": {"market": "in"},
    "GET /v1/desk/scorecards/drift": {"market": "in"},
    "GET /v1/desk/plans": {"market": "in"},
    "GET /v1/desk/settlements": {"market": "in"},
    "GET /v1/desk/partners": {"market": "in"},
    "GET /v1/desk/unmatched": {"currency": "INR"},
    "GET /v1/desk/cases": {"market": "in"},
    "GET /v1/desk/partners/{partner_id}/report": {"on": "2026-01-01"},
    "GET /v1/desk/partners/{partner_id}/movements": {"on": "2026-01-01"},
    "GET /v1/desk/partners/{partner_id}/files": {"on": "2026-01-01"},
    "GET /v1/desk/differences": {"partner": "nobody"},
    "GET /v1/desk/claims": {"partner": "nobody"},
    "GET /v1/desk/disputes": {"market": "in"},
    "GET /v1/desk/rejects": {"market": "in"},
    "GET /v1/desk/documents": {"market": "in"},
}
PAUSE = {"kind": "pause", "instalments": 1}
SEEN = "0" * 64
BODIES: dict[str, Any] = {
    "POST /v1/desk/waivers/{waiver_id}/decision": {"decision": "approve", "reason": "Seen.", "figures_hash": SEEN},
    "POST /v1/desk/waivers/{waiver_id}/reversal": {"reason": "False papers."},
    "POST /v1/desk/applications/{application_id}/decision": {
        "decision": "approve",
        "reason": "Seen.",
        "figures_hash": SEEN,
    },
    "POST /v1/desk/plans/{plan_id}/decision": {"decision": "refused", "reason": "As told."},
    "POST /v1/desk/loans/{loan_id}/plans": {"choice": PAUSE, "reason": "other"},
    "POST /v1/desk/loans/{loan_id}/settlements": {
        "pay": {"minor": 1, "currency": "INR"},
        "by": "2026-01-01",
        "reason": "As told.",
    },
    "POST /v1/desk/loans/{loan_id}/settlements/{settlement_id}/decision": {"decision": "refused", "reason": "As told."},
    "POST /v1/desk/loans/{loan_id}/settlements/{settlement_id}/withdrawal": {"reason": "As told."},
    "POST /v1/desk/loans/{loan_id}/write-off": {"reason": "As told."},
    "POST /v1/desk/loans/{loan_id}/write-off/decision": {"decision": "declined", "reason": "As told."},
    "POST /v1/desk/cases/{loan_id}/agent": {"name": "Meena", "phone": "+911204567800"},
    "POST /v1/desk/cases/{loan_id}/assignment": {"reason": "As told."},
    "POST /v1/desk/cases/{loan_id}/contacts": {"channel": "call", "outcome": "spoke"},
    "POST /v1/desk/cases/{loan_id}/promises": {"amount": {"minor": 1, "currency": "INR"}, "by": "2026-01-01"},
    "POST /v1/desk/cases/{loan_id}/legal": {"reason": "As told."},
    "POST /v1/desk/documents/{borrower_id}/{document_id}/decision": {"decision": "accept", "figures_hash": SEEN},
    "POST /v1/desk/rejects": {"loan_id": f"loan_{'0' * 26}", "reference_on": "2026-01-31", "codes": ["E01"]},
    "POST /v1/desk/rejects/{reject_id}/correction": {"reason": "As told."},
    "POST /v1/desk/disputes/{dispute_id}/decision": {"decision": "confirmed", "reason": "As told."},
    "POST /v1/desk/disputes/{dispute_id}/compensation": {"proof": "UTR 1"},
    "POST /v1/desk/partners": {"partner": {}, "reason": "As told."},
    "POST /v1/desk/partners/{partner_id}/decision": {"decision": "declined", "digest": SEEN, "reason": "As told."},
    "POST /v1/desk/partners/{partner_id}/transfers": {"as_of": "2026-01-01", "reason": "As told."},
    "POST /v1/desk/merchants": {"merchant": {}, "reason": "As told."},
    "POST /v1/desk/merchants/{merchant_id}/decision": {"decision": "declined", "digest": SEEN, "reason": "As told."},
    "POST /v1/desk/unmatched/{held_id}/assignment": {
        "loan_id": "loan_x",
        "purpose": "instalment",
        "reason": "As told.",
    },
    "POST /v1/desk/differences/{difference_id}/explanation": {"reason": "As told."},
    "POST /v1/desk/unmatched/{held_id}/return": {"market": "in", "reason": "As told."},
}


def named(route: Route) -> str:
    return f"{route.verb} {route.path}"


def asked_roles(door: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each route of a door, and the roles with which it calls `staff`."""
    for node in ast.parse((ROOT / "functions" / door / "handler.py").read_text()).body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).startswith("app."):
                verb = ast.unparse(decorator.func).removeprefix("app.").upper()
                path = ast.literal_eval(decorator.args[0]).replace("<", "{").replace(">", "}")
                calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                roles = [each.args[1:] for each in calls if ast.unparse(each.func) == "staff"]
                yield f"{verb} {path}", tuple(ast.literal_eval(role) for found in roles for role in found)


ASKED = {name: roles for door in dict.fromkeys(route.door for route in ROUTES) for name, roles in asked_roles(door)}


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_door_asks_for_the_roles_that_the_table_names(route: Route) -> None:
    assert ASKED[named(route)] == route.roles


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("route", STAFF, ids=named)
def test_another_role_is_refused(
    aws: Any, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch, route: Route, role: str | None
) -> None:
    path = route.path.replace("{", "").replace("}", "")
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    for name in ("MINNOW_KYC_BUCKET", "MINNOW_KYC_KEY"):
        monkeypatch.setenv(name, "test")
    with opened(route.door, monkeypatch, loans=loans, people=people) as handler:
        answer = call(
            handler,
            f"{route.verb} {path}",
            BODIES.get(named(route)),
            subject="somebody",
            key="once",
            query=QUERIES.get(named(route)),
            roles=(role,) if role else (),
        )

    code = answer.body.get("code")
    assert (answer.status, code) == (403, "role_missing") if role not in route.roles else code != "role_missing"

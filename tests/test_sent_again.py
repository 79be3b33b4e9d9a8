"""A borrower's request that is sent once more within the minute of its proof does nothing twice: each route says why.

Proofs are not remembered (RFC 9449, section 11.1, leaves that to the server), so this has to hold of every route.
"""

import ast

import pytest

from infra.routes import ROUTES
from tests.test_openapi import HANDLERS, ROOT, named

# Posted without a key: the test that shows that the second changes nothing, or that a limit bounds them all.
WITHOUT_A_KEY = {
    "POST /v1/loans/{loan_id}/what-if": (
        "functions/test_loans.py",
        "test_what_if_compares_with_what_was_agreed_and_writes_nothing",
    ),
    "POST /v1/loans/{loan_id}/plans/preview": (
        "functions/test_plans.py",
        "test_any_choice_within_the_rules_can_be_previewed",
    ),
    "POST /v1/me/devices": (
        "functions/test_contact.py",
        "test_a_device_registered_twice_is_one_and_its_token_is_kept_nowhere",
    ),
    "POST /v1/me/bank-account/check": (
        "domain/test_bank_accounts.py",
        "test_a_bank_is_asked_so_often_a_day_whatever_it_said",
    ),
    "POST /v1/me/phone-change/code": (
        "domain/test_one_time_codes.py",
        "test_a_phone_gets_only_so_many_codes_an_hour",
    ),
    "POST /v1/me/phone-change/confirmation": ("domain/test_one_time_codes.py", "test_a_right_code_works_once"),
    "POST /v1/me/documents": ("functions/test_kyc.py", "test_a_borrower_sends_only_so_many_documents"),
}


def test_what_a_borrower_posts_takes_a_key_or_is_bounded_by_nature() -> None:
    """What is put or deleted ends as it did the first time (RFC 9110, section 9.2.2)."""
    posted = {
        named(route) for route in ROUTES if route.who == "borrower" and route.verb not in ("GET", "PUT", "DELETE")
    }

    assert {name for name in posted if not HANDLERS[name][1]} == WITHOUT_A_KEY.keys()


@pytest.mark.parametrize(("file", "rule"), WITHOUT_A_KEY.values(), ids=WITHOUT_A_KEY)
def test_the_rule_that_bounds_it_is_tested(file: str, rule: str) -> None:
    tree = ast.parse((ROOT / "tests" / file).read_text())

    assert rule in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

"""What a refusal says, in the language that the request asks for: titles of all codes, details that borrowers meet."""

import ast
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.packages import ROOT
from infra.reach import reached
from infra.routes import ROUTES
from shared.adapters.sentences import LOCALES, sentences, translated
from shared.domain import loan, plans, settlements
from shared.domain.bank_accounts import NOT_CHECKED, NOT_VERIFIED
from shared.domain.errors import CATALOGUE, DomainError, Malformed, Refused
from shared.domain.money import Money
from shared.markets import CODES, market
from shared.problems import problem

OTHERS = [language for language in LOCALES if language != "en"]
KINDS = {"Refused", "NotFound", "Conflict", "Malformed", "Unavailable"}
# What is wrong with a request as such is for whoever builds an app.
FOR_DEVELOPERS = {
    *("body_too_large", "body_not_utf8", "body_not_json", "body_too_deep", "duplicate_key", "number_out_of_range"),
    *("content_type_unsupported", "invalid_request", "signature_invalid", "wrong_token", "role_missing"),
    *("idempotency_key_missing", "idempotency_key_malformed", "idempotency_key_reused", "device_token_invalid"),
    *("device_proof_missing", "device_proof_invalid", "device_proof_untimely"),
}
# What only staff and those who sign their messages are refused.
FOR_STAFF = {
    *("address_forbidden", "agent_not_told", "application_decided", "capitalisation_forbidden", "case_state"),
    *("cnaps_invalid", "contact_forbidden", "difference_closed", "dispute_decided", "figures_stale"),
    *("merchant_invalid", "not_late_enough", "not_the_agent", "nothing_owed", "nothing_to_waive", "own_approval"),
    *("partner_invalid", "payment_resolved", "promise_impossible", "refund_impossible", "rule_stands"),
    *("settlement_impossible", "waiver_decided", "write_off_open"),
}
# A sentence that is chosen from several, and where these stand.
CHOSEN = {
    "NOT_VERIFIED.get(borrower.account_check or '', NOT_CHECKED)": [*NOT_VERIFIED.values(), NOT_CHECKED],
    # `tests/adapters/test_sentences.py` has these.
    "WHY_NOT[why_not[0]]": [],
    # What `told` says of a reason, likewise; and what `_impossible` is given, which is looked at where it is called.
    "sentence": [],
    "detail": [],
}


def refusals(tree: ast.AST) -> Iterator[tuple[str, ast.expr, ast.AST]]:
    """Each refusal that the code makes: its code, its detail, and the function that makes it."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            named = ast.unparse(node.func)
            if named in KINDS:
                code = node.args[0]
                yield (str(code.value) if isinstance(code, ast.Constant) else ast.unparse(code)), node.args[1], function
            elif named == "_impossible":
                yield "review_not_possible", node.args[0], function


def worded(detail: ast.expr, function: ast.AST) -> list[str]:
    """The sentences that the detail may be; a name is looked up in its function. A `KeyError` is one that is glued."""
    if isinstance(detail, ast.Constant):
        return [str(detail.value)]
    if isinstance(detail, ast.Name) and (found := list(_given(detail.id, function))):
        return found
    return CHOSEN[ast.unparse(detail)]


def _given(name: str, function: ast.AST) -> Iterator[str]:
    """The texts that the function gives the name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from (str(node.value.value) for to in node.targets if ast.unparse(to) == name)


def of_borrowers() -> dict[str, list[tuple[str, ast.expr, ast.AST]]]:
    """The refusals of each file that a door of borrowers may run."""
    doors = {route.door for route in ROUTES if route.who in ("public", "borrower")}
    parts = {
        (file, name): part
        for door in doors
        for file, code in reached(door, ROOT).items()
        for name, part in code.items()
    }
    found: dict[str, list[tuple[str, ast.expr, ast.AST]]] = {}
    for (file, _), part in sorted(parts.items(), key=lambda each: each[0]):
        made = [each for each in refusals(part) if each[0] not in FOR_DEVELOPERS | FOR_STAFF]
        found.setdefault(file, []).extend(made)
    return {file: made for file, made in found.items() if made}


REFUSALS = of_borrowers()


@pytest.mark.parametrize("language", OTHERS)
def test_every_code_has_its_title_in_every_language(language: str) -> None:
    assert [code for code, title in CATALOGUE.items() if not translated(title, language)] == []


@pytest.mark.parametrize("file", REFUSALS)
def test_what_a_borrower_is_refused_with_is_a_sentence_of_every_language(file: str) -> None:
    told = [sentence for _, detail, function in REFUSALS[file] for sentence in worded(detail, function)]

    assert [sentence for sentence in told for language in OTHERS if not translated(sentence, language)] == []


def test_the_codes_of_nobody_but_staff_and_developers_are_of_the_catalogue() -> None:
    assert CATALOGUE.keys() >= FOR_DEVELOPERS | FOR_STAFF
    assert len(REFUSALS) > 30


def test_a_sentence_stands_in_one_file_and_somewhere_in_the_code() -> None:
    here = Path(ROOT, "shared/adapters/sentences")
    kept = [sentence for file in here.glob("*.json") for sentence in json.loads(file.read_text("utf-8"))]
    code = "".join(
        "".join(node.value for node in ast.walk(ast.parse(file.read_text())) if _is_text(node))  # type: ignore[attr-defined]
        for room in ("shared", "functions")
        for file in Path(ROOT, room).rglob("*.py")
    )
    code += "".join(json.dumps(json.loads(file.read_text())) for file in Path(ROOT, "shared/markets").glob("*.json"))

    assert len(kept) == len({*kept}) == len(sentences())
    assert [sentence for sentence in kept if sentence not in code] == []


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("code", CODES)
def test_codes_that_a_refusal_names_have_words_in_every_language(code: str) -> None:
    here = market(code, date(2026, 11, 22))
    steps = ("profile", "bank_account", "document")
    states = {*loan.MOVES, *plans.MOVES, *settlements.MOVES, "kept", "lapsed"}
    named = {*here.consents_needed, *here.document_kinds, *here.repayment_methods, *steps, *states}

    assert [each for each in named if sentences().get(each, {}).keys() != {*LOCALES}] == []


def answered(refusal: DomainError, accepted: str | None = None, path: str = "/v1/quotes") -> tuple[Any, str]:
    """The problem, and the language that it says that it is in."""
    headers = {"accept-language": accepted} if accepted is not None else {}
    event = {"headers": headers, "rawPath": path, "requestContext": {"requestId": "request"}}
    made = problem(refusal, event)
    return json.loads(made["body"]), made["headers"]["content-language"]


def too_much() -> DomainError:
    least, most = Money(500_000, "INR"), Money(10_000_000, "INR")
    return Refused("amount_out_of_range", "Loans are from {least} to {most}.", "/amount/minor", least=least, most=most)


@pytest.mark.parametrize(
    ("accepted", "language", "title", "detail"),
    [
        (None, "en", CATALOGUE["amount_out_of_range"], "Loans are from ₹5,000.00 to ₹1,00,000.00."),
        ("fr", "en", CATALOGUE["amount_out_of_range"], "Loans are from ₹5,000.00 to ₹1,00,000.00."),
        ("hi-IN, en;q=0.5", "hi", "राशि तय सीमा से बाहर है।", "लोन ₹5,000.00 से ₹1,00,000.00 तक के हैं।"),
        ("zh-CN", "zh", "金额超出可申请范围。", "贷款金额为₹5,000.00至₹100,000.00。"),
    ],
)
def test_a_problem_is_told_in_the_language_that_is_asked_for(
    accepted: str | None, language: str, title: str, detail: str
) -> None:
    body, told = answered(too_much(), accepted)

    assert (told, body["title"], body["detail"]) == (language, title, detail)
    assert body["code"] == "amount_out_of_range" and body["type"].endswith("/amount_out_of_range")
    assert body["errors"] == [{"pointer": "/amount/minor", "code": "amount_out_of_range", "detail": detail}]


def test_codes_are_told_as_words_and_stay_as_a_member() -> None:
    refusal = Refused("consent_missing", "This step needs your consent: {purposes}.", purposes=("marketing", "other"))

    assert answered(refusal)[0]["detail"] == "This step needs your consent: marketing, other."
    assert answered(refusal, "zh")[0]["detail"] == "此步骤需要您同意：营销信息、other。"


def test_what_is_not_translated_is_told_by_its_title() -> None:
    body, told = answered(Malformed("body_not_json", "The body is not JSON: Expecting value at character 7."), "hi")

    assert told == "hi" and body["detail"] == body["title"] == translated(CATALOGUE["body_not_json"], "hi")


@pytest.mark.parametrize("path", ["/v1/desk/waivers", "/local/v1/desk/cases/case_1/contacts"])
def test_staff_are_answered_in_english(path: str) -> None:
    body, told = answered(too_much(), "hi", path)

    assert told == "en" and body["title"] == CATALOGUE["amount_out_of_range"]

"""Refusals as `application/problem+json` (RFC 9457), and the only place that knows their HTTP numbers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.sentences import preferred, said, translated
from shared.domain.errors import CATALOGUE, Conflict, DomainError, Malformed, NotFound, Refused, Unavailable

STATUS: dict[type[DomainError], int] = {Malformed: 400, NotFound: 404, Conflict: 409, Refused: 422, Unavailable: 503}
# Codes whose number is not that of their kind.
STATUS_OF_CODE = {
    "invalid_request": 422,
    "body_too_large": 413,
    "content_type_unsupported": 415,
    "not_signed_in": 401,
    "wrong_token": 401,
    "device_proof_missing": 401,
    "device_proof_invalid": 401,
    "device_proof_untimely": 401,
    "device_other": 401,
    "signature_invalid": 401,
    "role_missing": 403,
    "own_approval": 403,
    "code_wrong": 401,
    "provider_sign_in_failed": 401,
    "provider_not_linked": 409,
    "provider_linked": 409,
    "too_many_attempts": 429,
    "kfs_stale": 409,
    "figures_stale": 409,
    "internal_error": 500,
}
RETRYABLE = {"request_in_flight", "temporarily_unavailable", "too_many_attempts"}
TYPES = "https://minnow.dev/problems/"
CONTENT_TYPE = "application/problem+json"

STAFF = "/v1/desk"

Errors = Sequence[Mapping[str, str]]


def status_of(refusal: DomainError) -> int:
    if refusal.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[refusal.code]
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def problem(refusal: DomainError, event: Mapping[str, Any], errors: Errors = ()) -> dict[str, Any]:
    """The answer to the HTTP API: our code, the fields at fault, and whether the same may simply be sent again.

    `title` and `detail` are in the language that the request asks for. What is said to an app's developer is not
    translated: then the detail of a problem in another language is its title.
    """
    language = _language(event)
    title = said(CATALOGUE[refusal.code], {}, language)
    is_written = language == "en" or translated(refusal.detail, language) is not None
    detail = said(refusal.detail, refusal.facts, language) if is_written else title
    if refusal.pointer and not errors:
        errors = [{"pointer": refusal.pointer, "code": refusal.code, "detail": detail}]
    status = status_of(refusal)
    body = {
        "type": f"{TYPES}{refusal.code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": event["rawPath"],
        "code": refusal.code,
        "errors": list(errors),
        "request_id": event["requestContext"]["requestId"],
        "retryable": refusal.code in RETRYABLE,
        **refusal.members,
    }
    headers = {"content-type": CONTENT_TYPE, "content-language": language}
    if body["retryable"]:
        headers["retry-after"] = "1"
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, ensure_ascii=False)}


def _language(event: Mapping[str, Any]) -> str:
    """That of the request's `Accept-Language`; staff are answered in English."""
    accepted = event["headers"].get("accept-language", "")
    return "en" if f"{STAFF}/" in event["rawPath"] else preferred(accepted)


def invalid(errors: Sequence[Mapping[str, Any]]) -> tuple[DomainError, Errors]:
    """What pydantic found wrong, as one refusal and a list of pointers; the values themselves are never repeated."""
    found = [
        {"pointer": _pointer(error["loc"]), "code": str(error["type"]), "detail": str(error.get("msg", ""))}
        for error in errors
    ]
    first = found[0]
    sentence = f"{first['pointer'] or 'The request'}: {first['detail'] or first['code']}."
    return Malformed("invalid_request", sentence, first["pointer"] or None), found


def _pointer(location: Sequence[Any]) -> str:
    """`("body", "amount", "minor")` → `/amount/minor`; a path or query parameter keeps its place's name."""
    steps = location[1:] if location and location[0] == "body" else location
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)

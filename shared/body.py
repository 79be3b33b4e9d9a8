"""The body of a request, read before anything else sees it: bounded, strict UTF-8, strict JSON.

The resolver's own parser answers 500 to a number of 5,000 digits, to very deep nesting and to bad UTF-8,
and it takes the last of two equal keys without a word.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from shared.domain.errors import Malformed

LARGEST_BYTES = 64 * 1024
DEEPEST = 32
MOST_DIGITS = 30


def parsed_body(event: Mapping[str, Any]) -> Any:
    """The JSON body of an HTTP API event, or None when there is none. Raises `Malformed`."""
    raw = raw_body(event)
    if not raw:
        return None
    content_type = event["headers"].get("content-type", "").split(";")[0].strip().lower()
    if content_type != "application/json":
        raise Malformed("content_type_unsupported", "Send the body as application/json.")
    return parse(raw)


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The body's bytes as they came, at most 64 KB."""
    text = event.get("body") or ""
    if len(text) > 2 * LARGEST_BYTES:
        raise Malformed("body_too_large", "A body has at most 64 KB.")
    try:
        raw = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Malformed("body_not_utf8", "The body is not valid UTF-8.") from error
    if len(raw) > LARGEST_BYTES:
        raise Malformed("body_too_large", "A body has at most 64 KB.")
    return raw


def parse(raw: bytes) -> dict[str, Any]:
    """The object that the bytes hold. Raises `Malformed` for anything that is not one plain JSON object."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("body_not_utf8", "The body is not valid UTF-8.") from error
    if _depth(text) > DEEPEST:
        raise Malformed("body_too_deep", f"The body is nested more than {DEEPEST} levels deep.")
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_not_a_number,
            parse_int=_short_integer,
            parse_float=_short_float,
        )
    except json.JSONDecodeError as error:
        raise Malformed("body_not_json", f"The body is not JSON: {error.msg} at character {error.pos}.") from error
    if not isinstance(parsed, dict):
        raise Malformed("body_not_json", "The body must be a JSON object.")
    return parsed


def _depth(text: str) -> int:
    """How deep brackets nest, counting those inside strings too: an upper bound that needs no parser."""
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("duplicate_key", "The body names a key twice.")
    return made


def _not_a_number(text: str) -> Any:
    raise Malformed("number_out_of_range", f"{text} is not a JSON number.")


def _short_integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise Malformed("number_out_of_range", f"A number has at most {MOST_DIGITS} digits.")
    return int(text)


def _short_float(text: str) -> float:
    number = float(text) if len(text) <= MOST_DIGITS else float("inf")
    if number in (float("inf"), float("-inf")):
        raise Malformed("number_out_of_range", "The number is too large or too precise.")
    return number

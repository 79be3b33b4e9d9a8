"""Bodies that must be refused, made from those that would be taken."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Path = tuple[str, ...]
Case = tuple[str, bytes, dict[str, str]]

LONGER = {"kind": "longer_tenor", "instalments": 3}
# A body for each route that takes one, as an app would send it.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/quotes"): {"market": "in", "amount": {"minor": 2_000_000, "currency": "INR"}, "tenor_months": 12},
    ("POST", "/v1/sign-ins"): {"phone": "+919876599998", "market": "in"},
    ("POST", "/v1/sessions"): {"phone": "+919876599998", "session": "s" * 40, "code": "123456"},
    ("POST", "/v1/sessions/refresh"): {"refresh_token": "r" * 40},
    ("POST", "/v1/sign-ins/provider"): {"provider": "mi"},
    ("POST", "/v1/sessions/provider"): {"provider": "mi", "session": "s" * 43, "code": "from-the-provider"},
    ("PUT", "/v1/me/sign-in-providers/mi"): {"session": "s" * 43, "code": "from-the-provider"},
    ("PUT", "/v1/me/consents/marketing"): {"version": "1", "language": "en"},
    ("PUT", "/v1/me/profile"): {
        "name": "Asha Verma",
        "birth_date": "1994-06-15",
        "pan": "ABCPV1234D",
        "address": {"line": "14 Lake Road", "city": "Pune", "state": "MH", "postal_code": "411001"},
        "monthly_income": {"minor": 4_500_000, "currency": "INR"},
        "monthly_obligations": {"minor": 300_000, "currency": "INR"},
        "employment": "salaried",
        "months_employed": 48,
    },
    ("PUT", "/v1/me/bank-account"): {
        "holder_name": "Asha Verma",
        "account_number": "50100123456789",
        "ifsc": "HDFC0000001",
    },
    ("POST", "/v1/me/bank-account/check"): {},
    ("PUT", "/v1/me/phone-change"): {"phone": "+919876599997"},
    ("POST", "/v1/me/phone-change/code"): {"phone": "+919876599997"},
    ("POST", "/v1/me/phone-change/confirmation"): {"phone": "+919876599997", "code": "123456"},
    ("PUT", "/v1/me/erasure"): {"confirm": "erase"},
    ("POST", "/v1/me/documents"): {"kind": "pan_card", "content_type": "image/png", "size_bytes": 20_000},
    ("POST", "/v1/me/credit-file/disputes"): {"loan_id": f"loan_{'0' * 26}", "reason": "paid_already"},
    ("PUT", "/v1/me/contact-wishes"): {"opt_outs": [{"purpose": "reminder"}], "do_not_contact": ["2026-12-24"]},
    ("POST", "/v1/me/devices"): {"platform": "android", "token": "token-of-a-device-0001"},
    ("POST", "/v1/applications"): {
        "amount": {"minor": 2_000_000, "currency": "INR"},
        "tenor_months": 12,
        "purpose": "cash",
    },
    ("POST", "/v1/applications/{application_id}/review"): {"reason": "My new job began this week."},
    ("POST", "/v1/applications/{application_id}/acceptance"): {"offer_id": "off_01J", "kfs_hash": "0" * 64},
    ("POST", "/v1/checkouts"): {
        "merchant_id": "lotus",
        "order_id": "CORPUS-1",
        "amount": {"minor": 600_000, "currency": "INR"},
        "tenor_months": 6,
    },
    ("POST", "/v1/checkouts/{checkout_id}/confirmation"): {"offer_id": "off_01J", "kfs_hash": "0" * 64},
    ("POST", "/v1/loans/{loan_id}/disbursement"): {},
    ("POST", "/v1/loans/{loan_id}/cancellation"): {},
    ("POST", "/v1/loans/{loan_id}/waivers"): {"reason": "illness"},
    ("POST", "/v1/loans/{loan_id}/what-if"): {"changes": [{"change": "skip", "number": 1}]},
    ("POST", "/v1/loans/{loan_id}/plans"): {"choice": LONGER, "reason": "lower_income"},
    ("POST", "/v1/loans/{loan_id}/plans/preview"): {"choice": LONGER},
    ("POST", "/v1/loans/{loan_id}/plans/{plan_id}/answer"): {"decision": "agreed"},
    ("POST", "/v1/loans/{loan_id}/settlements/{settlement_id}/answer"): {"decision": "declined"},
    ("POST", "/v1/loans/{loan_id}/mandate"): {"limit": {"minor": 500_000, "currency": "INR"}},
    ("POST", "/v1/loans/{loan_id}/repayments"): {
        "amount": {"minor": 10_000, "currency": "INR"},
        "purpose": "instalment",
        "method": "upi",
    },
}
FIVE_THOUSAND_DIGITS = "9" * 5_000
NOT_WHOLE_NUMBERS = ('"5"', "true", "1.0", "1e2", "null", "[]", "{}", "-1", "1e400", "NaN", FIVE_THOUSAND_DIGITS)
NOT_AMOUNTS = ("0", "99999999999999", "9007199254740993000")
NOT_TEXTS = ("5", "true", "null", "[]", "{}", '""', f'"{"x" * 5_000}"', r'"\u0000"', r'"\ud800"')
NOT_LISTS = ("5", "true", "null", "{}", '""', "[5]", "[null]", "[[]]", '[{"purpose": "holiday"}]', '["2026-02-30"]')
# What the fields of one name must not hold.
NOT_THESE = {
    "currency": ('"CNY"', '"EUR"', '"inr"'),
    "tenor_months": ("0", "1", "2", "37", "600", "601"),
    "market": ('"us"', '"IN"', '"india"'),
    "pan": ('"ABCP1234D"', '"abcpv12345"', '"1234567890"', '"ABCXV1234D"'),
    "ifsc": ('"HDFC1000001"', '"HDFC"', '"0000HDFC001"', '"ZZZZ0000000"'),
    "account_number": ('"12"', '"12345678901234567890123"', '"5010 0123"', '"ABCDEF"'),
    "birth_date": ('"1994-02-30"', '"15-06-1994"', '"2026-01-01"', '"1890-01-01"', "20000101"),
    "phone": ('"123"', '"+14155550100"', '"+910000000000"', '"+9198765432101234"'),
    "purpose": ('"holiday"',),
    "method": ('"cash"',),
    "kind": ('"selfie"',),
    "content_type": ('"text/html"', '"image/svg+xml"'),
    "size_bytes": ("0", "999999999"),
    "employment": ('"astronaut"',),
    "name": ('"<script>alert(1)</script>"', r'"Asha\u202eVerma"'),
    "holder_name": ('"<script>alert(1)</script>"',),
}
BROKEN: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("white space", b"   "),
    ("cut off", b'{"amount": {"minor": 1'),
    ("a list", b"[]"),
    ("a number", b"5"),
    ("null", b"null"),
    ("text", b'"x"'),
    ("two objects", b"{}{}"),
    ("single quotes", b"{'amount': 1}"),
    ("bad UTF-8", b'{"a": "\xff\xfe"}'),
    ("UTF-16", '{"a": 1}'.encode("utf-16")),
    ("byte order mark", b'\xef\xbb\xbf{"a": 1}'),
    ("deep", b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
    ("deep, never closed", b'{"a":' + b"[" * 50_000),
    ("a key twice", b'{"amount": 1, "amount": 2}'),
    ("over 64 KB", b'{"a": "' + b"x" * 70_000 + b'"}'),
    ("a long number", b'{"a": ' + FIVE_THOUSAND_DIGITS.encode() + b"}"),
)


def cases(body: dict[str, Any]) -> Iterator[Case]:
    """A label, the bytes, and the headers of each request that must be refused."""
    for label, raw in BROKEN:
        # A body that may be empty says nothing wrong when nothing is sent.
        if body or label not in ("nothing", "white space"):
            yield label, raw, {}
    good = json.dumps(body).encode()
    for content_type in (
        *("text/plain", "application/x-www-form-urlencoded", "application/xml"),
        *("application/problem+json", "multipart/form-data"),
    ):
        yield content_type, good, {"content-type": content_type}
    yield "gzip", b"\x1f\x8b\x08\x00" + good, {"content-encoding": "gzip"}
    for path, value in _leaves(body):
        yield from _wrong_leaf(body, path, value)
    for path in _objects(body):
        yield f"{'/'.join(path)} has an unknown field", _with(body, (*path, "is_admin"), "true"), {}


def _wrong_leaf(body: dict[str, Any], path: Path, value: Any) -> Iterator[Case]:
    where, last = "/".join(path), path[-1]
    wrong = NOT_WHOLE_NUMBERS if isinstance(value, int) else NOT_LISTS if isinstance(value, list) else NOT_TEXTS
    if last == "minor" and path[0] != "monthly_obligations":
        wrong = (*wrong, *NOT_AMOUNTS)
    for text in (*wrong, *NOT_THESE.get(last, ())):
        yield f"{where} is {text[:24]}", _with(body, path, text), {}
    yield f"{where} is missing", _without(body, path), {}


def _leaves(body: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in body.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _objects(body: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    yield path
    for name, value in body.items():
        if isinstance(value, dict):
            yield from _objects(value, (*path, name))


def _with(body: dict[str, Any], path: Path, text: str) -> bytes:
    """The body with JSON text at a path, exactly as written: a number keeps its digits."""
    made, mark = deepcopy(body), "\x01here\x01"
    _parent(made, path)[path[-1]] = mark
    return json.dumps(made).replace(json.dumps(mark), text).encode()


def _without(body: dict[str, Any], path: Path) -> bytes:
    made = deepcopy(body)
    del _parent(made, path)[path[-1]]
    return json.dumps(made).encode()


def _parent(body: dict[str, Any], path: Path) -> dict[str, Any]:
    for name in path[:-1]:
        body = body[name]
    return body

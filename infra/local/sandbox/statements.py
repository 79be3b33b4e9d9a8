"""Statements of the sandbox's rail and lender: an account's lines of a day, and faults that they are told to have.

`POST /sandbox/statements {"omit": […], "double": […], "alter": {"<id>": <minor>}, "late": ["<date>", …]}`: ids of
payouts and payments that are left out, that are there twice, or with another amount, and days that are not there yet.
It holds until the next.
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

from infra.local.sandbox import refunds
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer

PARTNERS = json.loads(Path(__file__).with_name("partners.json").read_text())
# Lines of one page, few enough that a test has more than one.
PAGE = 20
KEPT = ("omit", "double", "alter", "late")


def of_rail(memory: Memory, account: str, on: str) -> list[dict[str, Any]]:
    """What the rail moved from and to an account on a day."""
    lines = []
    for payout in memory.every("payout"):
        known_as, amount = payout["reference"], payout["order"]["amount"]
        if payout["order"]["from_account"] != account:
            continue
        if payout.get("settled_on") == on:
            lines.append(_line(known_as, "payout", "out", amount, on, known_as))
        if payout.get("returned_on") == on:
            lines.append(_line(known_as, "payout_return", "in", amount, on, known_as))
    for refund in memory.every("refund"):
        known_as, amount, reference = (refund[name] for name in ("refund_id", "amount", "reference"))
        if refund["account"] == account and refund["received_on"] == on:
            lines.append(_line(known_as, "merchant_refund", "in", amount, on, reference))
        if refund["account"] == account and refund.get("returned_on") == on:
            lines.append(_line(known_as, "merchant_refund_return", "out", amount, on, reference))
    for refund in memory.every(refunds.KIND):
        order, came = refund["order"], refunds.came(memory, refund["order"]) or {}
        if _account(came) == account and refund.get("settled_on") == on:
            lines.append(_line(refund["reference"], "payment_refund", "out", order["amount"], on, refund["reference"]))
    for payment in memory.every("payment"):
        known_as, amount, reference = (payment[name] for name in ("payment_id", "amount", "reference"))
        if _account(payment) != account:
            continue
        if payment["received_on"] == on:
            lines.append(_line(known_as, "payment", "in", amount, on, reference))
        if payment.get("returned_on") == on:
            lines.append(_line(known_as, "payment_return", "out", amount, on, reference))
    return lines


def answer(memory: Memory, lines: list[dict[str, Any]] | None, account: str, on: str, page: int) -> Answer:
    """A page of the statement, with the faults that it was told to have."""
    faults = memory.get("statements", "faults") or {}
    if lines is None or on in faults.get("late", ()):
        return Answer(404, {"code": "not_found"})
    told = []
    for line in lines:
        if line["id"] in faults.get("omit", ()):
            continue
        altered = faults.get("alter", {}).get(line["id"], line["amount"]["minor"])
        line = {**line, "amount": {**line["amount"], "minor": altered}}
        told += [line, line] if line["id"] in faults.get("double", ()) else [line]
    start = (page - 1) * PAGE
    then = page + 1 if len(told) > start + PAGE else None
    return Answer(200, {"account": account, "on": on, "lines": told[start : start + PAGE], "next": then})


def told(memory: Memory, body: dict[str, Any]) -> Answer:
    """Keeps the faults; none are told by an empty body."""
    unknown = sorted(body.keys() - set(KEPT))
    if unknown:
        return Answer(422, {"unknown": unknown, "known": list(KEPT)})
    memory.put("statements", "faults", body)
    return Answer(200, body)


def market_of(account: str) -> str | None:
    """The market of the lender whose account it is."""
    return next((each["market"] for each in PARTNERS if each["settlement_account"] == account), None)


def asked_of(rail_url: str, account: str, on: str) -> list[dict[str, Any]] | None:
    """What the rail really moved, for a lender who has the same from his bank; None when the rail does not answer."""
    try:
        with urllib.request.urlopen(f"{rail_url}/sandbox/statements/{account}/{on}", timeout=5) as reply:
            lines: list[dict[str, Any]] = json.loads(reply.read())["lines"]
            return lines
    except OSError:
        return None


def _account(payment: dict[str, Any]) -> str | None:
    """A payment comes into the account that it names, or that of the payment address that it names; what a merchant
    gives back into the one that he was paid from."""
    accounts = {each["payee_vpa"]: each["settlement_account"] for each in PARTNERS}
    return payment.get("account") or payment.get("to_account") or accounts.get(payment.get("payee_vpa"))


def _line(known_as: str, kind: str, direction: str, amount: Any, on: str, reference: str) -> dict[str, Any]:
    said = {"id": known_as, "kind": kind, "direction": direction, "amount": amount, "on": on}
    return {**said, "reference": reference}

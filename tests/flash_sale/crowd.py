"""Those who are there when the sale begins, each with several devices, and how a shopper at one of them behaves."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import urllib3

from infra.local.client import Call, Client

# An answer that is not there after so long is taken for lost; the call is made again under its key.
IMPATIENT_SECONDS = 0.03
TRIES = 60
PAUSE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Plan:
    """What one device does: the order that it wants, and whether its shopper goes through with it.

    `then`: `confirm`, `leave` without a word, or `release`. `loses` are the calls whose first answer is lost.
    """

    number: int
    buyer: int
    order_id: str
    then: str
    loses: frozenset[str]


@dataclass(frozen=True, slots=True)
class End:
    """`how`: confirmed, refused, left or unsure; `code` is why it was refused."""

    plan: Plan
    how: str
    code: str = ""
    loan_id: str = ""
    payout_id: str = ""
    seconds: float = 0


def plans(checkouts: int, buyers: int, chance: Random) -> list[Plan]:
    """Every buyer has as many devices as there are checkouts for each; every twentieth order is wanted by two."""
    made = []
    for number in range(checkouts):
        then = chance.choices(("confirm", "leave", "release"), (90, 6, 4))[0]
        loses = frozenset(call for call in ("reserve", "confirm") if chance.random() < 0.15)
        # The shopper before, who is another buyer, wants the same.
        order_id = f"SALE-{number - 1 if number % 20 == 1 else number}"
        made.append(Plan(number, number % buyers, order_id, then, loses))
    return made


def shop(plan: Plan, client: Client, price: Mapping[str, Any]) -> End:
    """From the reservation to an answer that is certain."""
    began = time.monotonic()
    order = {"merchant_id": "lotus", "order_id": plan.order_id, "amount": price, "tenor_months": 6}
    reserved = _insisted(client, "/v1/checkouts", order, loses="reserve" in plan.loses)
    if not reserved.is_success:
        return _without(plan, reserved)
    checkout = reserved.body
    address = f"/v1/checkouts/{checkout['checkout_id']}"
    if plan.then == "release":
        client.send("DELETE", address)
    if plan.then != "confirm":
        return End(plan, "left")
    confirmed = _confirmed(client, address, checkout["matched"], loses="confirm" in plan.loses)
    if not confirmed.is_success:
        return _without(plan, confirmed)
    loan_id, payout_id = confirmed.body["loan_id"], confirmed.body["payout_id"]
    return End(plan, "confirmed", loan_id=loan_id, payout_id=payout_id, seconds=time.monotonic() - began)


def _confirmed(client: Client, address: str, offers: Sequence[Mapping[str, Any]], *, loses: bool) -> Call:
    """The best offer whose lender still has money."""
    for offer in offers:
        body = {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]}
        made = _insisted(client, f"{address}/confirmation", body, loses=loses)
        if made.code != "lender_capacity":
            break
    return made


def _insisted(client: Client, path: str, body: Any, *, loses: bool) -> Call:
    """The same call under one key until its answer is one that stays."""
    key = str(uuid4())
    if loses:
        _lost(client, path, body, key)
    for number in range(TRIES):
        try:
            made = client.send("POST", path, body, key=key)
        except urllib3.exceptions.HTTPError:
            continue
        if not (made.status >= 500 or made.code == "request_in_flight"):
            return made
        time.sleep(PAUSE_SECONDS * (1 + number / 10))
    return made


def _lost(client: Client, path: str, body: Any, key: str) -> None:
    """The call is made, and nobody hears the answer: it may well still be under way when it is made again."""
    impatient = Client(client.api_url, client.token, device=client.device)
    impatient.pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=IMPATIENT_SECONDS))
    try:
        impatient.send("POST", path, body, key=key)
    except urllib3.exceptions.HTTPError:
        """As it was meant."""


def _without(plan: Plan, made: Call) -> End:
    """A refusal is certain; anything else is not."""
    return End(plan, "refused" if made.status == 422 else "unsure", made.code or str(made.status))

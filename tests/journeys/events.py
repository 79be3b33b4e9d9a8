"""Messages in the rail's name, well made or forged."""

import json
from typing import Any

from infra.local.client import Call, Client
from infra.local.outside import Outside
from infra.local.sandbox import RAILS
from infra.local.sandbox.signed import signature

# The rail that moves money, of each market.
NAMES = {rail["market"]: rail["rail"] for rail in RAILS.values()}


def send(outside: Outside, event_id: str, event: Any, *, secret: str | None = None, **headers: str) -> Call:
    """An event as the rail of `outside`'s market signs it, or with another secret; `headers` replace those of
    the signature."""
    raw, path = json.dumps(event).encode(), f"/v1/rails/{NAMES[outside.market]}/events"
    signed = signature(secret or outside.services.rail_secrets[outside.market], event_id, raw)
    replaced = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(outside.outputs.api_url).send("POST", path, raw=raw, key="", headers={**signed, **replaced})


def received(reference: str, payment_id: str, minor: int, on: str, currency: str = "INR") -> dict[str, Any]:
    return {
        "type": "payment.received",
        "payment_id": payment_id,
        "reference": reference,
        "amount": {"minor": minor, "currency": currency},
        "received_on": on,
        "payer": "a***a@okbank",
    }

"""Messages in the rail's name, well made or forged."""

import json
from typing import Any

from infra.local.client import Call, Client
from infra.local.outside import Outside
from infra.local.sandbox.signed import signature

PATH = "/v1/rails/upi/events"


def send(outside: Outside, event_id: str, event: Any, *, secret: str | None = None, **headers: str) -> Call:
    """An event as the rail signs it, or with another secret; `headers` replace those of the signature."""
    raw = json.dumps(event).encode()
    signed = signature(secret or outside.services.rail_secrets["in"], event_id, raw)
    replaced = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(outside.outputs.api_url).send("POST", PATH, raw=raw, key="", headers={**signed, **replaced})


def received(reference: str, payment_id: str, minor: int, on: str, currency: str = "INR") -> dict[str, Any]:
    return {
        "type": "payment.received",
        "payment_id": payment_id,
        "reference": reference,
        "amount": {"minor": minor, "currency": currency},
        "received_on": on,
        "payer": "a***a@okbank",
    }

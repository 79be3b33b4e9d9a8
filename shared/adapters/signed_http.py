"""HTTP to a declared address whose messages carry a signature over their bytes (Standard Webhooks)."""

import json
import urllib.error
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from standardwebhooks.webhooks import Webhook

from shared.adapters.addresses import Addresses
from shared.adapters.exchange import LARGEST_ANSWER, Reply, ask


def call(
    verb: str,
    url: str,
    webhook: Webhook,
    message: str,
    body: Any,
    patience: float,
    addresses: Addresses,
    largest: int = LARGEST_ANSWER,
) -> Reply:
    """The answer to a signed message; one without a body signs an empty one. `patience` is for all of it, in seconds.

    Raises `urllib.error.HTTPError` for a refusal; `OSError`, `ValueError` or `http.client.HTTPException` when nobody
    answered, not in time, or too much, and where the address leads to our own network.
    """
    at = datetime.now(UTC)
    text = "" if body is None else json.dumps(body, separators=(",", ":"))
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign(message, at, text),
    }
    status, raw, received = ask(verb, url, headers, text.encode(), patience, addresses, largest)
    if status >= 300:
        raise urllib.error.HTTPError(url, status, "refused", Message(), None)
    return status, raw, received

"""HTTP to a declared address whose messages carry a signature over their bytes (Standard Webhooks)."""

import json
import logging
import urllib.error
import urllib.request
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from standardwebhooks.webhooks import Webhook

from shared.adapters.addresses import Addresses
from shared.adapters.exchange import LARGEST_ANSWER, Reply, exchange
from shared.domain.errors import Refused

logger = logging.getLogger(__name__)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address is a declared setting; nobody else may move it."""

    def redirect_request(self, *_: Any) -> None:
        return None


opener = urllib.request.build_opener(_NoRedirect)


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
    try:
        parts, machine = addresses.guarded(url)
    except Refused as refusal:
        # What an operator stored is wrong, or its name leads elsewhere by now: to its callers nobody is there.
        logger.error("address_forbidden %s", refusal.detail)
        raise ConnectionRefusedError(refusal.detail) from refusal
    at = datetime.now(UTC)
    text = "" if body is None else json.dumps(body, separators=(",", ":"))
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign(message, at, text),
    }
    status, raw, received = exchange(verb, parts, headers, text.encode(), patience, machine, largest)
    if status >= 300:
        raise urllib.error.HTTPError(url, status, "refused", Message(), None)
    return status, raw, received

"""HTTP to a declared address whose messages carry a signature over their bytes (Standard Webhooks)."""

import json
import urllib.request
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

LARGEST_ANSWER = 16 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The address is a declared setting; nobody else may move it."""

    def redirect_request(self, *_: Any) -> None:
        return None


opener = urllib.request.build_opener(_NoRedirect)


# Status, bytes, and headers with their names in lower case.
Reply = tuple[int, bytes, dict[str, str]]


def call(verb: str, url: str, webhook: Webhook, message: str, body: Any, patience: float) -> Reply:
    """The answer to a signed message; one without a body signs an empty one.

    Raises `urllib.error.HTTPError` for a refusal, `OSError` or `http.client.HTTPException` when nobody answered.
    """
    at = datetime.now(UTC)
    text = "" if body is None else json.dumps(body, separators=(",", ":"))
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign(message, at, text),
    }
    asked = urllib.request.Request(url, text.encode() if text else None, headers, method=verb)
    with opener.open(asked, timeout=patience) as reply:
        raw: bytes = reply.read(LARGEST_ANSWER)
        return reply.status, raw, {name.lower(): value for name, value in reply.headers.items()}

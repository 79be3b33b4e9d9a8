"""Webhooks to partners: events signed over their bytes (Standard Webhooks), to addresses that were judged.

A partner has one secret, or for a while several: each message then carries a signature of each, so that the partner
changes over when it likes. https://github.com/standard-webhooks/standard-webhooks
"""

import http.client
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters.addresses import Addresses
from shared.adapters.exchange import exchange
from shared.domain.errors import Malformed, Refused
from shared.domain.partner_events import Delivery

PATIENCE_SECONDS = 3
# A secret that an operator added is used after so long at the latest.
KEPT_SECONDS = 300
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """`parameters` is the prefix under which each partner's secrets lie, the newest first, divided by spaces."""

    ssm: Any
    parameters: str
    addresses: Addresses

    def send(self, url: str, delivery: Delivery) -> int | None:
        """The status that the partner's endpoint answered; None when nobody did, or when nothing may be sent there."""
        body = json.dumps(delivery.event, separators=(",", ":"), ensure_ascii=False)
        try:
            headers = self._signed(delivery.partner_id, delivery.event_id, body)
            parts, machine = self.addresses.guarded(url)
            status, _, _ = exchange("POST", parts, headers, body.encode(), PATIENCE_SECONDS, machine)
        except Refused as refusal:
            # Its name led elsewhere when it was stored.
            logger.error("webhook_address_forbidden %s %s", delivery.partner_id, refusal.detail)
            return None
        except (OSError, ValueError, http.client.HTTPException, ClientError) as error:
            logger.warning("webhook_no_answer %s %s", delivery.partner_id, type(error).__name__)
            return None
        return status

    def verify(self, partner_id: str, raw: bytes, headers: Mapping[str, str]) -> None:
        """That the partner signed the message within the last five minutes. Raises `Malformed`."""
        try:
            if not any(_fits(secret, raw, headers) for secret in self._secrets(partner_id)):
                raise _false()
        except ClientError as error:
            raise _false() from error

    def _signed(self, partner_id: str, event_id: str, body: str) -> dict[str, str]:
        at = datetime.now(UTC)
        return {
            "content-type": "application/cloudevents+json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(
                Webhook(secret).sign(event_id, at, body) for secret in self._secrets(partner_id)
            ),
        }

    def _secrets(self, partner_id: str) -> tuple[str, ...]:
        name = f"{self.parameters}/partner/{partner_id}/webhook_secrets"
        return _read(self.ssm, name, int(time.monotonic() // KEPT_SECONDS))


def _fits(secret: str, raw: bytes, headers: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(raw, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def _false() -> Malformed:
    return Malformed("signature_invalid", "The message's signature does not fit.")


@lru_cache(maxsize=256)
def _read(ssm: Any, name: str, period: int) -> tuple[str, ...]:
    return tuple(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"].split())

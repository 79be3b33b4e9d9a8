"""Partners that price each case are asked over signed HTTP (Standard Webhooks), all at once, and never waited for long.

A bad, late or unsigned answer is no answer: the application goes on without that partner.
"""

import http.client
import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from botocore.exceptions import ClientError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters import signed_http
from shared.adapters.parameters import parameter
from shared.adapters.table import plain
from shared.domain.offers import Ask, Price

PATIENCE_SECONDS = 2
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pricing:
    """`parameters` is the prefix under which the address and the secret of each partner lie."""

    ssm: Any
    parameters: str

    def prices(self, asks: Sequence[Ask]) -> dict[str, Price]:
        """The prices by partner id. Who gave no answer is absent."""
        if not asks:
            return {}
        with ThreadPoolExecutor(max_workers=len(asks)) as threads:
            found = zip(asks, threads.map(self._price, asks), strict=True)
            return {ask.partner_id: price for ask, price in found if price is not None}

    def _price(self, ask: Ask) -> Price | None:
        try:
            url, secret = (self._parameter(ask.partner_id, name) for name in ("url", "secret"))
            return price_in(answer(url, secret, ask))
        except (WebhookVerificationError, ValueError, OSError, http.client.HTTPException, ClientError) as error:
            # The operator sees which partner was silent; the borrower sees that it gave no answer.
            logger.warning("partner_no_answer %s %s", ask.partner_id, type(error).__name__)
            return None

    def _parameter(self, partner_id: str, name: str) -> str:
        return parameter(self.ssm, f"{self.parameters}/partner/{partner_id}/{name}")


def answer(url: str, secret: str, ask: Ask) -> bytes:
    """The verified bytes of the answer. It carries the question's id, so that no older answer can stand in for it.

    Raises `WebhookVerificationError`, `ValueError` or `OSError`.
    """
    webhook, message = Webhook(secret), f"{ask.application_id}.{ask.partner_id}"
    _, raw, received = signed_http.call("POST", url, webhook, message, plain(ask), PATIENCE_SECONDS)
    webhook.verify(raw, received, json_parse=False)
    if received["webhook-id"] != message:
        raise WebhookVerificationError("the answer is to another question")
    return raw


def price_in(raw: bytes) -> Price:
    """The price that the bytes state. Raises `ValueError` for anything else."""
    try:
        found = json.loads(raw)
        product_id, annual_rate = found["product_id"], found["annual_rate"]
        if not isinstance(product_id, str) or not isinstance(annual_rate, str):
            raise ValueError("a price is two strings")
        rate = Decimal(annual_rate)
    except (KeyError, TypeError, InvalidOperation, RecursionError) as error:
        raise ValueError("the answer is not a price") from error
    if not rate.is_finite():
        raise ValueError("the rate is not a number")
    return Price(product_id, rate)

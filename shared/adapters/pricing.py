"""Partners that price each case are asked over signed HTTP (Standard Webhooks), all at once, and never waited for long.

A bad, late or unsigned answer is no answer: the application goes on without that partner.
"""

import http.client
import json
import logging
import urllib.error
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from botocore.exceptions import ClientError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters import signed_http
from shared.adapters.addresses import PUBLIC, Addresses
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
    addresses: Addresses = PUBLIC

    def prices(self, asks: Sequence[Ask]) -> dict[str, Price | str]:
        """By partner id the price, or a word of `REASONS` where there is none."""
        if not asks:
            return {}
        with ThreadPoolExecutor(max_workers=len(asks)) as threads:
            return dict(zip((ask.partner_id for ask in asks), threads.map(self._price, asks), strict=True))

    def _price(self, ask: Ask) -> Price | str:
        try:
            url, secret = (self._parameter(ask.partner_id, name) for name in ("url", "secret"))
            return price_in(answer(url, secret, ask, self.addresses))
        except ClientError as error:
            reason, cause = "no_address", error.response["Error"]["Code"]
        except WebhookVerificationError as error:
            reason, cause = "signature_invalid", str(error)
        except urllib.error.HTTPError as error:
            reason, cause = "refused", str(error.code)
        except TimeoutError as error:
            reason, cause = "late", type(error).__name__
        except (OSError, http.client.HTTPException) as error:
            reason, cause = "unreachable", type(error).__name__
        except ValueError as error:
            reason, cause = "not_a_price", type(error).__name__
        # The operator sees which partner was silent and why; the borrower sees that it gave no answer.
        logger.warning("partner_no_answer %s %s %s", ask.partner_id, reason, cause)
        return reason

    def _parameter(self, partner_id: str, name: str) -> str:
        return parameter(self.ssm, f"{self.parameters}/partner/{partner_id}/{name}")


def answer(url: str, secret: str, ask: Ask, addresses: Addresses) -> bytes:
    """The verified bytes of the answer. It carries the question's id, so that no older answer can stand in for it.

    Raises `WebhookVerificationError`, `ValueError` or `OSError`.
    """
    webhook, message = Webhook(secret), f"{ask.application_id}.{ask.partner_id}"
    _, raw, received = signed_http.call("POST", url, webhook, message, plain(ask), PATIENCE_SECONDS, addresses)
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

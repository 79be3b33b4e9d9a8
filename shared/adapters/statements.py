"""Statements of an account and a day, as the rail and the partner each give one: signed HTTP (Standard Webhooks).

`GET <address>/{account}/{date}/{page}`, from 1 on, is answered with `{"account", "on", "lines": [{"id", "kind",
"direction": "in" | "out", "amount", "on", "reference"}], "next"}`; 404 while the day's statement is not there.
"""

import hashlib
import http.client
import logging
import urllib.error
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters import signed_http
from shared.adapters.addresses import PUBLIC, Addresses
from shared.adapters.parameters import parameter
from shared.domain.reconciliation import Line, Statement

PATIENCE_SECONDS = 5
LARGEST_PAGE = 1024 * 1024
MOST_PAGES = 10_000
logger = logging.getLogger(__name__)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Amount(_Part):
    minor: Annotated[int, Field(strict=True, gt=0, le=10**12)]
    currency: Annotated[str, Field(strict=True, min_length=3, max_length=3)]


class _Line(_Part):
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    kind: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]
    direction: Literal["in", "out"]
    amount: _Amount
    on: date
    reference: Annotated[str, Field(max_length=64)] | None = None

    def line(self) -> Line:
        minor = self.amount.minor if self.direction == "in" else -self.amount.minor
        return Line(f"{self.kind}.{self.id}", minor, self.on, self.reference)


class _Page(_Part):
    account: str
    on: date
    lines: tuple[_Line, ...]
    next: Annotated[int, Field(strict=True)] | None = None


@dataclass(frozen=True, slots=True)
class Statements:
    """`parameters` is the prefix under which each side's address (`statements`) and secret lie."""

    ssm: Any
    parameters: str
    addresses: Addresses = PUBLIC

    def of(self, side: str, account: str, on: date, currency: str) -> Statement | None:
        """That of `rail/upi` or `partner/<id>`; None when it is not there yet, or is no statement at all.

        One that is signed by somebody else, of another account, day or currency is none: the operator's log says so.
        """
        lines, digest, number = list[Line](), hashlib.sha256(), 1
        try:
            url, secret = (parameter(self.ssm, f"{self.parameters}/{side}/{name}") for name in ("statements", "secret"))
            while number <= MOST_PAGES:
                page, raw = _page(url, secret, account, on, number, self.addresses)
                if any(line.amount.currency != currency for line in page.lines):
                    raise ValueError("a line is of another currency")
                lines += [line.line() for line in page.lines]
                digest.update(raw)
                if page.next is None:
                    return Statement(account, on, tuple(lines), digest.hexdigest())
                number += 1
        except (WebhookVerificationError, ValueError, OSError, http.client.HTTPException, ClientError) as error:
            if not (isinstance(error, urllib.error.HTTPError) and error.code == 404):
                logger.warning("no_statement %s %s %s %s", side, account, on, type(error).__name__)
        return None


def _page(url: str, secret: str, account: str, on: date, number: int, addresses: Addresses) -> tuple[_Page, bytes]:
    """The answer bears the question's id, so that none to another question can stand in for it. Raises as `of` says."""
    webhook, message = Webhook(secret), f"statement.{account}.{on}.{number}"
    address = f"{url}/{account}/{on}/{number}"
    _, raw, received = signed_http.call(
        "GET", address, webhook, message, None, PATIENCE_SECONDS, addresses, LARGEST_PAGE
    )
    webhook.verify(raw, received, json_parse=False)
    if received["webhook-id"] != message:
        raise WebhookVerificationError("the answer is to another question")
    try:
        page = _Page.model_validate_json(raw)
    except ValidationError as error:
        raise ValueError("the answer is no statement") from error
    days = {page.on, *(line.on for line in page.lines)}
    if page.account != account or days != {on} or page.next not in (None, number + 1):
        raise ValueError("the statement is another one")
    return page, raw

"""A rail: the network that moves money, over HTTP signed both ways (Standard Webhooks). It knows payouts by our id."""

import http.client
import json
import re
import urllib.error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters import signed_http
from shared.adapters.addresses import PUBLIC, Addresses
from shared.adapters.parameters import parameter
from shared.adapters.table import plain
from shared.domain.arrivals import MERCHANT_REFUND, PAYMENT, arrival
from shared.domain.beneficiary import AtBank, Beneficiary
from shared.domain.errors import Malformed
from shared.domain.held import HeldPayment
from shared.domain.mandates import Mandate
from shared.domain.money import DIGITS, Money
from shared.domain.names import LONGEST_NAME
from shared.domain.payouts import Payout
from shared.domain.repayment_orders import RepaymentOrder

PATIENCE_SECONDS = 3
_ADDRESS = re.compile(r"https?://[!-~]{1,500}")


class NoAnswer(Exception):
    """The rail did not answer: what it did is not known, and it must be asked again by the same id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rail says of a payout: accepted, settled, failed or returned; refused when it did not take our call."""

    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DebitStanding:
    """What the rail says of a debit: accepted, settled by a payment, failed; refused when it did not take our call."""

    status: str
    reason: str | None = None
    payment: "PaymentNews | None" = None


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _News(_Message):
    """`rail` is the one that told it, by whose signature we know it; of what was kept before there were two, UPI."""

    rail: str = "upi"


class Amount(_Message):
    minor: Annotated[int, Field(strict=True, gt=0, le=10**12)]
    currency: Annotated[str, Field(strict=True)]

    def money(self) -> Money:
        if self.currency not in DIGITS:
            raise Malformed("invalid_request", "The currency is unknown.", "/amount/currency")
        return Money(self.minor, self.currency)


class PayoutNews(_News):
    type: Literal["payout.settled", "payout.failed", "payout.returned"]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    settled_on: date | None = None
    returned_on: date | None = None
    reason: Annotated[str, Field(max_length=200)] | None = None


class PaymentNews(_News):
    type: Literal["payment.received"]
    payment_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Amount
    received_on: date

    @property
    def arrival(self) -> str:
        return arrival(self.rail, PAYMENT, self.payment_id)


class ReturnNews(_News):
    """A payment that was received before did not stay: it bounced, or the payer's bank called it back.

    So may be what a merchant gave back: `payment_id` is then that refund's id, and `reference` what that named.
    """

    type: Literal["payment.returned"]
    payment_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    reference: Annotated[str, Field(min_length=1, max_length=64)]

    @property
    def arrival(self) -> str:
        return arrival(self.rail, PAYMENT, self.payment_id)

    @property
    def refund_arrival(self) -> str:
        """The name that it has if a merchant gave it back."""
        return arrival(self.rail, MERCHANT_REFUND, self.payment_id)


class MerchantRefundNews(_News):
    """A merchant gave back what he was paid, or a part: `reference` is the payout's, `refund_id` the rail's own."""

    type: Literal["refund.received"]
    refund_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Amount
    received_on: date

    @property
    def arrival(self) -> str:
        return arrival(self.rail, MERCHANT_REFUND, self.refund_id)


class RefundNews(_News):
    """What has become of money that was ordered back to the payment that it was."""

    type: Literal["refund.settled", "refund.failed"]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(max_length=200)] | None = None


class MandateNews(_News):
    """What has become of a mandate, by the id that its link bears."""

    type: Literal["mandate.pending", "mandate.active", "mandate.failed", "mandate.paused", "mandate.revoked"]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(max_length=200)] | None = None


class DebitNews(_News):
    """A debit did not come about. One that did is money received, under our order's id."""

    type: Literal["debit.failed"]
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]


News = PayoutNews | RefundNews | PaymentNews | ReturnNews | MerchantRefundNews | MandateNews | DebitNews
# The queue that each kind of news is worked off from.
TASKS = {
    "payout.settled": "payout",
    "payout.failed": "payout",
    "payout.returned": "payout",
    "payment.received": "payment",
    "payment.returned": "payment",
    "refund.received": "payment",
    "debit.failed": "payment",
    "refund.settled": "payout",
    "refund.failed": "payout",
    **dict.fromkeys(get_args(MandateNews.model_fields["type"].annotation), "payment"),
}
_news: TypeAdapter[News] = TypeAdapter(Annotated[News, Field(discriminator="type")])


def news(body: Any, rail: str) -> News:
    """What the rail tells. Raises `Malformed` for a message that makes no sense."""
    try:
        return _news.validate_python({**body, "rail": rail} if isinstance(body, dict) else body)
    except ValidationError as error:
        raise Malformed("invalid_request", "The message is not one that a rail sends.") from error


@dataclass(frozen=True, slots=True)
class Rail:
    """`name` says under which parameters its address and secret lie."""

    ssm: Any
    parameters: str
    name: str
    addresses: Addresses = PUBLIC

    def send(self, payout: Payout, beneficiary: Beneficiary) -> Standing:
        """Orders the payout. Sent twice, it is paid once, since the id is the same. Raises `NoAnswer`."""
        body = {
            "reference": payout.payout_id,
            "amount": plain(payout.amount),
            "from_account": payout.from_account,
            "beneficiary": plain(beneficiary),
        }
        if payout.purchase is not None:
            # What the merchant knows the money by.
            body["remark"] = payout.purchase.order_id
        status, answer = self._call("POST", "/payouts", payout.payout_id, body)
        return _standing(answer) if status == 202 else Standing("refused", f"refused by the rail ({status})")

    def ask(self, payout: Payout) -> Standing | None:
        """What became of it, or None when the rail never heard of it. Raises `NoAnswer`."""
        status, answer = self._call("GET", f"/payouts/{payout.payout_id}", payout.payout_id, None)
        return None if status == 404 else _standing(answer)

    def holder(self, reference: str, beneficiary: Beneficiary) -> AtBank:
        """Whose account it is, as its bank says when it is sent the smallest coin. Raises `NoAnswer`."""
        body = {"reference": reference, "beneficiary": plain(beneficiary)}
        status, answer = self._call("POST", "/account-checks", reference, body)
        if status == 404:
            return AtBank(None)
        if status != 200 or not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
            raise NoAnswer("not an account's holder")
        return AtBank(answer["name"][:LONGEST_NAME])

    def refund(self, held: HeldPayment) -> Standing:
        """Orders money back to the payment that it was. Sent twice, it goes back once. Raises `NoAnswer`."""
        body = {"reference": held.refund_id, f"of_{held.word}": held.payment_id, "amount": plain(held.amount)}
        status, answer = self._call("POST", "/refunds", held.refund_id, body)
        return _standing(answer) if status == 202 else Standing("refused", f"refused by the rail ({status})")

    def ask_refund(self, held: HeldPayment) -> Standing | None:
        """What became of it, or None when the rail never heard of it. Raises `NoAnswer`."""
        status, answer = self._call("GET", f"/refunds/{held.refund_id}", held.refund_id, None)
        return None if status == 404 else _standing(answer)

    def page(self, order: RepaymentOrder) -> str:
        """Where the rail takes a card for the order; asked again, another address may pay it too. Raises `NoAnswer`."""
        body = {"reference": order.repayment_id, "amount": plain(order.amount), "payee_vpa": order.payee_vpa}
        return self._page("/payment-pages", order.repayment_id, body)

    def agreement(self, mandate: Mandate) -> str:
        """Where the rail has the mandate signed; asked again, another address may do it too. Raises `NoAnswer`."""
        body = {"reference": mandate.mandate_id, "limit": plain(mandate.limit), "payee_vpa": mandate.payee_vpa}
        body |= {"valid_from": f"{mandate.valid_from}", "valid_until": f"{mandate.valid_until}"}
        return self._page("/agreements", mandate.mandate_id, body)

    def _page(self, path: str, message: str, body: dict[str, Any]) -> str:
        status, answer = self._call("POST", path, message, body)
        if status != 201 or not isinstance(answer, dict) or not _ADDRESS.fullmatch(str(answer.get("url"))):
            raise NoAnswer("not a page")
        return str(answer["url"])

    def debit(self, order: RepaymentOrder) -> DebitStanding:
        """Asks for the money of an order by its mandate. Asked twice, it is debited once. Raises `NoAnswer`."""
        body = {"reference": order.repayment_id, "mandate": order.mandate_id, "amount": plain(order.amount)}
        status, answer = self._call("POST", "/debits", order.repayment_id, body)
        return (
            self._debited(order, answer)
            if status == 202
            else DebitStanding("refused", f"refused by the rail ({status})")
        )

    def ask_debit(self, order: RepaymentOrder) -> DebitStanding | None:
        """What became of it, or None when the rail never heard of it. Raises `NoAnswer`."""
        status, answer = self._call("GET", f"/debits/{order.repayment_id}", order.repayment_id, None)
        return None if status == 404 else self._debited(order, answer)

    def revoke(self, mandate_id: str) -> None:
        """Nothing may be debited by it any more. One that the rail never saw cannot come by it. Raises `NoAnswer`."""
        status, _ = self._call("POST", f"/mandates/{mandate_id}/revocation", mandate_id, {})
        if status not in (200, 404):
            raise NoAnswer(str(status))

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> str:
        """The id of a message that this rail really signed within the last five minutes. Raises `Malformed`."""
        try:
            Webhook(self._parameter("secret")).verify(raw, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            raise Malformed("signature_invalid", "The message's signature does not fit.") from error
        return headers["webhook-id"]

    def _call(self, verb: str, path: str, message: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        webhook, url = Webhook(self._parameter("secret")), self._parameter("url") + path
        try:
            status, raw, _ = signed_http.call(verb, url, webhook, message, body, PATIENCE_SECONDS, self.addresses)
            return status, json.loads(raw)
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code in (408, 429):
                raise NoAnswer(str(error.code)) from error
            return error.code, None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error

    def _debited(self, order: RepaymentOrder, answer: Any) -> DebitStanding:
        """A debit that is settled comes with the payment that it became."""
        standing = _standing(answer)
        if standing.status != "settled":
            return DebitStanding("failed" if standing.status == "returned" else standing.status, standing.reason)
        told = {"type": "payment.received", "reference": order.repayment_id, "rail": self.name}
        try:
            return DebitStanding("settled", payment=PaymentNews.model_validate({**answer, **told}))
        except ValidationError as error:
            raise NoAnswer("not a payment") from error

    def _parameter(self, name: str) -> str:
        return parameter(self.ssm, f"{self.parameters}/rail/{self.name}/{name}")


# The rail of a name, which a market's pack gives.
Rails = Callable[[str], Rail]


def _standing(answer: Any) -> Standing:
    """Anything that is not one of the rail's words is no answer."""
    if not isinstance(answer, dict) or answer.get("status") not in ("accepted", "settled", "failed", "returned"):
        raise NoAnswer("not a standing")
    return Standing(answer["status"], answer.get("reason"))

"""`/v1/me/limit` and `/v1/checkouts`: pay for an order with a loan, in two calls: reserve and confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import wiring, wiring_lenders
from shared.application.confirm_checkout import confirm_checkout
from shared.application.make_offers import Lenders
from shared.application.reserve_checkout import Order, reserve_checkout
from shared.application.show_checkout import release_checkout, show_checkout
from shared.application.show_limit import show_limit
from shared.application.show_offers import OfferView, offer_view
from shared.application.word_decision import UnmatchedView, without_offer
from shared.device import bound
from shared.domain.checkouts import Checkout, state_at
from shared.domain.limits import LimitStanding
from shared.domain.loan import Loan
from shared.domain.market import Matching
from shared.domain.money import Money
from shared.domain.offers import Offer
from shared.runtime import caller, now, request, resolver, serve
from shared.schemas import Amount, Body, Hash, Months, Text

app = resolver()

CheckoutId = Annotated[str, Path(max_length=64)]
# Of a merchant's own making, and part of a key: no room for anything that says who somebody is.
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", strict=True)]


class CheckoutRequest(Body):
    """`order_id` is the merchant's own; `amount` is the whole price."""

    merchant_id: Reference
    order_id: Reference
    amount: Amount
    tenor_months: Months


class ConfirmationRequest(Body):
    """`kfs_hash` is that of the Key Facts Statement which the borrower has read."""

    offer_id: Text
    kfs_hash: Hash


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """`state`: reserved, confirmed, released, or expired once `reserved_until` is over. Lenders as for applications."""

    checkout_id: str
    state: str
    merchant_id: str
    merchant: str
    order_id: str
    amount: Money
    tenor_months: int
    reserved_until: datetime
    ranking: Matching
    matched: tuple[OfferView, ...]
    unmatched: tuple[UnmatchedView, ...]
    loan_id: str | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The loan, and the payout that is on its way to the merchant."""

    loan_id: str
    state: str
    partner_id: str
    payout_id: str | None
    sanctioned_at: datetime


@app.get("/v1/me/limit")
def limit() -> LimitStanding:
    return show_limit(caller(app), now(), loans=wiring.loans())


@app.post("/v1/checkouts", status_code=201)
def reserve(body: CheckoutRequest) -> CheckoutView:
    return reserve_checkout(
        wiring.new_id("checkout"),
        Order(body.merchant_id, body.order_id, body.amount.money(), body.tenor_months),
        now(),
        people=wiring.people(),
        lenders=Lenders(wiring.partners(), wiring_lenders.pricing(), wiring_lenders.healths()),
        loans=wiring.loans(),
        request=request(app, 201),
        view=_view,
    )


@app.get("/v1/checkouts/<checkout_id>")
def show(checkout_id: CheckoutId) -> CheckoutView:
    return _view(*show_checkout(checkout_id, caller(app), loans=wiring.loans()))


@app.delete("/v1/checkouts/<checkout_id>")
def release(checkout_id: CheckoutId) -> CheckoutView:
    return _view(*release_checkout(checkout_id, caller(app), now(), loans=wiring.loans()))


@app.post("/v1/checkouts/<checkout_id>/confirmation", status_code=201)
def confirm(checkout_id: CheckoutId, body: ConfirmationRequest) -> Confirmation:
    return confirm_checkout(
        checkout_id,
        body.offer_id,
        body.kfs_hash,
        wiring.new_id("loan"),
        wiring.new_id("pout"),
        now(),
        people=wiring.people(),
        loans=wiring.loans(),
        request=request(app, 201),
        view=_confirmation,
    )


def _view(checkout: Checkout, offers: Sequence[Offer]) -> CheckoutView:
    shown = CheckoutView.__dataclass_fields__.keys() - {"state", "matched", "unmatched"}
    return CheckoutView(
        state=state_at(checkout, now()),
        matched=tuple(offer_view(offer) for offer in offers),
        unmatched=without_offer(checkout.unmatched, checkout.language),
        **{name: getattr(checkout, name) for name in shown},
    )


def _confirmation(loan: Loan) -> Confirmation:
    return Confirmation(**{name: getattr(loan, name) for name in Confirmation.__dataclass_fields__})


handler = serve(app, bound)

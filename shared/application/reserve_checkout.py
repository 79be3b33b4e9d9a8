"""Reserve an order: a part of the borrower's limit is held for some minutes, with the offers of every lender."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from shared.adapters.checkouts import Checkouts
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.loans import Loans
from shared.adapters.merchants import Merchants
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.application.again import once
from shared.application.make_offers import Lenders
from shared.application.show_limit import Taken, taken
from shared.domain import checkouts as orders
from shared.domain import limits
from shared.domain.applications import require_ready
from shared.domain.borrowers import Borrower
from shared.domain.calendar import business_date
from shared.domain.checkouts import Checkout, Claim
from shared.domain.contract import Purchase
from shared.domain.errors import Refused
from shared.domain.limits import Reservation
from shared.domain.market import Market
from shared.domain.merchants import Merchant, require_live
from shared.domain.money import Money
from shared.domain.offers import Board, Offer, Wanted
from shared.markets import market_at

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be bought: `order_id` is the merchant's own, `amount` the whole price."""

    merchant_id: str
    order_id: str
    amount: Money
    tenor_months: int


def reserve_checkout(
    checkout_id: str,
    order: Order,
    at: datetime,
    *,
    people: People,
    lenders: Lenders,
    loans: Loans,
    request: Request,
    view: Callable[[Checkout, Sequence[Offer]], T],
) -> T:
    """What `view` makes of the checkout and its offers, kept as the request's answer. Raises `Refused`.

    Written are the borrower's own limit and what is new; nothing that another borrower's purchase writes too.
    """
    checkouts, merchants = Checkouts(loans.table), Merchants(loans.table)

    def reserve() -> T:
        borrower = people.get(request.caller)
        market = market_at(borrower.market, at)
        on = business_date(at, market.time_zone)
        merchant = require_live(merchants.get(order.merchant_id), market.code, on)
        market.require_served(order.amount, order.tenor_months)
        require_ready(borrower, market)
        now = taken(limits.require_usable(Limits(loans.table).get(borrower.id), on), on, at, loans=loans)
        limits.require_on_time(now.loans, on, at)
        free = limits.require_free(now.limit, now.used, order.amount, at)
        claim = _free_claim(order, at, checkouts=checkouts, loans=loans)
        wanted = replace(_wanted(checkout_id, order, merchant, market, now, free, at, on), language=borrower.language)
        made = lenders.board(market, wanted)
        orders.require_offers(made)
        checkout = _checkout(checkout_id, order, borrower, merchant, market, made, at)
        held = Reservation(checkout_id, max(offer.amount for offer in made.offers), checkout.reserved_until)
        limit = changed_limit(limits.reserved(now.limit, held, at))
        answer = view(checkout, made.offers)
        checkouts.reserve(checkout, made, claim, limit, request, answer)
        return answer

    return once(reserve, request, loans.table)


def _free_claim(order: Order, at: datetime, *, checkouts: Checkouts, loans: Loans) -> Claim | None:
    """The claim on the order, if there was one, whose checkout is over. Raises `Refused` (order_taken) while it is not.

    A confirmed one is over only when its loan was cancelled, so that nothing was ever paid.
    """
    claim = checkouts.claim(order.merchant_id, order.order_id)
    if claim is None:
        return None
    before = checkouts.get(claim.checkout_id)
    if before.loan_id is not None:
        is_over = loans.get(before.loan_id)[0].state == "cancelled"
    else:
        is_over = orders.state_at(before, at) != "reserved"
    if not is_over:
        raise Refused("order_taken", "This order is reserved or paid for.", "/order_id")
    return claim


def _wanted(
    checkout_id: str, order: Order, merchant: Merchant, market: Market, now: Taken, free: Money, at: datetime, on: date
) -> Wanted:
    return Wanted(
        application_id=checkout_id,
        amount=order.amount,
        tenor_months=order.tenor_months,
        grade=now.limit.grade,
        instalment_limit=limits.instalment_left(now.limit),
        at=at,
        on=on,
        purchase=Purchase(
            checkout_id=checkout_id,
            merchant_id=merchant.merchant_id,
            merchant=merchant.name,
            order_id=order.order_id,
            account=merchant.account,
            refund_keeps_fees=market.purchases.refund_keeps_fees,
        ),
        most=free,
    )


def _checkout(
    checkout_id: str, order: Order, borrower: Borrower, merchant: Merchant, market: Market, made: Board, at: datetime
) -> Checkout:
    return Checkout(
        checkout_id=checkout_id,
        borrower_id=borrower.id,
        market=market.code,
        merchant_id=merchant.merchant_id,
        merchant=merchant.name,
        order_id=order.order_id,
        amount=order.amount,
        tenor_months=order.tenor_months,
        state="reserved",
        reserved_at=at,
        reserved_until=at + timedelta(minutes=market.purchases.reserve_minutes),
        ranking=made.ranking,
        unmatched=made.unmatched,
        language=borrower.language,
    )

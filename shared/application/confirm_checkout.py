"""Confirm a checkout by one offer's Key Facts Statement: the lender grants the loan and its merchant is paid."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.capacity import Capacity
from shared.adapters.checkouts import Checkouts
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.loans import Loans, new_payout
from shared.adapters.merchants import Merchants
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.application.again import once
from shared.application.show_limit import taken
from shared.domain import limits, payouts
from shared.domain.calendar import business_date
from shared.domain.checkouts import Checkout, confirmed
from shared.domain.consents import check_given
from shared.domain.ledger import Entry
from shared.domain.limits import Drawn, SpendingLimit
from shared.domain.loan import Loan, after, sanctioned
from shared.domain.merchants import require_live
from shared.domain.offers import Offer
from shared.domain.payouts import Payout
from shared.markets import market_at

T = TypeVar("T")


def confirm_checkout(
    checkout_id: str,
    offer_id: str,
    kfs_hash: str,
    loan_id: str,
    payout_id: str,
    at: datetime,
    *,
    people: People,
    loans: Loans,
    request: Request,
    view: Callable[[Loan], T],
) -> T:
    """What `view` makes of the loan, kept as the request's answer. All of it is one write, or nothing is.

    Raises `NotFound`, `Conflict` (kfs_stale) or `Refused`, also where limit or merchant have ended since the
    reservation; where the lender has no room (lender_capacity), the reservation and the other offers stay.
    """
    checkouts = Checkouts(loans.table)

    def confirm() -> T:
        # First, so that whoever finds the reservation gone from it finds the checkout confirmed too.
        found = Limits(loans.table).get(request.caller)
        checkout, offers = checkouts.of_borrower(checkout_id, request.caller)
        market = market_at(checkout.market, at)
        on = business_date(at, market.time_zone)
        done, offer = confirmed(checkout, offers, offer_id=offer_id, kfs_hash=kfs_hash, loan_id=loan_id, on=on, at=at)
        check_given(people.get(request.caller), *market.consents_needed)
        limit = _still_good(found, checkout, on, at, loans)
        claim = checkouts.claim(done.merchant_id, done.order_id)
        assert claim is not None, checkout_id
        drawn = limits.drawn(limit, checkout_id, offer.amount, Drawn(loan_id, offer.instalment), at)
        loan, entry, payout = _ordered(loan_id, payout_id, offer, limit, on, at)
        answer = view(loan)
        writes = [new_payout(payout), changed_limit(drawn), *loans.sanction_writes(loan, offer.contract, [entry])]
        writes += Capacity(loans.table).reserve(offer.partner_id, offer.amount, loan_id, on)
        checkouts.confirm(done, claim, writes, request, answer)
        return answer

    return once(confirm, request, loans.table)


def _still_good(found: SpendingLimit | None, checkout: Checkout, on: date, at: datetime, loans: Loans) -> SpendingLimit:
    """The limit, if it is still enough and the merchant is still paid. Raises `Refused`."""
    limit = limits.require_usable(found, on)
    if limit.granted_at > checkout.reserved_at:
        # Decided anew since: what was free then may not be now.
        limits.require_within(limit, taken(limit, on, at, loans=loans).used, at)
    require_live(Merchants(loans.table).get(checkout.merchant_id), checkout.market, on)
    return limit


def _ordered(
    loan_id: str, payout_id: str, offer: Offer, limit: SpendingLimit, on: date, at: datetime
) -> tuple[Loan, Entry, Payout]:
    """The loan as granted, with the order to pay the merchant."""
    loan = sanctioned(loan_id, limit.borrower_id, offer.contract, limit.application_id, offer.offer_id, at)
    entry, payout = payouts.ordered(loan, offer.contract, payout_id, on, at)
    return after(loan, offer.contract, entry), entry, payout

"""Accept one offer by the hash of its Key Facts Statement: the lender sanctions the loan with it.

An offer binds its lender, also one that has stopped lending since, but for what its capacity allows.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.applications import Applications
from shared.adapters.capacity import Capacity
from shared.adapters.loans import Loans
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain.applications import accepted
from shared.domain.calendar import business_date
from shared.domain.consents import check_given
from shared.domain.loan import Loan, sanctioned
from shared.markets import market_at

T = TypeVar("T")


def accept_offer(
    application_id: str,
    offer_id: str,
    kfs_hash: str,
    loan_id: str,
    at: datetime,
    *,
    people: People,
    applications: Applications,
    loans: Loans,
    request: Request,
    view: Callable[[Loan], T],
) -> T:
    """What `view` makes of the sanctioned loan, which is kept as the request's answer.

    Raises `NotFound`, `Conflict` (kfs_stale) or `Refused`: an offer rests on consents, and on those of this moment;
    where its lender has no room (lender_capacity), it and all others stay as they are.
    """

    def accept() -> T:
        application = applications.of_borrower(application_id, request.caller)
        offers = applications.offers(application_id)
        market = market_at(application.market, at)
        on = business_date(at, market.time_zone)
        done, offer = accepted(application, offers, offer_id=offer_id, kfs_hash=kfs_hash, loan_id=loan_id, on=on)
        check_given(people.get(request.caller), *market.consents_needed)
        loan = sanctioned(loan_id, request.caller, offer.contract, application_id, offer_id, at)
        answer = view(loan)
        reserved = Capacity(loans.table).reserve(offer.partner_id, offer.amount, loan_id, on)
        applications.accept(done, [*loans.sanction_writes(loan, offer.contract), *reserved], request, answer)
        return answer

    return once(accept, request, applications.table)

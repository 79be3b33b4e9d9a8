"""Ask for the money of a sanctioned loan: the payout is ordered, and sent afterwards by whoever does that."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.loans import Loans, new_payout
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain.bank_accounts import require_usable
from shared.domain.calendar import business_date
from shared.domain.errors import Refused
from shared.domain.loan import Loan, after
from shared.domain.payouts import ordered

T = TypeVar("T")


def order_disbursement(
    loan_id: str,
    payout_id: str,
    at: datetime,
    *,
    people: People,
    loans: Loans,
    request: Request,
    view: Callable[[Loan], T],
) -> T:
    """What `view` makes of the loan, kept as the request's answer. Raises `NotFound` or `Refused`."""

    def order() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        if loan.payout_id is not None:
            raise Refused("payout_in_progress", "The money of this loan is on its way.")
        if contract.purchase is None:
            require_usable(people.get(request.caller), contract.time_zone, at)
        entry, payout = ordered(loan, contract, payout_id, business_date(at, contract.time_zone), at)
        loan = after(loan, contract, entry)
        answer = view(loan)
        loans.book(loan, contract, [entry], [new_payout(payout)], request, answer)
        return answer

    return once(order, request, loans.table)

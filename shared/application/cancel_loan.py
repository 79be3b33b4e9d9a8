"""Leave a sanctioned loan before any money moved."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.capacity import Capacity
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain.calendar import business_date
from shared.domain.loan import Loan, after
from shared.domain.payouts import cancelled

T = TypeVar("T")


def cancel_loan(loan_id: str, at: datetime, *, loans: Loans, request: Request, view: Callable[[Loan], T]) -> T:
    """What `view` makes of the loan, kept as the request's answer. Raises `NotFound` or `Refused`."""

    def cancel() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        entry = cancelled(loan, business_date(at, contract.time_zone), at)
        loan = after(loan, contract, entry)
        answer = view(loan)
        loans.book(loan, contract, [entry], Capacity(loans.table).give_back(loan_id), request, answer)
        return answer

    return once(cancel, request, loans.table)

"""Take what a borrower says is wrong about his loan in the credit file. From now on the clock runs."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.disputes import Disputes
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain.calendar import business_date
from shared.domain.disputes import Dispute, raised
from shared.markets import market_at

T = TypeVar("T")


def raise_dispute(
    dispute_id: str,
    loan_id: str,
    reason: str,
    at: datetime,
    *,
    loans: Loans,
    disputes: Disputes,
    request: Request,
    view: Callable[[Dispute], T],
) -> T:
    """What `view` makes of the dispute, kept as the request's answer. Raises `NotFound` or `Refused`."""

    def step() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        before, rules = disputes.of_borrower(request.caller), market_at(contract.market, at).credit_dispute
        on = business_date(at, contract.time_zone)
        made = raised(dispute_id, loan, contract, reason, before, rules, on=on, at=at)
        answer = view(made)
        disputes.add(made, len(before), request, answer)
        return answer

    return once(step, request, loans.table)

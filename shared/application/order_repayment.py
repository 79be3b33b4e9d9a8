"""Say what one is about to pay: an order with a link to pay by. Nothing is booked until the money has come."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.application.again import once
from shared.domain import dues
from shared.domain.calendar import business_date
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder, ordered, require_method
from shared.markets import market

T = TypeVar("T")


def order_repayment(
    loan_id: str,
    amount: Money,
    purpose: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    method: str = "upi",
    choice: str | None = None,
    view: Callable[[RepaymentOrder], T],
) -> T:
    """What `view` makes of the order, kept as the request's answer. The request names the order.

    Raises `NotFound` or `Refused`.
    """

    def order() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        on = business_date(at, contract.time_zone)
        loan, _ = dues.until(loan, contract, on, at)
        require_method(method, market(contract.market, on).repayment_methods)
        made = ordered(loan, contract, request.made_id, amount, purpose, on=on, at=at, method=method, choice=choice)
        answer = view(made)
        loans.order_repayment(made, request, answer)
        return answer

    return once(order, request, loans.table)

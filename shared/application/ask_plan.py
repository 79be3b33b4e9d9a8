"""Ask for a hardship plan. What the rules decide is agreed and carried out at once."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.loans import Loans
from shared.adapters.partners import Partners
from shared.adapters.plans import Plans, new_plan
from shared.adapters.requests import Request
from shared.application.again import once
from shared.application.book_plan import book_plan
from shared.application.show_plans import rules_of
from shared.domain import dues, plans
from shared.domain.calendar import business_date
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan
from shared.domain.staff import Staff

T = TypeVar("T")


def ask_plan(
    loan_id: str,
    choice: Choice,
    reason: str,
    plan_id: str,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    plans_of: Plans,
    partners: Partners,
    request: Request,
    view: Callable[[HardshipPlan], T],
    member: Staff | None = None,
) -> T:
    """What `view` makes of the plan, kept as the request's answer. Raises `NotFound` or `Refused`.

    With `member` it is a proposal by staff, which waits for the borrower.
    """

    def ask() -> T:
        loan, contract = loans.get(loan_id) if member else loans.of_borrower(loan_id, request.caller)
        on = business_date(at, contract.time_zone)
        now, _ = dues.until(loan, contract, on, at)
        rules, before = rules_of(loan, contract, on, partners), plans_of.of_loan(loan_id)
        by = member.staff_id if member else "borrower"
        plan = plans.asked(now, contract, rules, choice, before, plan_id=plan_id, reason=reason, by=by, on=on, at=at)
        answer = view(plan)
        book_plan(
            loan, contract, plan, new_plan(plan), decision_id, on, at, loans=loans, request=request, answer=answer
        )
        return answer

    return once(ask, request, loans.table)

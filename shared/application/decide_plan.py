"""Decide a hardship plan: a reviewer what the borrower asked for, the borrower what staff proposed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.loans import Loans
from shared.adapters.plans import Plans, changed_plan
from shared.adapters.requests import Request
from shared.application.again import once
from shared.application.book_plan import book_plan
from shared.domain import plans
from shared.domain.calendar import business_date
from shared.domain.plans import HardshipPlan
from shared.domain.staff import Staff

T = TypeVar("T")


def decide_plan(
    plan_id: str,
    state: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    plans_of: Plans,
    request: Request,
    view: Callable[[HardshipPlan], T],
) -> T:
    """By a reviewer: `agreed` or `refused`. Raises `NotFound` or `Refused`."""
    return _decide(plans_of.get, plan_id, state, because, member, decision_id, at, loans, request, view)


def answer_plan(
    plan_id: str,
    loan_id: str,
    state: str,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    plans_of: Plans,
    request: Request,
    view: Callable[[HardshipPlan], T],
) -> T:
    """By the borrower, of what staff proposed: `agreed` or `declined`. Raises `NotFound` or `Refused`."""

    def own(plan_id: str) -> HardshipPlan:
        return plans_of.of_borrower(plan_id, loan_id, request.caller)

    return _decide(own, plan_id, state, None, None, decision_id, at, loans, request, view)


def _decide(
    find: Callable[[str], HardshipPlan],
    plan_id: str,
    state: str,
    because: str | None,
    member: Staff | None,
    decision_id: str,
    at: datetime,
    loans: Loans,
    request: Request,
    view: Callable[[HardshipPlan], T],
) -> T:
    def decide() -> T:
        found = find(plan_id)
        loan, contract = loans.get(found.loan_id)
        on = business_date(at, contract.time_zone)
        plans.require_for(found, is_staff=member is not None)
        plan = plans.decided(found, state, by=request.caller, because=because, on=on, at=at)
        answer = view(plan)
        writes = [changed_plan(plan)]
        book_plan(
            loan,
            contract,
            plan,
            writes,
            decision_id,
            on,
            at,
            loans=loans,
            request=request,
            answer=answer,
            member=member,
        )
        return answer

    return once(decide, request, loans.table)

"""Keep a plan as it now stands; one that is agreed is carried out on the loan in the same transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from shared.adapters.audit import decided
from shared.adapters.loans import Loans
from shared.adapters.notices import new_answer
from shared.adapters.requests import Request
from shared.adapters.table import Write, plain
from shared.domain import dues, plan_terms
from shared.domain.contract import Contract
from shared.domain.ledger import Entry
from shared.domain.loan import Loan
from shared.domain.plans import HardshipPlan
from shared.domain.relief_notices import StaffAnswer
from shared.domain.staff import Decision, Staff, decision_of

# In which states the borrower is told of a plan, besides one that is agreed: that is in the loan's entries.
TOLD = {"refused": "plan_refused", "proposed": "plan_proposed"}


def book_plan(
    loan: Loan,
    contract: Contract,
    plan: HardshipPlan,
    writes: Sequence[Write],
    decision_id: str,
    on: date,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    answer: Any,
    member: Staff | None = None,
) -> None:
    """`loan` is the head as it was read: its version moves, so that of two plans at once the second sees the first.

    A plan that was decided leaves its record, `decision_id`. Raises `Refused` for a loan that takes no plan any more.
    """
    made = list(writes)
    if plan.decided_by is not None:
        made.append(decided(_decision(loan, contract, plan, decision_id, on, at, member)))
    if (kind := TOLD.get(plan.state)) is not None:
        made.append(new_answer(plan.loan_id, StaffAnswer(kind, plan.plan_id, on, at, plan.answer_by)))
    head, entries = loan, tuple[Entry, ...]()
    if plan.state == "agreed":
        head, entries = plan_terms.carried_out(loan, contract, plan.terms, on, at)
    loans.book(head, contract, entries, made, request, answer)


def _decision(
    loan: Loan, contract: Contract, plan: HardshipPlan, decision_id: str, on: date, at: datetime, member: Staff | None
) -> Decision:
    now, _ = dues.until(loan, contract, on, at)
    saw = {
        "principal": now.principal,
        "unpaid": sum(due.unpaid for due in now.dues if due.due_on <= on),
        "oldest_due_on": min((due.due_on.isoformat() for due in now.dues), default=None),
        "terms": plain(plan.terms),
    }
    assert plan.decided_by is not None
    return decision_of(
        member or plan.decided_by,
        decision_id,
        f"plan.{plan.state}",
        plan.plan_id,
        saw,
        market=plan.market,
        on=on,
        at=at,
        reason=plan.because or plan.reason,
        loan_id=plan.loan_id,
    )

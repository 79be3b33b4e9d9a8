"""Staff decide what a borrower said is wrong in the credit file, and say when the lender has paid for the delay."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.credit_files import touched
from shared.adapters.disputes import Disputes, changed_dispute
from shared.adapters.loans import Loans
from shared.adapters.notices import new_answer
from shared.adapters.requests import Request
from shared.adapters.table import Write, plain
from shared.application.again import once
from shared.domain import disputes
from shared.domain.calendar import business_date
from shared.domain.disputes import Dispute
from shared.domain.relief_notices import StaffAnswer
from shared.domain.staff import Staff, decision_of

T = TypeVar("T")


def decide_dispute(
    dispute_id: str,
    state: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Dispute], T],
) -> T:
    """`corrected` or `confirmed`; the borrower is told. What is wrong in the books is put right before, by its own
    route. Raises `NotFound` or `Refused`."""

    def decide() -> T:
        found = Disputes(loans.table).get(dispute_id)
        on = business_date(at, found.time_zone)
        done = disputes.decided(found, state, by=member.staff_id, because=because, on=on)
        answer = view(done)
        record = _record(done, f"dispute.{state}", because, member, decision_id, at)
        told = new_answer(found.loan_id, StaffAnswer(f"dispute_{state}", dispute_id, on, at))
        loans.table.transact([changed_dispute(done), record, told, touched(found.loan_id, on)], request, answer)
        return answer

    return once(decide, request, loans.table)


def pay_compensation(
    dispute_id: str,
    proof: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Dispute], T],
) -> T:
    """The lender's own payment, outside of the loan's books: it is only written down. Raises `NotFound`, `Refused`."""

    def pay() -> T:
        found = Disputes(loans.table).get(dispute_id)
        done = disputes.paid(found, proof, business_date(at, found.time_zone))
        answer = view(done)
        record = _record(done, "dispute.compensation_paid", proof, member, decision_id, at)
        loans.table.transact([changed_dispute(done), record], request, answer)
        return answer

    return once(pay, request, loans.table)


def _record(dispute: Dispute, action: str, because: str, member: Staff, decision_id: str, at: datetime) -> Write:
    on = business_date(at, dispute.time_zone)
    saw = {
        "reason": dispute.reason,
        "raised_on": dispute.raised_on.isoformat(),
        "repair_by": dispute.repair_by.isoformat(),
        "compensation": plain(dispute.compensation(on)),
    }
    return decided(
        decision_of(
            member,
            decision_id,
            action,
            dispute.dispute_id,
            saw,
            market=dispute.market,
            on=on,
            at=at,
            reason=because,
            loan_id=dispute.loan_id,
        )
    )

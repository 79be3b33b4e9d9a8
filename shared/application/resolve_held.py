"""Money that fits no loan is resolved by staff: it is for a loan after all, or it goes back to where it came from."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.held import Held, changed_held
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.adapters.table import Write, plain
from shared.application.again import once
from shared.application.settle_repayment import book_receipt
from shared.domain import held as domain
from shared.domain.calendar import business_date
from shared.domain.errors import Refused
from shared.domain.held import HeldPayment
from shared.domain.repayment import Receipt
from shared.domain.staff import Staff, decision_of

T = TypeVar("T")


def assign_held(
    held_id: str,
    loan_id: str,
    purpose: str,
    because: str,
    member: Staff,
    ids: tuple[str, str],
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[HeldPayment], T],
) -> T:
    """Booked as if it had named the loan, on the day on which it came. `ids` name the record and a refund.

    Raises `NotFound`, or `Refused` when it was resolved before or is of another currency.
    """

    def assign() -> T:
        found = Held(loans.table).get(held_id)
        loan, contract = loans.get(loan_id)
        if found.amount.currency != contract.currency:
            raise Refused("currency_mismatch", f"This loan is in {contract.currency}.", "/loan_id")
        done = domain.assigned(found, loan_id, by=member.staff_id, because=because, at=at)
        answer, on = view(done), business_date(at, contract.time_zone)
        receipt = Receipt(found.arrival, found.amount, purpose, min(found.received_on, on), at)
        writes = [changed_held(done), _record(done, contract.market, member, ids[0], on, at)]
        book_receipt(loan, contract, receipt, ids[1], writes, at, loans=loans, request=request, answer=answer)
        return answer

    return once(assign, request, loans.table)


def return_held(
    held_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    market: str,
    on: date,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[HeldPayment], T],
) -> T:
    """The order to send it back. The money never was on our books, so that nothing is booked. Raises `NotFound`."""

    def give_back() -> T:
        found = Held(loans.table).get(held_id)
        done = domain.refund_ordered(found, by=member.staff_id, because=because, at=at)
        answer = view(done)
        writes = [changed_held(done), _record(done, market, member, decision_id, on, at)]
        loans.table.transact(writes, request, answer)
        return answer

    return once(give_back, request, loans.table)


def _record(held: HeldPayment, market: str, member: Staff, decision_id: str, on: date, at: datetime) -> Write:
    saw = {"amount": plain(held.amount), "reference": held.reference, "received_on": held.received_on.isoformat()}
    return decided(
        decision_of(
            member,
            decision_id,
            f"payment.{held.state}",
            held.held_id,
            saw,
            market=market,
            on=on,
            at=at,
            reason=held.because or "",
            loan_id=held.loan_id or "",
        )
    )

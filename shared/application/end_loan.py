"""Two people write a loan off that will not be repaid in full. A settlement is the matter of `settle_loan`."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from shared.adapters.audit import decided
from shared.adapters.endings import WriteOffs, changed_write_off, new_write_off
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import once
from shared.domain import dues, endings, relief, replay
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.endings import WriteOff
from shared.domain.errors import NotFound
from shared.domain.ledger import Entry
from shared.domain.loan import Loan, days_past_due
from shared.domain.staff import Staff, decision_of
from shared.markets import market

T = TypeVar("T")


def propose_write_off(
    loan_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[WriteOff], T],
) -> T:
    """Nothing is booked until somebody else approves. Raises `NotFound` or `Refused`."""

    def propose() -> T:
        loan, contract, on = _gathered(loan_id, at, loans)
        now, _ = dues.until(loan, contract, on, at)
        rules, before = market(contract.market, on).endings, WriteOffs(loans.table).of_loan(loan_id)
        made = endings.proposed(
            now, rules, before, market=contract.market, by=member.staff_id, reason=because, on=on, at=at
        )
        answer, subject = view(made), f"write_off.{loan_id}"
        saw = {"whole_debt": _debt(now)}
        record = _record("write_off.proposed", subject, now, contract, member, because, saw, decision_id, on, at)
        loans.table.transact([new_write_off(made), record], request, answer)
        return answer

    return once(propose, request, loans.table)


def decide_write_off(
    loan_id: str,
    state: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[WriteOff], T],
) -> T:
    """`approved` is booked at once. Raises `NotFound`, or `Refused` for who proposed it.

    By the rules of the day on which it is approved: who paid meanwhile is not late any more.
    """

    def decide() -> T:
        found = latest_write_off(loan_id, write_offs=WriteOffs(loans.table))
        loan, contract, on = _gathered(loan_id, at, loans)
        done = endings.decided(found, state, by=member.staff_id, because=because, at=at)
        now, made = dues.until(loan, contract, on, at)
        head, entries = loan, tuple[Entry, ...]()
        if state == "approved":
            endings.require_late(now, market(contract.market, on).endings.write_off_days_past_due, on)
            fact = relief.given_up(now, str(found.number), on, at)
            head, taken = replay.taken(now, contract, fact, at)
            entries = (*made, *taken)
        answer, subject = view(done), f"write_off.{loan_id}"
        saw = {"whole_debt": _debt(now)}
        record = _record(f"write_off.{state}", subject, now, contract, member, because, saw, decision_id, on, at)
        loans.book(head, contract, entries, [changed_write_off(done), record], request, answer)
        return answer

    return once(decide, request, loans.table)


def latest_write_off(loan_id: str, *, write_offs: WriteOffs) -> WriteOff:
    """The proposal as it stands. Raises `NotFound` where there never was one."""
    found = write_offs.of_loan(loan_id)
    if found is None:
        raise NotFound("not_found", "No write-off of this loan is proposed.")
    return found


def _gathered(loan_id: str, at: datetime, loans: Loans) -> tuple[Loan, Contract, date]:
    loan, contract = loans.get(loan_id)
    return loan, contract, business_date(at, contract.time_zone)


def _debt(loan: Loan) -> int:
    """Principal and what is demanded besides it, in minor units."""
    return loan.principal + sum(due.unpaid - due.principal for due in loan.dues)


def _record(
    action: str,
    subject: str,
    loan: Loan,
    contract: Contract,
    member: Staff,
    because: str,
    saw: Mapping[str, Any],
    decision_id: str,
    on: date,
    at: datetime,
) -> Write:
    figures = {**saw, "days_past_due": days_past_due(loan, on)}
    return decided(
        decision_of(
            member,
            decision_id,
            action,
            subject,
            figures,
            market=contract.market,
            on=on,
            at=at,
            reason=because,
            loan_id=loan.loan_id,
        )
    )

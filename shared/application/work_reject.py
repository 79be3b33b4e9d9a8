"""Take what a credit bureau refused of a loan's line, and say that it was put right: the next file says it anew."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.credit_files import CreditFiles, touched
from shared.adapters.loans import Loans
from shared.adapters.rejects import Rejects, changed_reject, new_reject
from shared.adapters.requests import Request
from shared.adapters.table import Stale, Write
from shared.application.again import once
from shared.domain import rejects
from shared.domain.calendar import business_date
from shared.domain.errors import Conflict, Refused
from shared.domain.rejects import Reject
from shared.domain.staff import Staff, decision_of
from shared.markets import market

T = TypeVar("T")


def take_reject(
    loan_id: str,
    reference_on: date,
    codes: Sequence[str],
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Reject], T],
) -> T:
    """Raises `NotFound`, `Refused` for a loan of which nothing was reported by then, `Conflict` where the line's
    reject was taken before."""

    def take() -> T:
        found = _taken(loan_id, reference_on, codes, member, at, loans)
        answer = view(found)
        record = _record(found, "reject.taken", ", ".join(codes), member, decision_id, at)
        try:
            loans.table.transact([new_reject(found), record], request, answer)
        except Stale as stale:
            if stale.found and stale.found[0] is not None:
                raise Conflict("reject_known", "This reject was taken before.") from stale
            raise
        return answer

    return once(take, request, loans.table)


def correct_reject(
    reject_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    request: Request,
    view: Callable[[Reject], T],
) -> T:
    """What was wrong is put right before, by its own route. Raises `NotFound` or `Refused`."""

    def correct() -> T:
        found = Rejects(loans.table).get(reject_id)
        on = business_date(at, found.time_zone)
        done = rejects.corrected(found, by=member.staff_id, because=because, on=on)
        answer = view(done)
        record = _record(done, "reject.corrected", because, member, decision_id, at)
        loans.table.transact([changed_reject(done), record, touched(found.loan_id, on)], request, answer)
        return answer

    return once(correct, request, loans.table)


def _taken(loan_id: str, reference_on: date, codes: Sequence[str], member: Staff, at: datetime, loans: Loans) -> Reject:
    (_, contract), last = loans.get(loan_id), CreditFiles(loans.table).last(loan_id)
    if last is None or last.line.record.reference_on < reference_on:
        raise Refused("not_reported", "Nothing was reported of this loan as on that day.", "/reference_on")
    on = business_date(at, contract.time_zone)
    return Reject(
        reject_id=rejects.reject_id(loan_id, reference_on),
        loan_id=loan_id,
        market=contract.market,
        time_zone=contract.time_zone,
        reference_on=reference_on,
        codes=tuple(codes),
        told_at=at,
        told_by=member.staff_id,
        correct_by=market(contract.market, on).credit_file.reference_from(on),
    )


def _record(reject: Reject, action: str, because: str, member: Staff, decision_id: str, at: datetime) -> Write:
    saw = {"reference_on": reject.reference_on.isoformat(), "codes": list(reject.codes)}
    return decided(
        decision_of(
            member,
            decision_id,
            action,
            reject.reject_id,
            saw,
            market=reject.market,
            on=business_date(at, reject.time_zone),
            at=at,
            reason=because,
            loan_id=reject.loan_id,
        )
    )

"""Take a waiver back: the loan is worked out again as if it had never been granted, and the charges are owed again."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.adapters.waivers import Waivers, changed_waiver
from shared.application.again import once
from shared.application.decide_waiver import given_back
from shared.application.grant_waiver import figures_of, record_of
from shared.domain import waivers
from shared.domain.calendar import business_date
from shared.domain.replay import without
from shared.domain.staff import Staff
from shared.domain.waivers import Waiver

T = TypeVar("T")


def reverse_waiver(
    waiver_id: str,
    because: str,
    decision_id: str,
    at: datetime,
    *,
    member: Staff,
    loans: Loans,
    waivers_of: Waivers,
    request: Request,
    view: Callable[[Waiver], T],
) -> T:
    """What `view` makes of the waiver, kept as the request's answer. Raises `NotFound` or `Refused`."""

    def reverse() -> T:
        waiver = waivers_of.get(waiver_id)
        # The head first: an entry that comes between the two reads makes the head that was read too old to be written.
        loan, contract = loans.get(waiver.loan_id)
        entries, on = loans.entries(waiver.loan_id), business_date(at, contract.time_zone)
        state = waivers.state_on(waiver, entries, on)
        done = waivers.reversed_by(waiver, member, because, state, at=at)
        answer = view(done)
        head, booked = without(loan, contract, entries, f"waiver_granted.{waiver_id}", at)
        saw = figures_of(waiver, loan, contract, on, at) | {"state": state}
        writes = [changed_waiver(done), decided(record_of(done, saw, decision_id, on, member))]
        loans.book(head, contract, booked, [*writes, *given_back(waiver, done, waivers_of)], request, answer)
        return answer

    return once(reverse, request, loans.table)

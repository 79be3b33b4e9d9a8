"""Decide a waiver that somebody asked for: each approval counts once, and the last one grants it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.loans import Loans
from shared.adapters.notices import new_answer
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.adapters.waivers import Waivers, changed_part, changed_waiver
from shared.application.again import once
from shared.application.grant_waiver import carried_out, figures_of, record_of
from shared.domain import waiver_budget, waivers
from shared.domain.calendar import business_date
from shared.domain.errors import Conflict
from shared.domain.relief_notices import StaffAnswer
from shared.domain.staff import Staff, figures_hash
from shared.domain.waivers import Waiver
from shared.markets import market_at

T = TypeVar("T")


def decide_waiver(
    waiver_id: str,
    approves: bool,
    because: str,
    seen: str,
    decision_id: str,
    at: datetime,
    *,
    member: Staff,
    loans: Loans,
    waivers_of: Waivers,
    request: Request,
    view: Callable[[Waiver], T],
) -> T:
    """What `view` makes of the waiver, kept as the request's answer. `seen` is the hash of the figures looked at.

    The grant, the waiver, the record and what is given back to the budget are one transaction with the loan's head.
    Raises `NotFound`, `Refused`, or `Conflict` (figures_stale) when the figures are others by now.
    """

    def decide() -> T:
        waiver = waivers_of.get(waiver_id)
        loan, contract = loans.get(waiver.loan_id)
        on = business_date(at, contract.time_zone)
        programme = market_at(waiver.market, at).waivers
        done = waivers.decided(waiver, programme, member, approves, because, on=on, at=at)
        saw = figures_of(waiver, loan, contract, on, at)
        if seen != figures_hash(saw):
            raise Conflict("figures_stale", "The figures have changed; please look at them again.", "/figures_hash")
        answer = view(done)
        record = decided(record_of(done, saw, decision_id, on, member))
        writes = [changed_waiver(done), record, *given_back(waiver, done, waivers_of), *_told(done, on, at)]
        if done.state == "granted":
            head, entries = carried_out(done, loan, contract, on, at)
            loans.book(head, contract, entries, writes, request, answer)
        else:
            loans.table.transact(writes, request, answer)
        return answer

    return once(decide, request, loans.table)


def _told(waiver: Waiver, on: date, at: datetime) -> list[Write]:
    """A no is in no entry of the loan that the borrower could be told by."""
    if waiver.state != "declined":
        return []
    return [new_answer(waiver.loan_id, StaffAnswer("waiver_declined", waiver.waiver_id, on, at))]


def given_back(was: Waiver, now: Waiver, waivers_of: Waivers) -> list[Write]:
    """What the waiver does not need of the budget any more, to the part that it was reserved from."""
    if now.reserved == was.reserved:
        return []
    return [changed_part(waiver_budget.reserved(waivers_of.part_of(was), now.reserved - was.reserved))]

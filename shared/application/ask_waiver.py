"""Ask for a waiver: the budget is reserved with it, and what the rule decides is granted at once."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.applications import Applications
from shared.adapters.audit import decided
from shared.adapters.loans import Loans
from shared.adapters.requests import Request
from shared.adapters.waivers import Waivers, changed_part, new_waiver
from shared.application.again import once
from shared.application.grant_waiver import carried_out, figures_of, record_of
from shared.application.settle_waivers import settle_waivers
from shared.application.show_waiver import eligibility, spoken
from shared.domain import waiver_budget, waiver_terms, waivers
from shared.domain.calendar import business_date
from shared.domain.ledger import Entry
from shared.domain.market import Market
from shared.domain.staff import month_of
from shared.domain.waiver_budget import Part
from shared.domain.waiver_terms import Eligibility
from shared.domain.waivers import Waiver
from shared.markets import market_at

T = TypeVar("T")


def ask_waiver(
    loan_id: str,
    reason: str,
    waiver_id: str,
    decision_id: str,
    at: datetime,
    *,
    loans: Loans,
    applications: Applications,
    waivers_of: Waivers,
    request: Request,
    view: Callable[[Waiver, str], T],
) -> T:
    """What `view` makes of the waiver in its borrower's language, kept as the request's answer.

    Raises `NotFound` or `Refused`.

    The head's version moves with every request: of two at once, the second sees the first.
    """
    market = market_at(loans.of_borrower(loan_id, request.caller)[1].market, at)

    def ask() -> T:
        loan, contract = loans.of_borrower(loan_id, request.caller)
        found = eligibility(loan, contract, at, loans=loans, applications=applications, waivers_of=waivers_of)
        part = _require(found, market, waiver_id, waivers_of)
        named = {"waiver_id": waiver_id, "reason": reason}
        waiver = waivers.requested(found, market.waivers, loan, contract, part, **named, at=at)
        answer = view(waiver, spoken(loan, waiver, applications=applications))
        writes = [*new_waiver(waiver), changed_part(waiver_budget.reserved(part, waiver.reserved))]
        head, entries = loan, tuple[Entry, ...]()
        if waiver.state == "granted":
            head, entries = carried_out(waiver, loan, contract, found.on, at)
            saw = figures_of(waiver, loan, contract, found.on, at)
            writes.append(decided(record_of(waiver, saw, decision_id, found.on)))
        loans.book(head, contract, entries, writes, request, answer)
        return answer

    settle_waivers(market.code, business_date(at, market.time_zone), loans=loans, waivers_of=waivers_of)
    return once(ask, request, loans.table)


def _require(found: Eligibility, market: Market, waiver_id: str, waivers_of: Waivers) -> Part:
    """A part of the budget that has room for it. Raises `Refused` with every reason why it cannot be had."""
    parts, whole = waivers_of.budget(market.code, month_of(found.on)), market.waivers.monthly_budget
    part = waiver_budget.room(parts, whole, found.waived, waiver_id)
    waiver_terms.require(found, None if part else waiver_budget.left(parts, whole))
    assert part is not None
    return part

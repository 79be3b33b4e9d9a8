"""What a waiver would mean before it is asked for, and what became of those that were. Nothing is written."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.sentences import said
from shared.adapters.waivers import Waivers
from shared.application.settle_waivers import ended
from shared.domain import dues, waiver_budget, waivers
from shared.domain import waiver_terms as rules
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.loan import Loan
from shared.domain.market import Market
from shared.domain.staff import month_of
from shared.domain.waiver_terms import WHY_NOT, Eligibility
from shared.domain.waivers import Waiver
from shared.markets import market_at

# What a loan whose application told no grade is taken for.
NO_GRADE = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a waiver would mean today, every reason why it cannot be had, and the reasons that may be given for it.

    `says` has why it cannot be had in the borrower's language, reason by reason.
    """

    found: Eligibility
    why_not: tuple[str, ...]
    says: tuple[str, ...]
    reasons: tuple[str, ...]
    currency: str


def waiver_terms(
    loan_id: str, borrower_id: str, at: datetime, *, loans: Loans, applications: Applications, waivers_of: Waivers
) -> Terms:
    """As if it were asked for now. Raises `NotFound`."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    found = eligibility(loan, contract, at, loans=loans, applications=applications, waivers_of=waivers_of)
    market = market_at(contract.market, at)
    has_room = _has_room(found.waived, market, found.on, loan_id, loans=loans, waivers_of=waivers_of)
    why_not = found.why_not if has_room else (*found.why_not, "budget_spent")
    language = applications.get(loan.application_id).language if why_not else "en"
    says = tuple(said(WHY_NOT[why], {}, language) for why in why_not)
    return Terms(found, why_not, says, market.waivers.reasons, contract.currency)


def _has_room(wanted: int, market: Market, on: date, name: str, *, loans: Loans, waivers_of: Waivers) -> bool:
    """Whether a part of the month's budget has so much left, or will have once what is over is given back to it."""
    whole, month = market.waivers.monthly_budget, month_of(on)
    parts = {part.number: part for part in waivers_of.budget(market.code, month)}
    if waiver_budget.room(parts.values(), whole, wanted, name) is not None:
        return True
    for was, now in ended(market.code, on, loans=loans, waivers_of=waivers_of):
        if was.budget_month == month:
            part = parts[was.budget_part]
            parts[part.number] = waiver_budget.reserved(part, now.reserved - was.reserved)
    return waiver_budget.room(parts.values(), whole, wanted, name) is not None


def eligibility(
    loan: Loan, contract: Contract, at: datetime, *, loans: Loans, applications: Applications, waivers_of: Waivers
) -> Eligibility:
    """Of a loan as it was read; the budget is not looked at."""
    on = business_date(at, contract.time_zone)
    decision = applications.get(loan.application_id).decision
    now, _ = dues.until(loan, contract, on, at)
    return rules.eligibility(
        now,
        contract,
        loans.entries(loan.loan_id),
        market_at(contract.market, at).waivers,
        grade=decision.grade if decision else NO_GRADE,
        is_asked=any(waivers.is_undecided(asked, on) for asked in waivers_of.of_loan(loan.loan_id)),
        on=on,
        at=at,
    )


def show_waivers(
    loan_id: str, borrower_id: str, at: datetime, *, loans: Loans, applications: Applications, waivers_of: Waivers
) -> list[tuple[Waiver, str, str]]:
    """All of a loan, oldest first, each with its state today and the borrower's language. Raises `NotFound`."""
    loan, _ = loans.of_borrower(loan_id, borrower_id)
    found = waivers_of.of_loan(loan_id)
    language = spoken(loan, *found, applications=applications)
    return [(waiver, standing(waiver, at, loans=loans), language) for waiver in found]


def show_waiver(
    waiver_id: str,
    loan_id: str,
    borrower_id: str,
    at: datetime,
    *,
    loans: Loans,
    applications: Applications,
    waivers_of: Waivers,
) -> tuple[Waiver, str, str]:
    """The waiver, its state today and the borrower's language. Raises `NotFound`."""
    waiver = waivers_of.of_borrower(waiver_id, loan_id, borrower_id)
    language = spoken(loans.get(loan_id)[0], waiver, applications=applications)
    return waiver, standing(waiver, at, loans=loans), language


def spoken(loan: Loan, *found: Waiver, applications: Applications) -> str:
    """The borrower's language, which is read only where the rule has said something of these."""
    is_worded = any(step.by == waivers.RULE for waiver in found for step in waiver.steps)
    return applications.get(loan.application_id).language if is_worded else "en"


def standing(waiver: Waiver, at: datetime, *, loans: Loans) -> str:
    """The state today; that of a granted one is read from its loan's entries."""
    _, contract = loans.get(waiver.loan_id)
    entries = loans.entries(waiver.loan_id) if waiver.state == "granted" else ()
    return waivers.state_on(waiver, entries, business_date(at, contract.time_zone))

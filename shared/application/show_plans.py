"""Hardship plans as the borrower meets them: what may be chosen today, side by side with the loan as agreed."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.adapters.partners import Partners
from shared.adapters.plans import Plans
from shared.domain import dues, plan_terms, plans
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.loan import Loan
from shared.domain.plan_rules import PlanRules
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan
from shared.domain.what_if import Outlook, outlook
from shared.markets import market


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a choice would make of the loan. `decided_by`: `rule` or `reviewer`."""

    choice: Choice
    decided_by: str
    terms: NewTerms
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Prospects:
    """Plans side by side with the loan as agreed. `closed` is the code for which there is none at all today."""

    contract: Contract
    as_agreed: Outlook | None
    plans: tuple[Prospect, ...]
    reasons: tuple[str, ...]
    closed: str | None = None


def show_prospects(
    loan_id: str, borrower_id: str, at: datetime, *, loans: Loans, plans_of: Plans, partners: Partners
) -> tuple[Prospects, Loan, tuple[HardshipPlan, ...]]:
    """What may be chosen today, and the loan with all its plans so far. Raises `NotFound`."""
    loan, contract, on = loan_today(loan_id, borrower_id, at, loans)
    rules, before = rules_of(loan, contract, on, partners), plans_of.of_loan(loan_id)
    try:
        plans.require_open(loan, rules, before, on)
    except Refused as refusal:
        return Prospects(contract, None, (), rules.reasons, refusal.code), loan, before
    found = tuple(
        _prospect(loan, contract, rules, choice, terms, on, at)
        for choice, terms in plan_terms.offered(loan, contract, rules, on, at)
    )
    return Prospects(contract, outlook(loan, contract, (), on, at), found, rules.reasons), loan, before


def preview_plan(
    loan_id: str, borrower_id: str, choice: Choice, at: datetime, *, loans: Loans, plans_of: Plans, partners: Partners
) -> Prospects:
    """One choice beside the loan as agreed. Nothing is written. Raises `NotFound` or `Refused`."""
    loan, contract, on = loan_today(loan_id, borrower_id, at, loans)
    rules = rules_of(loan, contract, on, partners)
    plans.require_open(loan, rules, plans_of.of_loan(loan_id), on)
    terms = plan_terms.new_terms(loan, contract, rules, choice, plan_id="plan", on=on, at=at)
    found = _prospect(loan, contract, rules, choice, terms, on, at)
    return Prospects(contract, outlook(loan, contract, (), on, at), (found,), rules.reasons)


def show_plan(
    plan_id: str, loan_id: str, borrower_id: str, at: datetime, *, loans: Loans, plans_of: Plans
) -> tuple[HardshipPlan, Loan]:
    """The plan, and the loan today. Raises `NotFound` for another's."""
    loan, _, _ = loan_today(loan_id, borrower_id, at, loans)
    return plans_of.of_borrower(plan_id, loan_id, borrower_id), loan


def rules_of(loan: Loan, contract: Contract, on: date, partners: Partners) -> PlanRules:
    """What the lender allows today, or else the market: relief may become more generous after a loan was made.

    What it may cost at most is the rule of the day on which the loan was agreed.
    """
    of_market = market(contract.market, on).plans
    partner = next((each for each in partners.all() if each.partner_id == contract.partner_id), None)
    products = partner.products if partner else ()
    own = next((product.plans for product in products if product.product_id == contract.product_id), None)
    agreed_on = business_date(loan.sanctioned_at, contract.time_zone)
    cap = market(contract.market, agreed_on).all_in_cap
    own = own or of_market
    return replace(own, reasons=of_market.reasons, watch_months=of_market.watch_months, all_in_cap=cap)


def loan_today(loan_id: str, borrower_id: str, at: datetime, loans: Loans) -> tuple[Loan, Contract, date]:
    """The loan with its dues up to today. Raises `NotFound`."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    on = business_date(at, contract.time_zone)
    return dues.until(loan, contract, on, at)[0], contract, on


def _prospect(
    loan: Loan, contract: Contract, rules: PlanRules, choice: Choice, terms: NewTerms, on: date, at: datetime
) -> Prospect:
    planned, _ = plan_terms.carried_out(loan, contract, terms, on, at)
    return Prospect(choice, rules.kinds[choice.kind].decided_by, terms, outlook(planned, contract, (), on, at))

"""The Key Facts Statement: everything a loan costs and binds to, in the regulator's order, unchangeable by its hash.

The fields are those of RBI/2024-25/18 (15 April 2024): Annex A parts 1 and 2, Annex B, Annex C. Other markets use the
same form. What does not apply stays in it as None, so that a reader sees that it was not forgotten.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.domain.contract import Fee, Purchase
from shared.domain.cost import Cost, shown
from shared.domain.kfs_words import ENGLISH, WORDS, KfsWords
from shared.domain.market import Market, Officer
from shared.domain.merchants import Merchant
from shared.domain.money import Money
from shared.domain.partners import Partner
from shared.domain.penal import FORGIVES, Penalty
from shared.domain.products import Product
from shared.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class FloatingRate:
    """All None: every loan here has a fixed rate."""

    reference_benchmark: str | None = None
    benchmark_rate: Decimal | None = None
    spread: Decimal | None = None
    final_rate: Decimal | None = None
    reset_months_of_benchmark: int | None = None
    reset_months_of_spread: int | None = None
    change_of_epi_for_25_basis_points: Money | None = None
    change_of_epi_count_for_25_basis_points: int | None = None


@dataclass(frozen=True, slots=True)
class ContingentCharges:
    penal_charges: str
    other_penal_charges: str | None
    foreclosure_charges: str
    switching_charges: str | None
    other: str | None


@dataclass(frozen=True, slots=True)
class PartOne:
    """Interest rate and fees. An EPI is an equated periodic instalment; rates are fractions a year."""

    proposal_number: str
    type_of_loan: str
    sanctioned_amount: Money
    disbursal_schedule: str
    stage_details: str | None
    loan_term_months: int
    instalment_type: str
    number_of_epis: int
    epi_amount: Money
    commencement_of_repayment: str
    interest_rate: Decimal
    interest_rate_type: str
    floating_rate: FloatingRate
    fees_to_lender: tuple[Fee, ...]
    fees_to_third_parties: tuple[Fee, ...]
    apr: Decimal
    contingent_charges: ContingentCharges


@dataclass(frozen=True, slots=True)
class PartTwo:
    """What is not a number: recovery, complaints, transfer, other lenders, the way out."""

    recovery_agents: str
    grievance_redressal: str
    grievance_officer: Officer
    may_be_transferred: bool
    collaborative_lending: str | None
    cooling_off_days: int
    cooling_off: str
    platform_as_recovery_agent: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Annex B: how the yearly cost comes about."""

    sanctioned_amount: Money
    loan_term_months: int
    instalments_for_principal: int | None
    epi_type: str
    epi_amount: Money
    number_of_epis: int
    instalments_for_capitalised_interest: int | None
    commencement_of_repayment: str
    interest_rate_type: str
    interest_rate: Decimal
    total_interest: Money
    fees_to_lender: Money
    fees_to_third_parties: Money
    net_disbursed: Money
    total_payable: Money
    apr: Decimal
    schedule_of_disbursement: str
    due_dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """Annex C, as if disbursed on the day of issue."""

    number: int
    due_on: date
    opening: Money
    principal: Money
    interest: Money
    instalment: Money


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """`valid_until` is the last day, in the market's zone, on which it may be accepted."""

    number: str
    language: str
    market: str
    lender: str
    issued_at: datetime
    valid_until: date
    part_1: PartOne
    part_2: PartTwo
    annex_b: Sheet
    schedule: tuple[ScheduleRow, ...]


def key_facts(
    number: str,
    market: Market,
    partner: Partner,
    product: Product,
    made: Cost,
    *,
    issued_at: datetime,
    issued_on: date,
    purchase: Purchase | None = None,
    language: str = "en",
) -> KeyFacts:
    """The statement of one offer; of a `purchase`, it names whom the money goes to. In English where the market or
    the statement does not have the language."""
    language = language if language in WORDS and language in market.recovery_agents else "en"
    words = WORDS[language]
    return KeyFacts(
        number=number,
        language=language,
        market=market.code,
        lender=partner.name,
        issued_at=issued_at.replace(microsecond=0),
        valid_until=market.kfs_valid_until(issued_on),
        part_1=_part_one(number, market, product, made, purchase, words),
        part_2=_part_two(market, partner, purchase, language),
        annex_b=_sheet(made, words),
        schedule=tuple(
            ScheduleRow(row.number, row.due_on, row.opening, row.principal, row.interest, row.total)
            for row in made.rows
        ),
    )


def fingerprint(facts: KeyFacts | Partner | Merchant) -> str:
    """SHA-256 of canonical JSON, of what the borrower is shown for one: sorted keys, no spaces, UTF-8."""
    text = json.dumps(facts, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _part_one(
    number: str, market: Market, product: Product, made: Cost, purchase: Purchase | None, words: KfsWords
) -> PartOne:
    return PartOne(
        proposal_number=number,
        type_of_loan=words.personal if purchase is None else words.purchase.format(merchant=purchase.merchant),
        sanctioned_amount=made.terms.principal,
        disbursal_schedule=words.at_once,
        stage_details=None,
        loan_term_months=made.terms.instalments,
        instalment_type=words.monthly,
        number_of_epis=len(made.rows),
        epi_amount=made.instalment,
        commencement_of_repayment=words.first_due,
        interest_rate=made.terms.annual_rate,
        interest_rate_type=words.fixed,
        floating_rate=FloatingRate(),
        fees_to_lender=tuple(fee for fee in made.fees if fee.payee == "lender"),
        fees_to_third_parties=tuple(fee for fee in made.fees if fee.payee != "lender"),
        apr=shown(made.apr),
        contingent_charges=ContingentCharges(
            penal_charges=penal_text((product.penal or market.penal).pinned(made.terms.annual_rate), made.terms, words),
            other_penal_charges=None,
            foreclosure_charges=_foreclosure(market, product, words),
            switching_charges=None,
            other=None,
        ),
    )


def _part_two(market: Market, partner: Partner, purchase: Purchase | None, language: str) -> PartTwo:
    words = WORDS[language]
    return PartTwo(
        recovery_agents=market.recovery_agents[language],
        grievance_redressal=words.complaints,
        grievance_officer=partner.grievance_officer,
        may_be_transferred=False,
        collaborative_lending=None,
        cooling_off_days=market.cooling_off_days,
        cooling_off=_cooling_off(market, words) + (_given_back(purchase, words) if purchase else ""),
        platform_as_recovery_agent=None,
    )


def _sheet(made: Cost, words: KfsWords) -> Sheet:
    return Sheet(
        sanctioned_amount=made.terms.principal,
        loan_term_months=made.terms.instalments,
        instalments_for_principal=None,
        epi_type=words.monthly,
        epi_amount=made.instalment,
        number_of_epis=len(made.rows),
        instalments_for_capitalised_interest=None,
        commencement_of_repayment=words.first_due,
        interest_rate_type=words.fixed,
        interest_rate=made.terms.annual_rate,
        total_interest=made.total_interest,
        fees_to_lender=made.fees_of("lender"),
        fees_to_third_parties=made.fees_of("third_party"),
        net_disbursed=made.net_disbursed,
        total_payable=made.total_payable,
        apr=shown(made.apr),
        schedule_of_disbursement=words.at_once,
        due_dates=tuple(row.due_on for row in made.rows),
    )


def penal_text(penal: Penalty, terms: Terms, words: KfsWords = ENGLISH) -> str:
    """What default costs, in words made of the very terms that will be applied."""
    clauses = ""
    if penal.grace_days:
        grace = words.grace_forgives if penal.grace == FORGIVES else words.grace_defers
        clauses = grace.format(days=penal.grace_days)
    if penal.cap_share is not None:
        clauses += words.cap.format(share=_percent(penal.cap_share))
    if penal.tax_rate:
        clauses += words.tax.format(share=_percent(penal.tax_rate))
    whole = words.charge if penal.kind == "charge" else words.rate
    goes_on = words.goes_on if terms.interest_on_overdue else ""
    return whole.format(rate=_percent(penal.annual_rate), clauses=clauses) + goes_on


def _foreclosure(market: Market, product: Product, words: KfsWords) -> str:
    if not product.foreclosure_rate:
        return words.no_foreclosure
    tax = words.tax.format(share=_percent(market.fee_tax_rate)) if market.fee_tax_rate else ""
    return words.foreclosure.format(share=_percent(product.foreclosure_rate), clauses=tax)


def _cooling_off(market: Market, words: KfsWords) -> str:
    text = words.cooling_off.format(days=market.cooling_off_days)
    return text + words.fees_kept if market.cooling_off_keeps_fees else text


def _given_back(purchase: Purchase, words: KfsWords) -> str:
    fees = words.given_back_fees_kept if purchase.refund_keeps_fees else words.given_back_fees_too
    return words.given_back + fees


def _percent(share: Decimal) -> str:
    """0.0250 is `2.5%`, which is how every language of a statement writes it."""
    return f"{(100 * share).normalize():f}%"


def _plain(value: Any) -> Any:
    """Data by their fields; instants, dates and rates as the API writes them."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)

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
from shared.domain.market import Market, Officer
from shared.domain.merchants import Merchant
from shared.domain.money import Money
from shared.domain.partners import Partner
from shared.domain.penal import FORGIVES, Penalty
from shared.domain.products import Product
from shared.domain.terms import Terms

LANGUAGE = "en"
_PERSONAL = "unsecured personal loan"
_PURCHASE = "unsecured loan for a purchase, paid to"
_AT_ONCE = "100 % upfront"
_MONTHLY = "monthly"
_FIRST_DUE = "one month after disbursement"


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
) -> KeyFacts:
    """The statement of one offer; of a `purchase`, it names whom the money goes to."""
    return KeyFacts(
        number=number,
        language=LANGUAGE,
        market=market.code,
        lender=partner.name,
        issued_at=issued_at.replace(microsecond=0),
        valid_until=market.kfs_valid_until(issued_on),
        part_1=_part_one(number, market, product, made, purchase),
        part_2=_part_two(market, partner, purchase),
        annex_b=_sheet(made),
        schedule=tuple(
            ScheduleRow(row.number, row.due_on, row.opening, row.principal, row.interest, row.total)
            for row in made.rows
        ),
    )


def fingerprint(facts: KeyFacts | Partner | Merchant) -> str:
    """SHA-256 of canonical JSON, of what the borrower is shown for one: sorted keys, no spaces, UTF-8."""
    text = json.dumps(facts, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _part_one(number: str, market: Market, product: Product, made: Cost, purchase: Purchase | None) -> PartOne:
    return PartOne(
        proposal_number=number,
        type_of_loan=_PERSONAL if purchase is None else f"{_PURCHASE} {purchase.merchant}",
        sanctioned_amount=made.terms.principal,
        disbursal_schedule=_AT_ONCE,
        stage_details=None,
        loan_term_months=made.terms.instalments,
        instalment_type=_MONTHLY,
        number_of_epis=len(made.rows),
        epi_amount=made.instalment,
        commencement_of_repayment=_FIRST_DUE,
        interest_rate=made.terms.annual_rate,
        interest_rate_type="fixed",
        floating_rate=FloatingRate(),
        fees_to_lender=tuple(fee for fee in made.fees if fee.payee == "lender"),
        fees_to_third_parties=tuple(fee for fee in made.fees if fee.payee != "lender"),
        apr=shown(made.apr),
        contingent_charges=ContingentCharges(
            penal_charges=penal_text((product.penal or market.penal).pinned(made.terms.annual_rate), made.terms),
            other_penal_charges=None,
            foreclosure_charges=_foreclosure(market, product),
            switching_charges=None,
            other=None,
        ),
    )


def _part_two(market: Market, partner: Partner, purchase: Purchase | None) -> PartTwo:
    return PartTwo(
        recovery_agents=market.recovery_agents,
        grievance_redressal="Write or call the lender's officer first; the answer comes within 30 days.",
        grievance_officer=partner.grievance_officer,
        may_be_transferred=False,
        collaborative_lending=None,
        cooling_off_days=market.cooling_off_days,
        cooling_off=_cooling_off(market) if purchase is None else f"{_cooling_off(market)} {_given_back(purchase)}",
        platform_as_recovery_agent=None,
    )


def _sheet(made: Cost) -> Sheet:
    return Sheet(
        sanctioned_amount=made.terms.principal,
        loan_term_months=made.terms.instalments,
        instalments_for_principal=None,
        epi_type=_MONTHLY,
        epi_amount=made.instalment,
        number_of_epis=len(made.rows),
        instalments_for_capitalised_interest=None,
        commencement_of_repayment=_FIRST_DUE,
        interest_rate_type="fixed",
        interest_rate=made.terms.annual_rate,
        total_interest=made.total_interest,
        fees_to_lender=made.fees_of("lender"),
        fees_to_third_parties=made.fees_of("third_party"),
        net_disbursed=made.net_disbursed,
        total_payable=made.total_payable,
        apr=shown(made.apr),
        schedule_of_disbursement=_AT_ONCE,
        due_dates=tuple(row.due_on for row in made.rows),
    )


def penal_text(penal: Penalty, terms: Terms) -> str:
    """What default costs, in words made of the very terms that will be applied."""
    rate, grace = _percent(penal.annual_rate), ""
    if penal.grace_days and penal.grace == FORGIVES:
        grace = f" after a grace of {penal.grace_days} days, which stay free whatever comes later"
    elif penal.grace_days:
        grace = f", and nothing if it is paid within {penal.grace_days} days"
    cap = "" if penal.cap_share is None else f", at most {_percent(penal.cap_share)} of what was unpaid on the due date"
    tax = f", plus tax of {_percent(penal.tax_rate)}" if penal.tax_rate else ""
    if penal.kind == "charge":
        what, nature = (
            "A penal charge",
            " It is not interest: it is never added to the principal and bears no interest.",
        )
    else:
        what, nature = "A penal rate", " It takes the place of the contract's rate on what is overdue."
    goes_on = (
        " Overdue principal bears the contract's interest until the last due date." if terms.interest_on_overdue else ""
    )
    return f"{what} of {rate} a year on the overdue amount for each day{grace}{cap}{tax}.{nature}{goes_on}"


def _foreclosure(market: Market, product: Product) -> str:
    if not product.foreclosure_rate:
        return "None."
    text = f"{_percent(product.foreclosure_rate)} of the principal that is closed early"
    return f"{text}, plus tax of {_percent(market.fee_tax_rate)}." if market.fee_tax_rate else f"{text}."


def _cooling_off(market: Market) -> str:
    text = (
        f"Within {market.cooling_off_days} days of disbursement you may leave the loan by repaying the principal "
        "and the interest of the days that you had it, without any penalty."
    )
    return f"{text} The fees named above are kept." if market.cooling_off_keeps_fees else text


def _given_back(purchase: Purchase) -> str:
    text = "What the merchant gives back for a returned order was never lent: it bears no interest and no charge."
    fees = "kept" if purchase.refund_keeps_fees else "given back with the last of the price"
    return f"{text} The fees named above are {fees}."


def _percent(share: Decimal) -> str:
    """0.0250 is `2.5 %`."""
    return f"{(100 * share).normalize():f} %"


def _plain(value: Any) -> Any:
    """Data by their fields; instants, dates and rates as the API writes them."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)

"""What the routes answer that open a number, or show what would become of a loan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from functions.loans.views import AllocationView
from shared.domain.arrivals import rails_id
from shared.domain.contract import Contract
from shared.domain.explain import Explanation, used
from shared.domain.ledger import Entry
from shared.domain.money import Money
from shared.domain.repayment import arrival_of
from shared.domain.what_if import Change, Foreclose, Outlook, Pay, Skip, Tenor
from shared.schemas import Amount, Body, Day


@dataclass(frozen=True, slots=True)
class InterestRowView:
    """`base` at `annual_rate` for the days from `since` to before `until`, by `rule`."""

    since: date
    until: date
    days: int
    base: Money
    annual_rate: Decimal
    rule: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PenaltyRowView:
    """What was unpaid at the end of the day, and what that cost. `rule`: charged, grace (free) or cap (reached)."""

    on: date
    base: Money
    annual_rate: Decimal
    rule: str
    amount: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class SettlementView:
    """A part of the instalment that money settled; `entry_id` names the payment, or what was paid too much before."""

    entry_id: str
    on: date
    component: str
    amount: Money


@dataclass(frozen=True, slots=True)
class InstalmentDays:
    """Why an instalment is what it is. `carried_in` is interest that the period before left over.

    `interest` is that and the rows' sum; `penalty` the sum of its rows with their tax.
    """

    loan_id: str
    number: int
    start: date
    due_on: date
    interest: Money
    carried_in: Money
    interest_rows: tuple[InterestRowView, ...]
    penalty: Money
    penalty_rows: tuple[PenaltyRowView, ...]
    settlements: tuple[SettlementView, ...]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What a payment was used for. `interest` and `principal` were paid early, `excess` is kept for the borrower.

    `effect` of principal paid off early: shorter_tenor or smaller_instalment; null where there was none.
    """

    payment_id: str
    on: date
    purpose: str
    amount: Money
    settled: tuple[AllocationView, ...]
    interest: Money
    principal: Money
    charge: Money
    excess: Money
    fees_returned: Money
    effect: str | None


@dataclass(frozen=True, slots=True)
class Receipts:
    """Of every payment that came and stayed, oldest first."""

    loan_id: str
    receipts: tuple[ReceiptView, ...]


class PayAsked(Body):
    change: Literal["pay"]
    """`choice` is what a prepayment is to make smaller; without it, what the contract says."""

    on: Day
    amount: Amount
    purpose: Literal["instalment", "prepayment"]
    choice: Literal["shorter_tenor", "smaller_instalment"] | None = None


class ForecloseAsked(Body):
    change: Literal["foreclose"]
    on: Day


class SkipAsked(Body):
    change: Literal["skip"]
    number: Annotated[int, Field(strict=True, ge=1, le=600)]


class TenorAsked(Body):
    """So many instalments to come, counted from the next one."""

    change: Literal["tenor"]
    instalments: Annotated[int, Field(strict=True, ge=1, le=600)]


Asked = Annotated[PayAsked | ForecloseAsked | SkipAsked | TenorAsked, Field(discriminator="change")]


class WhatIf(Body):
    """What is imagined; every other instalment is taken to be paid on its date, and what is overdue today."""

    changes: Annotated[list[Asked], Field(min_length=1, max_length=24)]


@dataclass(frozen=True, slots=True)
class OutlayView:
    on: date
    amount: Money
    principal: Money
    interest: Money
    fee: Money
    penalty: Money
    charge: Money
    excess: Money
    outstanding: Money


@dataclass(frozen=True, slots=True)
class OutlookView:
    """All payments from today on, and their sums."""

    instalment: Money
    ends_on: date | None
    to_pay: Money
    interest: Money
    penalty: Money
    charge: Money
    payments: tuple[OutlayView, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`as_agreed`: nothing but the instalments. `saved` is what the changes cost less; negative when they cost more."""

    loan_id: str
    on: date
    as_agreed: OutlookView
    changed: OutlookView
    saved: Money


def days(loan_id: str, contract: Contract, found: Explanation, entries: Iterable[Entry]) -> InstalmentDays:
    """`entries` are those that stand."""
    money = _in(contract)
    return InstalmentDays(
        loan_id=loan_id,
        number=found.number,
        start=found.start,
        due_on=found.due_on,
        interest=money(found.interest),
        carried_in=money(found.carried_in),
        interest_rows=tuple(
            InterestRowView(
                row.since, row.until, row.days, money(row.base), row.annual_rate, row.rule, money(row.amount)
            )
            for row in found.interest_rows
        ),
        penalty=money(found.penalty),
        penalty_rows=tuple(
            PenaltyRowView(row.on, money(row.base), row.annual_rate, row.rule, money(row.amount), money(row.tax))
            for row in found.penalty_rows
        ),
        settlements=tuple(
            SettlementView(entry.entry_id, entry.effective_on, line.component, money(line.amount))
            for entry in entries
            for line in entry.lines
            if line.number == found.number
        ),
    )


def receipt(contract: Contract, payment: Entry) -> ReceiptView:
    money, parts = _in(contract), used(payment)
    assert payment.purpose is not None, payment
    return ReceiptView(
        payment_id=rails_id(arrival_of(payment)),
        on=payment.effective_on,
        purpose=payment.purpose,
        amount=money(payment.moved("lender_funds")),
        settled=tuple(AllocationView(line.number, line.component, money(line.amount)) for line in parts.lines),
        interest=money(parts.interest),
        principal=money(parts.principal),
        charge=money(parts.charge),
        excess=money(parts.excess),
        fees_returned=money(parts.fees_returned),
        effect=parts.effect,
    )


def wanted(asked: WhatIf) -> tuple[Change, ...]:
    return tuple(_change(each) for each in asked.changes)


def comparison(loan_id: str, contract: Contract, on: date, as_agreed: Outlook, changed: Outlook) -> Comparison:
    saved = as_agreed.sum_of("amount") - changed.sum_of("amount")
    money = _in(contract)
    return Comparison(loan_id, on, _outlook(contract, as_agreed), _outlook(contract, changed), money(saved))


def _change(asked: PayAsked | ForecloseAsked | SkipAsked | TenorAsked) -> Change:
    match asked:
        case PayAsked():
            return Pay(asked.on, asked.amount.money(), asked.purpose, asked.choice)
        case ForecloseAsked():
            return Foreclose(asked.on)
        case SkipAsked():
            return Skip(asked.number)
        case TenorAsked():
            return Tenor(asked.instalments)


def _outlook(contract: Contract, found: Outlook) -> OutlookView:
    money = _in(contract)
    names = [name for name in OutlayView.__dataclass_fields__ if name != "on"]
    sums = {name: money(found.sum_of(name)) for name in ("interest", "penalty", "charge")}
    return OutlookView(
        instalment=money(found.instalment),
        ends_on=found.ends_on,
        to_pay=money(found.sum_of("amount")),
        payments=tuple(
            OutlayView(on=each.on, **{name: money(getattr(each, name)) for name in names}) for each in found.outlays
        ),
        **sums,
    )


def _in(contract: Contract) -> Callable[[int], Money]:
    """Minor units as money of the contract."""
    return lambda minor: Money(minor, contract.currency)

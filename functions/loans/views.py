"""What the routes under `/v1/loans` answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.domain import dues
from shared.domain.allocation import Due, Line
from shared.domain.calendar import business_date
from shared.domain.contract import Contract, Purchase
from shared.domain.ledger import Entry, balances
from shared.domain.letters import NO_DUES
from shared.domain.loan import Loan
from shared.domain.money import Money
from shared.domain.payoff import Payoff, cooling_off_ends
from shared.domain.payouts import disburse_by
from shared.domain.schedule import schedule as agreed_schedule
from shared.markets import market


@dataclass(frozen=True, slots=True)
class DueView:
    """One instalment's open part, or one still to come."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    fee: Money
    penalty: Money


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """What the loan paid for: the merchant has the money, and the order is his."""

    checkout_id: str
    merchant_id: str
    merchant: str
    order_id: str


@dataclass(frozen=True, slots=True)
class LoanView:
    """The loan at the end of the day `on`. `state`: sanctioned, disbursing, active, closed, written_off or cancelled.

    `written_off` is what was given up as an asset and is still owed: whatever is paid of it is recovery.
    `outstanding` is principal. `dues` may be demanded, with penal charges up to the day; `overdue` is what of them
    fell due before it, `days_past_due` counts from the oldest. `cooling_off_until` is the last day on which the loan
    may be given back, `disburse_by` the last one on which the money of a sanctioned loan can be asked for. `purchase`
    is None for cash.
    """

    loan_id: str
    on: date
    application_id: str
    partner_id: str
    state: str
    principal: Money
    net_disbursed: Money
    outstanding: Money
    instalment: Money
    excess: Money
    written_off: Money
    dues: tuple[DueView, ...]
    overdue: Money
    days_past_due: int
    next_due: DueView | None
    payout_id: str | None
    sanctioned_at: datetime
    disburse_by: date | None
    disbursed_on: date | None
    cooling_off_until: date | None
    closed_on: date | None
    purchase: PurchaseView | None


@dataclass(frozen=True, slots=True)
class Loans:
    loans: tuple[LoanView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class InstalmentView:
    number: int
    due_on: date
    opening: Money
    principal: Money
    interest: Money
    total: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """`instalments` as agreed (before disbursement: as if it were today); `to_come` as they stand by now."""

    loan_id: str
    instalments: tuple[InstalmentView, ...]
    to_come: tuple[DueView, ...]


@dataclass(frozen=True, slots=True)
class AllocationView:
    """How much of a payment settled which component of which instalment."""

    number: int
    component: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`outstanding` is the principal after this line; `settled` is what a payment settled, instalment by instalment.

    `number` is the instalment that fell due: its days are at `…/instalments/{number}`.
    """

    entry_id: str
    on: date
    what: str
    number: int | None
    paid: Money
    principal: Money
    interest: Money
    fees_and_charges: Money
    outstanding: Money
    settled: tuple[AllocationView, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    loan_id: str
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class PostingView:
    debit: str
    credit: str
    amount: Money


@dataclass(frozen=True, slots=True)
class EntryView:
    """`reversal_of` is the id of the entry that this one undoes; both stay."""

    entry_id: str
    kind: str
    sequence: int
    effective_on: date
    recorded_at: datetime
    reversal_of: str | None
    postings: tuple[PostingView, ...]
    allocation: tuple[AllocationView, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """`balances` are debit less credit; together they are always nothing."""

    loan_id: str
    entries: tuple[EntryView, ...]
    balances: dict[str, Money]


@dataclass(frozen=True, slots=True)
class Quote:
    """What ends the loan on this day; it holds for this day only.

    `held` is the borrower's money on the loan. `given_up` is what a waiver or a settlement takes off that is open:
    `amount` ends the loan with it, and `without_relief` is what would have to be paid if there were none.
    """

    on: date
    principal: Money
    interest: Money
    fees: Money
    penalties: Money
    charge: Money
    charge_tax: Money
    fees_returned: Money
    held: Money
    given_up: Money
    without_relief: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class InLanguage:
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The facts of a no-dues letter. `statements` has its sentence in each language of the market."""

    loan_id: str
    partner_id: str
    principal: Money
    disbursed_on: date | None
    closed_on: date | None
    statement: str
    statements: tuple[InLanguage, ...]


def loan(loan: Loan, contract: Contract, at: datetime, on: date | None = None) -> LoanView:
    """`on` is the market's today where it is not given."""
    on = on or business_date(at, contract.time_zone)
    to_come = dues.to_come(loan, contract) if loan.state == "active" else ()
    demanded = dues.demanded(loan, contract, on)
    late = [due for due in demanded if due.due_on < on]
    # Penal charges that are all that is left of a due make nobody late.
    missed = [due for due in late if due.principal + due.interest]
    return LoanView(
        loan_id=loan.loan_id,
        on=on,
        application_id=loan.application_id,
        partner_id=loan.partner_id,
        state=loan.state,
        principal=contract.terms.principal,
        net_disbursed=contract.net_disbursed,
        outstanding=Money(loan.principal, contract.currency),
        instalment=Money(loan.plan.instalment, contract.currency) if loan.plan else contract.instalment,
        excess=Money(loan.excess, contract.currency),
        written_off=Money(loan.written_off, contract.currency),
        dues=tuple(_due(due, contract) for due in demanded),
        overdue=Money(sum(due.unpaid for due in late), contract.currency),
        days_past_due=(on - missed[0].due_on).days if missed else 0,
        next_due=_due(to_come[0], contract) if to_come else None,
        payout_id=loan.payout_id,
        sanctioned_at=loan.sanctioned_at,
        disbursed_on=loan.disbursed_on,
        disburse_by=disburse_by(loan, contract),
        cooling_off_until=cooling_off_ends(loan, contract) if loan.disbursed_on else None,
        closed_on=loan.closed_on,
        purchase=_purchase(contract.purchase) if contract.purchase else None,
    )


def schedule(loan: Loan, contract: Contract, at: datetime) -> Schedule:
    disbursed_on = loan.disbursed_on or business_date(at, contract.time_zone)
    rows = agreed_schedule(contract.terms, disbursed_on)
    names = InstalmentView.__dataclass_fields__
    return Schedule(
        loan_id=loan.loan_id,
        instalments=tuple(InstalmentView(**{name: getattr(row, name) for name in names}) for row in rows),
        to_come=tuple(_due(due, contract) for due in dues.to_come(loan, contract)) if loan.state == "active" else (),
    )


def statement(loan_id: str, contract: Contract, entries: Sequence[Entry]) -> Statement:
    lines, outstanding = [], 0
    for entry in entries:
        outstanding += entry.moved("principal")
        lines.append(_line(entry, outstanding, contract.currency))
    return Statement(loan_id, tuple(lines))


def ledger(loan_id: str, contract: Contract, entries: Sequence[Entry]) -> Ledger:
    return Ledger(
        loan_id=loan_id,
        entries=tuple(_entry(entry, contract.currency) for entry in entries),
        balances={name: Money(minor, contract.currency) for name, minor in balances(entries).items()},
    )


def quote(payoff: Payoff) -> Quote:
    return Quote(**{name: getattr(payoff, name) for name in Quote.__dataclass_fields__})


def letter(loan: Loan, contract: Contract) -> Letter:
    assert loan.closed_on is not None, loan
    languages = market(contract.market, loan.closed_on).languages
    return Letter(
        loan_id=loan.loan_id,
        partner_id=loan.partner_id,
        principal=contract.terms.principal,
        disbursed_on=loan.disbursed_on,
        closed_on=loan.closed_on,
        statement=NO_DUES["en"],
        statements=tuple(InLanguage(language, NO_DUES[language]) for language in languages),
    )


def _purchase(bought: Purchase) -> PurchaseView:
    return PurchaseView(**{name: getattr(bought, name) for name in PurchaseView.__dataclass_fields__})


def _due(due: Due, contract: Contract) -> DueView:
    parts = {name: Money(getattr(due, name), contract.currency) for name in ("principal", "interest", "fee", "penalty")}
    return DueView(due.number, due.due_on, **parts)


def _line(entry: Entry, outstanding: int, currency: str) -> StatementLine:
    fees = entry.moved("fee_income") + entry.moved("tax_payable") + entry.moved("penalty_income")
    minors = {
        "paid": entry.moved("lender_funds") if entry.kind == "repayment" else 0,
        "principal": entry.moved("principal"),
        "interest": -entry.moved("interest_income"),
        "fees_and_charges": -fees,
        "outstanding": outstanding,
    }
    amounts = {name: Money(minor, currency) for name, minor in minors.items()}
    return StatementLine(
        entry_id=entry.entry_id,
        on=entry.effective_on,
        what=entry.kind,
        number=entry.due.number if entry.due and entry.kind == "due" else None,
        settled=tuple(_allocated(line, currency) for line in entry.lines),
        **amounts,
    )


def _entry(entry: Entry, currency: str) -> EntryView:
    return EntryView(
        entry_id=entry.entry_id,
        kind=entry.kind,
        sequence=entry.sequence,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        reversal_of=entry.reversal_of,
        postings=tuple(PostingView(made.debit, made.credit, made.amount) for made in entry.postings),
        allocation=tuple(_allocated(line, currency) for line in entry.lines),
    )


def _allocated(line: Line, currency: str) -> AllocationView:
    return AllocationView(line.number, line.component, Money(line.amount, currency))

"""Money received: what it settles, in which order, and what closing early costs on a day.

A repayment settles open dues first, by the contract's waterfall. What is left goes where the borrower said:
`instalment` to the coming instalment ahead of its date, `prepayment` to the principal. Money for which nothing is
owed is excess: it settles the next due, or is refunded when the loan closes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP

from shared.domain import dues
from shared.domain.allocation import Line, allocate
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import RECEIVABLE, Entry, Posting, postings
from shared.domain.loan import Loan, after, require
from shared.domain.money import Money, total
from shared.domain.schedule import level_instalment
from shared.domain.terms import nominal_part

PURPOSES = ("instalment", "prepayment", "foreclosure", "cooling_off")


@dataclass(frozen=True, slots=True)
class Payoff:
    """What ends the loan on a day. `charge` is for closing early, with its tax; `fees_returned` the fees given back."""

    on: date
    principal: Money
    interest: Money
    fees: Money
    charge: Money
    charge_tax: Money
    fees_returned: Money

    @property
    def amount(self) -> Money:
        owed = total((self.principal, self.interest, self.fees, self.charge, self.charge_tax), self.principal.currency)
        return owed - self.fees_returned


@dataclass(frozen=True, slots=True)
class Receipt:
    """One payment as the rail reported it. `payment_id` is the rail's own; the entry is named after it."""

    payment_id: str
    amount: Money
    purpose: str
    received_on: date
    recorded_at: datetime


def foreclosure(loan: Loan, contract: Contract, on: date) -> Payoff:
    """All that is owed on a day, and the charge on principal closed early. `loan` has its dues up to that day."""
    require(loan, "closure")
    charge = Money(loan.not_yet_due, contract.currency).times(contract.foreclosure_rate, ROUND_HALF_UP)
    tax = charge.times(contract.foreclosure_tax_rate, ROUND_HALF_UP)
    return _payoff(loan, contract, on, charge=charge, charge_tax=tax)


def cooling_off(loan: Loan, contract: Contract, on: date) -> Payoff:
    """Principal and the cost so far, without any charge (RBI Digital Lending Directions 2025, cooling-off period).

    Raises `Refused` once the days of the contract are over; the last one still counts whole.
    """
    require(loan, "closure")
    assert loan.disbursed_on is not None
    if on > cooling_off_ends(loan, contract):
        raise Refused("cooling_off_over", "The cooling-off period of this loan has ended. You may still foreclose it.")
    returned = Money(0, contract.currency) if contract.cooling_off_keeps_fees else contract.fees_total
    return _payoff(loan, contract, on, fees_returned=returned)


def cooling_off_ends(loan: Loan, contract: Contract) -> date:
    """The last day on which the borrower may exit."""
    assert loan.disbursed_on is not None
    return loan.disbursed_on + timedelta(days=contract.cooling_off_days)


def received(loan: Loan, contract: Contract, receipt: Receipt) -> tuple[Loan, tuple[Entry, ...]]:
    """The loan with the money in its books, and the entries: dues that fell due, the repayment, perhaps the closure.

    Money that arrives for a loan which owes nothing is excess, to be refunded; it is never turned away.
    """
    if loan.accrued_to is None or loan.state != "active":
        return _booked(loan, _as_excess(loan, receipt))
    on = max(receipt.received_on, loan.accrued_to)
    loan, fallen = dues.until(loan, contract, on, receipt.recorded_at)
    payoff = _closing(loan, contract, receipt, on)
    settle = _closed_early if payoff else _settled
    loan, settled = _booked(loan, *settle(loan, contract, replace(receipt, received_on=on), payoff))
    if loan.owes_nothing:
        loan, closing = _booked(loan, _closure(loan, on, receipt.recorded_at))
        settled += closing
    return loan, fallen + settled


def _closing(loan: Loan, contract: Contract, receipt: Receipt, on: date) -> Payoff | None:
    """The payoff that this money pays in full, if the borrower meant to close and it does."""
    payoff = None
    if receipt.purpose == "cooling_off" and on <= cooling_off_ends(loan, contract):
        payoff = cooling_off(loan, contract, on)
    elif receipt.purpose != "instalment":
        payoff = foreclosure(loan, contract, on)
    has_enough = payoff is not None and receipt.amount + Money(loan.excess, contract.currency) >= payoff.amount
    return payoff if has_enough else None


def _payoff(
    loan: Loan,
    contract: Contract,
    on: date,
    *,
    charge: Money | None = None,
    charge_tax: Money | None = None,
    fees_returned: Money | None = None,
) -> Payoff:
    nothing = Money(0, contract.currency)
    interest = _accrued(loan, contract, on) + sum(due.interest for due in loan.dues)
    return Payoff(
        on=on,
        principal=Money(loan.principal, contract.currency),
        interest=Money(interest, contract.currency),
        fees=Money(sum(due.fee + due.penalty for due in loan.dues), contract.currency),
        charge=charge or nothing,
        charge_tax=charge_tax or nothing,
        fees_returned=fees_returned or nothing,
    )


def _accrued(loan: Loan, contract: Contract, on: date) -> int:
    """Interest since the last due date that no entry has booked yet; none once every instalment was demanded."""
    return dues.interest_to(loan, contract, on) if dues.has_more(loan, contract) else 0


def _closed_early(loan: Loan, contract: Contract, receipt: Receipt, payoff: Payoff | None) -> Sequence[Entry]:
    """Everything is paid at once: what had accrued is booked, all dues are settled, the rest is excess."""
    assert payoff is not None
    lines = tuple(_all_of(loan))
    owed_fees = sum(line.amount for line in lines if line.component == "fee")
    owed_penalties = sum(line.amount for line in lines if line.component == "penalty")
    accrued = Money(_accrued(loan, contract, receipt.received_on), contract.currency)
    charges = payoff.charge + payoff.charge_tax
    used = min(loan.excess, payoff.amount.minor)
    from_excess, rest = Money(used, contract.currency), receipt.amount - payoff.amount
    tax_returned = (
        total((fee.tax for fee in contract.fees), contract.currency) if payoff.fees_returned else _no(loan, contract)
    )
    made = postings(
        ("interest_receivable", "interest_income", accrued),
        ("fee_receivable", "fee_income", payoff.charge),
        ("fee_receivable", "tax_payable", payoff.charge_tax),
        ("fee_income", "principal", payoff.fees_returned - tax_returned),
        ("tax_payable", "principal", tax_returned),
        ("excess", "lender_funds", from_excess),
        ("lender_funds", "principal", payoff.principal - payoff.fees_returned),
        ("lender_funds", "interest_receivable", payoff.interest),
        ("lender_funds", "fee_receivable", charges + Money(owed_fees, contract.currency)),
        ("lender_funds", "penalty_receivable", Money(owed_penalties, contract.currency)),
        ("lender_funds", "excess", rest + from_excess),
    )
    return (replace(_repayment(loan, receipt, made, lines), carried=0),)


def _settled(loan: Loan, contract: Contract, receipt: Receipt, _: Payoff | None) -> Sequence[Entry]:
    """Dues first; the rest ahead to the coming instalment, or off the principal, or into excess."""
    allocation = allocate(receipt.amount.minor, loan.dues, contract.waterfall, receipt.received_on)
    parts = {name: allocation.of(name) for name in RECEIVABLE}
    rest = allocation.rest
    booked = ahead = 0
    if receipt.purpose == "instalment" and rest and dues.has_more(loan, contract):
        booked, principal = _ahead(loan, contract, receipt.received_on, rest)
        ahead = booked + principal
        parts["interest"] += booked
        parts["principal"] += principal
    elif rest:
        principal = min(rest, loan.not_yet_due)
        parts["principal"] += principal
    rest = receipt.amount.minor - sum(parts.values())
    made = postings(
        ("interest_receivable", "interest_income", Money(booked, contract.currency)),
        *(("lender_funds", RECEIVABLE[name], Money(minor, contract.currency)) for name, minor in parts.items()),
        ("lender_funds", "excess", Money(rest, contract.currency)),
    )
    entry = replace(_repayment(loan, receipt, made, allocation.lines), ahead=ahead)
    if (
        receipt.purpose != "instalment"
        and contract.prepayment == "smaller_instalment"
        and principal_paid(entry, allocation.of("principal"))
    ):
        entry = replace(entry, instalment=_smaller(loan, contract, entry))
    return (entry,)


def principal_paid(entry: Entry, of_dues: int) -> int:
    """Principal that the entry paid beyond what was due."""
    return -entry.moved("principal") - of_dues


def _ahead(loan: Loan, contract: Contract, on: date, rest: int) -> tuple[int, int]:
    """Interest and principal of the coming instalment that `rest` pays before its date: interest to the day first."""
    accrued = dues.interest_to(loan, contract, on)
    wanted = min(rest, max(loan.instalment - loan.ahead, 0), loan.not_yet_due + accrued)
    interest = min(wanted, accrued)
    return interest, wanted - interest


def _smaller(loan: Loan, contract: Contract, entry: Entry) -> int:
    """The equal instalment that repays what is left over the instalments that are left."""
    left = after(loan, entry)
    count = contract.terms.instalments - left.next_number + 1
    part = nominal_part(contract.terms)
    assert part is not None
    rate = contract.terms.annual_rate.as_integer_ratio()
    per_period = part * rate[0] / rate[1]
    return level_instalment(
        Money(left.not_yet_due, contract.currency), per_period, count, contract.terms.rounding
    ).minor


def _repayment(loan: Loan, receipt: Receipt, made: tuple[Posting, ...], lines: tuple[Line, ...]) -> Entry:
    return Entry(
        entry_id=f"repayment.{receipt.payment_id}",
        kind="repayment",
        sequence=loan.sequence + 1,
        effective_on=receipt.received_on,
        recorded_at=receipt.recorded_at,
        postings=made,
        lines=lines,
    )


def _as_excess(loan: Loan, receipt: Receipt) -> Entry:
    on = max(receipt.received_on, loan.accrued_to or receipt.received_on)
    return _repayment(loan, replace(receipt, received_on=on), postings(("lender_funds", "excess", receipt.amount)), ())


def _closure(loan: Loan, on: date, recorded_at: datetime) -> Entry:
    return Entry("closure", "closure", loan.sequence + 1, on, recorded_at, postings=())


def _booked(loan: Loan, *entries: Entry) -> tuple[Loan, tuple[Entry, ...]]:
    for entry in entries:
        loan = after(loan, entry)
    return loan, entries


def _all_of(loan: Loan) -> list[Line]:
    return [
        Line(due.number, name, getattr(due, name)) for due in loan.dues for name in RECEIVABLE if getattr(due, name)
    ]


def _no(loan: Loan, contract: Contract) -> Money:
    return Money(0, contract.currency)

"""Money received: what it settles, in which order, and what closing early costs on a day.

A repayment settles open dues first, by the contract's waterfall. What is left goes where the borrower said:
`instalment` to the coming instalment ahead of its date, `prepayment` to the principal. Money for which nothing is
owed is excess: it settles the next due, or is refunded when the loan closes.
"""

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
from shared.domain.schedule import equal_instalment
from shared.domain.terms import period_rates


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

    Money that arrives for a loan which owes nothing is excess, to be refunded; it is never turned away. Money that
    was received before the books' last movement counts from that movement on.
    """
    receipt = replace(receipt, received_on=max(receipt.received_on, loan.accrued_to or receipt.received_on))
    loan, entries = dues.until(loan, contract, receipt.received_on, receipt.recorded_at)
    entry = _repayment(loan, contract, receipt)
    loan, entries = after(loan, entry), (*entries, entry)
    closing = dues.closure(loan, contract, receipt.recorded_at) if loan.state == "active" else None
    if closing is None:
        return loan, entries
    return after(loan, closing), (*entries, closing)


def _payoff(loan: Loan, contract: Contract, on: date, **charges: Money) -> Payoff:
    """`charges` are those of `charge`, `charge_tax` and `fees_returned` that are not nothing."""
    nothing = Money(0, contract.currency)
    interest = dues.interest_to(loan, contract, on) + sum(due.interest for due in loan.dues)
    return Payoff(
        on=on,
        principal=Money(loan.principal, contract.currency),
        interest=Money(interest, contract.currency),
        fees=Money(sum(due.fee + due.penalty for due in loan.dues), contract.currency),
        **{"charge": nothing, "charge_tax": nothing, "fees_returned": nothing} | charges,
    )


def _repayment(loan: Loan, contract: Contract, receipt: Receipt) -> Entry:
    if loan.state != "active":
        return _entry(loan, receipt, postings(("lender_funds", "excess", receipt.amount)))
    payoff = _closing(loan, contract, receipt)
    if payoff is not None and payoff.amount <= receipt.amount + Money(loan.excess, contract.currency):
        return _closed_early(loan, contract, receipt, payoff)
    return _settled(loan, contract, receipt)


def _closing(loan: Loan, contract: Contract, receipt: Receipt) -> Payoff | None:
    """What must be paid on the day of the money if it is to close the loan; None where it is not meant to."""
    if receipt.purpose == "instalment":
        return None
    if receipt.purpose == "cooling_off" and receipt.received_on <= cooling_off_ends(loan, contract):
        return cooling_off(loan, contract, receipt.received_on)
    return foreclosure(loan, contract, receipt.received_on)


def _closed_early(loan: Loan, contract: Contract, receipt: Receipt, payoff: Payoff) -> Entry:
    """Everything is paid at once: what had accrued is booked, all dues are settled, the rest is excess.

    Fees that are given back are the borrower's money first, so that they may also be more than he owes.
    """
    nothing = Money(0, contract.currency)
    owed = payoff.amount + payoff.fees_returned
    accrued = Money(dues.interest_to(loan, contract, receipt.received_on), contract.currency)
    penalties = Money(sum(due.penalty for due in loan.dues), contract.currency)
    fees = payoff.fees - penalties + payoff.charge + payoff.charge_tax
    tax_returned = total((fee.tax for fee in contract.fees), contract.currency) if payoff.fees_returned else nothing
    made = postings(
        ("interest_receivable", "interest_income", accrued),
        ("fee_receivable", "fee_income", payoff.charge),
        ("fee_receivable", "tax_payable", payoff.charge_tax),
        ("fee_income", "excess", payoff.fees_returned - tax_returned),
        ("tax_payable", "excess", tax_returned),
        ("excess", "lender_funds", max(owed - receipt.amount, nothing)),
        ("lender_funds", "principal", payoff.principal),
        ("lender_funds", "interest_receivable", payoff.interest),
        ("lender_funds", "fee_receivable", fees),
        ("lender_funds", "penalty_receivable", penalties),
        ("lender_funds", "excess", max(receipt.amount - owed, nothing)),
    )
    return _entry(loan, receipt, made, _all_of(loan))


def _settled(loan: Loan, contract: Contract, receipt: Receipt) -> Entry:
    """Dues first; the rest ahead to the coming instalment, or off the principal, or into excess."""
    allocation = allocate(receipt.amount.minor, loan.dues, contract.waterfall, receipt.received_on)
    is_ahead = receipt.purpose == "instalment"
    interest, principal = 0, min(allocation.rest, loan.not_yet_due)
    if is_ahead:
        interest, principal = _ahead(loan, contract, receipt.received_on, allocation.rest)
    paid = {name: Money(allocation.of(name), contract.currency) for name in RECEIVABLE}
    booked, off = Money(interest, contract.currency), Money(principal, contract.currency)
    excess = Money(allocation.rest, contract.currency) - booked - off
    made = postings(
        ("interest_receivable", "interest_income", booked),
        ("lender_funds", "interest_receivable", paid["interest"] + booked),
        ("lender_funds", "principal", paid["principal"] + off),
        ("lender_funds", "fee_receivable", paid["fee"]),
        ("lender_funds", "penalty_receivable", paid["penalty"]),
        ("lender_funds", "excess", excess),
    )
    entry = _entry(loan, receipt, made, allocation.lines)
    if is_ahead:
        return replace(entry, ahead=interest + principal)
    if principal and contract.prepayment == "smaller_instalment":
        return replace(entry, instalment=_smaller(after(loan, entry), contract))
    return entry


def _ahead(loan: Loan, contract: Contract, on: date, rest: int) -> tuple[int, int]:
    """Interest and principal of the coming instalment that `rest` pays before its date: interest to the day first.

    The last instalment is all that is left, whatever the others are.
    """
    accrued = dues.interest_to(loan, contract, on)
    wanted = min(rest, loan.not_yet_due + accrued)
    if not dues.is_last_number(loan, contract):
        wanted = min(wanted, max(loan.instalment - loan.ahead, 0))
    interest = min(wanted, accrued)
    return interest, wanted - interest


def _smaller(left: Loan, contract: Contract) -> int:
    """The equal instalment that repays what is left over the instalments that are left."""
    numbers = range(left.next_number, contract.terms.instalments + 1)
    due_on = [dues.due_date(left, number) for number in numbers]
    rates = period_rates(contract.terms, dues.due_date(left, left.next_number - 1), due_on)
    return equal_instalment(contract.terms, left.not_yet_due, rates)


def _entry(loan: Loan, receipt: Receipt, made: tuple[Posting, ...], lines: tuple[Line, ...] = ()) -> Entry:
    return Entry(
        entry_id=f"repayment.{receipt.payment_id}",
        kind="repayment",
        sequence=loan.sequence + 1,
        effective_on=receipt.received_on,
        recorded_at=receipt.recorded_at,
        postings=made,
        lines=lines,
    )


def _all_of(loan: Loan) -> tuple[Line, ...]:
    """Every open part of every due, settled."""
    return tuple(
        Line(due.number, name, getattr(due, name)) for due in loan.dues for name in RECEIVABLE if getattr(due, name)
    )

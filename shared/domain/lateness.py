"""What notices and the credit file need of a loan, read off its books: its dues' history, its position, its receipts.

A due is settled here when its principal, interest and fee are paid: a penal charge alone makes no loan late.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from shared.domain.allocation import Due
from shared.domain.contract import Contract
from shared.domain.credit_file import Figures, default_notice
from shared.domain.delinquency import Account, DueHistory, Scale, history
from shared.domain.dues import demanded, to_come
from shared.domain.ledger import Entry, live
from shared.domain.loan import Loan, after, origin
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.notice_facts import Notice
from shared.domain.notices import OpenDue, Position, payment_returned, receipt, refund


@dataclass(frozen=True, slots=True)
class Step:
    """An entry that stands, and the head after it."""

    entry: Entry
    loan: Loan


def steps(loan: Loan, contract: Contract, entries: Iterable[Entry]) -> tuple[Step, ...]:
    """The loan's life as far as it stands, from the day on which it was sanctioned."""
    made, head = [], origin(loan)
    for entry in live(entries):
        head = after(head, contract, entry)
        made.append(Step(entry, head))
    return tuple(made)


def account(life: Iterable[Step]) -> Account:
    """The dues that were ever open, each with the day on which it was settled. What a new plan replaced is settled.

    What it put off is another due, of its new date.
    """
    found: dict[tuple[int, date], DueHistory] = {}
    for step in life:
        now = {(due.number, due.due_on) for due in step.loan.dues if _base(due)}
        for each in sorted(now):
            if each not in found or found[each].settled_on is not None:
                found[each] = DueHistory(*each)
        for each, then in found.items():
            if then.settled_on is None and each not in now:
                found[each] = DueHistory(*each, step.entry.effective_on)
    return Account(tuple(found.values()))


def position(loan: Loan, contract: Contract, history_of: Account, market: Market, on: date) -> Position:
    """The loan on a day; it has its dues up to that day. A loan that is not active owes nothing that a notice names."""
    nothing = Money(0, contract.currency)
    changes = history([history_of], scale(contract, market))
    if loan.state != "active":
        return Position((), nothing, contract.penal, tuple(change for change in changes if change.on <= on))
    late = demanded(loan, contract, on)
    return Position(
        dues=(*_open(late, contract), *_next(loan, contract)),
        penal=Money(sum(due.penalty for due in late), contract.currency),
        terms=contract.penal,
        changes=changes,
        default=default_notice(history_of, market.credit_file, on),
    )


def answers(life: Sequence[Step], entries: Sequence[Entry], contract: Contract, since: datetime) -> tuple[Notice, ...]:
    """What the borrower is told of money that moved since an instant, by when it was recorded.

    `entries` are all, those that were undone too.
    """
    return (
        *_receipts(life, contract, since),
        *_refunds(life, contract, since),
        *_returned(life, entries, contract, since),
    )


def _refunds(life: Iterable[Step], contract: Contract, since: datetime) -> Iterator[Notice]:
    for entry in (step.entry for step in life):
        if entry.kind == "refund" and entry.recorded_at >= since and entry.payout_id:
            yield refund(entry.payout_id, Money(entry.debited("excess"), contract.currency), entry.effective_on)


def _returned(life: Iterable[Step], entries: Sequence[Entry], contract: Contract, since: datetime) -> Iterator[Notice]:
    """Payments that were booked once and stand no more under any name."""
    standing = {step.entry.name for step in life}
    undone = {entry.reversal_of for entry in entries if entry.reversal_of is not None and entry.recorded_at >= since}
    for entry in entries:
        if entry.kind == "repayment" and entry.entry_id in undone and entry.name not in standing:
            amount = Money(entry.debited("lender_funds"), contract.currency)
            yield payment_returned(entry.name.removeprefix("repayment."), amount, entry.effective_on)


def _receipts(life: Sequence[Step], contract: Contract, since: datetime) -> tuple[Notice, ...]:
    paid = [step for step in life if step.entry.kind == "repayment"]
    is_closed = bool(life) and life[-1].loan.state == "closed"
    return tuple(
        receipt(
            step.entry.name.removeprefix("repayment."),
            Money(step.entry.debited("lender_funds"), contract.currency),
            step.entry.effective_on,
            Money(step.loan.principal, contract.currency),
            is_last=is_closed and step is paid[-1],
        )
        for step in paid
        if step.entry.recorded_at >= since
    )


def figures(life: Sequence[Step], contract: Contract, on: date) -> Figures | None:
    """The loan's amounts at the end of a day, up to which its life goes; None before it was paid out."""
    if not life or (loan := life[-1].loan).disbursed_on is None:
        return None
    paid = [step.entry.effective_on for step in life if step.entry.kind == "repayment"]
    overdue = sum(due.unpaid for due in demanded(loan, contract, on) if due.due_on < on)
    return Figures(
        loan_id=loan.loan_id,
        sanctioned=contract.terms.principal,
        outstanding=Money(loan.principal, contract.currency),
        overdue=Money(overdue, contract.currency),
        opened_on=loan.disbursed_on,
        closed_on=loan.closed_on,
        last_paid_on=paid[-1] if paid else None,
        given_up=_given_up(life),
    )


def _given_up(life: Sequence[Step]) -> str | None:
    """How the loan ended for less than was owed; it stays so, unless the payment that settled it comes back."""
    for before, step in pairwise(life):
        if step.entry.kind == "waiver" and before.loan.grant is not None and before.loan.grant.closes:
            return "settled_for_less"
    return "written_off" if any(step.entry.kind == "write_off" for step in life) else None


def scale(contract: Contract, market: Market) -> Scale:
    """The classes of the contract; a loan older than those has its market's."""
    return Scale(contract.buckets or market.buckets, market.non_performing)


def _open(dues: Iterable[Due], contract: Contract) -> Iterator[OpenDue]:
    for due in sorted(dues, key=lambda due: due.due_on):
        if _base(due):
            yield OpenDue(due.number, due.due_on, Money(_base(due), contract.currency))


def _next(loan: Loan, contract: Contract) -> Iterator[OpenDue]:
    """The first due to come that the borrower's own money does not settle."""
    held = max(loan.excess, 0)
    for due in to_come(loan, contract):
        if _base(due) > held:
            yield OpenDue(due.number, due.due_on, Money(_base(due) - held, contract.currency))
            return
        held -= _base(due)


def _base(due: Due) -> int:
    return due.principal + due.interest + due.fee

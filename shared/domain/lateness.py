"""What notices and the credit file need of a loan, read off its books: its dues' history, its position, its receipts.

A due is settled here when its principal, interest and fee are paid: a penal charge alone makes no loan late.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from shared.domain import merchant_refunds
from shared.domain.allocation import Due
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.credit_file import CreditFileRules, Figures, default_notice
from shared.domain.delinquency import STANDARD, Account, DueHistory, Scale, Span, loan_history
from shared.domain.dues import demanded, to_come
from shared.domain.ledger import Entry, live
from shared.domain.loan import Loan, after, origin
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.notice_facts import Notice, OpenDue
from shared.domain.notices import (
    Position,
    merchant_refund,
    merchant_refund_returned,
    payment_returned,
    receipt,
    refund,
    sanction_ended,
)
from shared.domain.payouts import LAPSED
from shared.domain.relief import still_unpaid
from shared.domain.repayment import arrival_of


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
    """The dues that were ever open, each with the day on which it was settled, and the loan's times after plans.

    What a new plan replaced is settled; what it put off is another due, of its new date. What was written off is owed
    all the same, until as much was recovered.
    """
    life = tuple(life)
    return Account(_dues(life), watches=_watches(life), runs=_runs(life))


def _dues(life: Iterable[Step]) -> tuple[DueHistory, ...]:
    found: dict[tuple[int, date], DueHistory] = {}
    for step in life:
        if step.loan.written_off > 0:
            continue
        now = {(due.number, due.due_on) for due in step.loan.dues if due.arrears}
        for each in sorted(now):
            if each not in found or found[each].settled_on is not None:
                found[each] = DueHistory(*each)
        for each, then in found.items():
            if then.settled_on is None and each not in now:
                found[each] = DueHistory(*each, step.entry.effective_on)
    return tuple(found.values())


def _watches(life: Iterable[Step]) -> tuple[Span, ...]:
    """A watch begins with a plan that restructures the loan, and ends when it is satisfied or with the loan."""
    found: list[Span] = []
    is_watched = False
    for step in life:
        if is_watched != (step.loan.watch is not None):
            is_watched, on = not is_watched, step.entry.effective_on
            found = [*found, Span(on)] if is_watched else [*found[:-1], replace(found[-1], until=on)]
    return tuple(found)


def _runs(life: Iterable[Step]) -> Span | None:
    """From the day on which the loan was paid out to that on which it was closed; no day of one that never was."""
    since = until = None
    for step in life:
        since, until = step.loan.disbursed_on, step.loan.closed_on
    return Span(since, until) if since else Span(date.max)


def together(loan: Loan, others: Iterable[Loan]) -> tuple[Loan, ...]:
    """Of the other loans those that ran while the loan did, or while another of these did."""
    found, rest = [loan], [other for other in others if other.disbursed_on is not None]
    while near := [other for other in rest if any(_meet(other, each) for each in found)]:
        found += near
        rest = [other for other in rest if other not in near]
    return tuple(found[1:])


def _meet(one: Loan, other: Loan) -> bool:
    if one.disbursed_on is None or other.disbursed_on is None:
        return False
    is_over = one.closed_on is not None and one.closed_on < other.disbursed_on
    return not is_over and not (other.closed_on is not None and other.closed_on < one.disbursed_on)


def position(
    loan: Loan, contract: Contract, history_of: Account, market: Market, on: date, others: Sequence[Account] = ()
) -> Position:
    """The loan on a day; it has its dues up to that day. A loan that is not active owes nothing that a notice names.

    `others` are the other loans of its borrower.
    """
    nothing = Money(0, contract.currency)
    changes = loan_history(history_of, others, scale(contract, market))
    if loan.state != "active":
        past = [change for change in changes if change.on <= on]
        return Position((), nothing, contract.penal, tuple(past[-1:] if past and past[-1].now == STANDARD else ()))
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
        *_merchant_refunds(life, contract, since),
        *_lapsed(life, contract, since),
    )


def _lapsed(life: Iterable[Step], contract: Contract, since: datetime) -> Iterator[Notice]:
    for entry in (step.entry for step in life):
        if entry.name == LAPSED and entry.recorded_at >= since:
            yield sanction_ended(contract.terms.principal, entry.effective_on)


def _refunds(life: Iterable[Step], contract: Contract, since: datetime) -> Iterator[Notice]:
    for entry in (step.entry for step in life):
        if entry.kind == "refund" and entry.recorded_at >= since and entry.payout_id:
            yield refund(entry.payout_id, Money(entry.debited("excess"), contract.currency), entry.effective_on)


def _returned(life: Iterable[Step], entries: Sequence[Entry], contract: Contract, since: datetime) -> Iterator[Notice]:
    """Money that came and stands no more, each once, however often a correction had booked it anew before."""
    standing = {step.entry.name for step in life}
    undone = {entry.reversal_of for entry in entries if entry.reversal_of is not None and entry.recorded_at >= since}
    gone = {
        entry.name: entry
        for entry in entries
        if entry.kind in ("repayment", merchant_refunds.KIND)
        and entry.entry_id in undone
        and entry.name not in standing
    }
    for entry in gone.values():
        amount = Money(entry.debited("lender_funds"), contract.currency)
        if entry.kind == "repayment":
            yield payment_returned(arrival_of(entry), amount, entry.effective_on)
        elif contract.purchase is not None:
            first = next(each for each in entries if each.name == entry.name)
            came_on = business_date(first.recorded_at, contract.time_zone)
            merchant = contract.purchase.merchant
            yield merchant_refund_returned(merchant_refunds.arrival_of(entry), amount, came_on, merchant)


def _merchant_refunds(life: Sequence[Step], contract: Contract, since: datetime) -> Iterator[Notice]:
    """Each with what is unpaid now: it counts from the day of the payout, and the head behind it is that of then."""
    for entry in (step.entry for step in life):
        if entry.kind == merchant_refunds.KIND and entry.recorded_at >= since and contract.purchase is not None:
            loan = life[-1].loan
            owed = Money(loan.principal + loan.written_off, contract.currency)
            yield merchant_refund(
                merchant_refunds.arrival_of(entry),
                Money(entry.debited("lender_funds"), contract.currency),
                business_date(entry.recorded_at, contract.time_zone),
                contract.purchase.merchant,
                owed if loan.state in ("active", "written_off") else None,
            )


def _receipts(life: Sequence[Step], contract: Contract, since: datetime) -> tuple[Notice, ...]:
    paid = [step for step in life if step.entry.kind == "repayment"]
    is_closed = bool(life) and life[-1].loan.state == "closed"
    return tuple(
        receipt(
            arrival_of(step.entry),
            Money(step.entry.debited("lender_funds"), contract.currency),
            step.entry.effective_on,
            Money(step.loan.principal, contract.currency),
            is_last=is_closed and step is paid[-1],
        )
        for step in paid
        if step.entry.recorded_at >= since
    )


def figures(life: Sequence[Step], contract: Contract, on: date, rules: CreditFileRules) -> Figures | None:
    """The loan's amounts at the end of a day, up to which its life goes; None before it was paid out."""
    if not life or (loan := life[-1].loan).disbursed_on is None:
        return None
    paid = [step.entry.effective_on for step in life if step.entry.kind == "repayment"]
    late = [due for due in demanded(loan, contract, on) if due.due_on < on]
    promised = rules.leaves_out_promised and loan.grant is not None and not loan.grant.closes
    left_out = sum(line.amount for line in still_unpaid(loan.grant, late)) if promised and loan.grant else 0
    return Figures(
        loan_id=loan.loan_id,
        sanctioned=contract.terms.principal,
        outstanding=Money(loan.principal, contract.currency),
        overdue=Money(sum(due.unpaid for due in late) - left_out, contract.currency),
        opened_on=loan.disbursed_on,
        closed_on=loan.closed_on,
        last_paid_on=paid[-1] if paid else None,
        given_up=_given_up(life),
        written_off=Money(loan.written_off, contract.currency) if loan.written_off else None,
        left_out=Money(left_out, contract.currency) if left_out else None,
    )


def _given_up(life: Sequence[Step]) -> str | None:
    """How the loan ended for less than was owed; it stays so, unless the payment that settled it comes back."""
    for before, step in pairwise(life):
        if step.entry.kind == "waiver" and before.loan.grant is not None and before.loan.grant.closes:
            return "settled_for_less"
    return "written_off" if any(step.entry.kind == "write_off" for step in life) else None


def scale(contract: Contract, market: Market) -> Scale:
    """The classes of the contract; a loan older than those has its market's."""
    return Scale(contract.buckets or market.buckets, market.non_performing, market.restructured)


def _open(dues: Iterable[Due], contract: Contract) -> Iterator[OpenDue]:
    for due in sorted(dues, key=lambda due: due.due_on):
        if due.arrears:
            yield OpenDue(due.number, due.due_on, Money(due.arrears, contract.currency))


def _next(loan: Loan, contract: Contract) -> Iterator[OpenDue]:
    """The first due to come that the borrower's own money does not settle."""
    held = max(loan.excess, 0)
    for due in to_come(loan, contract):
        if due.arrears > held:
            yield OpenDue(due.number, due.due_on, Money(due.arrears - held, contract.currency))
            return
        held -= due.arrears

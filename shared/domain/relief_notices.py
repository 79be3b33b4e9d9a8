"""What a borrower is told of relief: what was decided, what it became, and what is left for him to do.

Most of it is read off the loan's entries, so that it is told of whatever really stands. What staff answered without
an entry, a no or a proposal, is a `StaffAnswer` that was written with the decision.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from shared.domain.contract import Contract
from shared.domain.endings import debt
from shared.domain.lateness import Step
from shared.domain.ledger import Entry, Grant
from shared.domain.loan import Loan, due_date
from shared.domain.money import Money
from shared.domain.notice_facts import Fact, Notice


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """`kind` is that of its notice; `by` is the last day to answer, where the borrower may."""

    kind: str
    relief_id: str
    on: date
    at: datetime
    by: date | None = None


def answered(found: Iterable[StaffAnswer], since: datetime) -> Iterator[Notice]:
    """What was decided since an instant."""
    for each in found:
        if each.at >= since:
            yield _notice(each.kind, each.relief_id, each.on, {"by": each.by} if each.by else {})


def told(life: Sequence[Step], entries: Sequence[Entry], contract: Contract, since: datetime) -> Iterator[Notice]:
    """What the entries of a loan say of relief, recorded since an instant; `entries` are all, undone ones too."""
    for before, step in pairwise(life):
        if step.entry.recorded_at >= since:
            yield from _of_step(step.entry, before.loan, step.loan, life[-1].loan, contract)
    yield from _reversed(life, entries, since)


def _of_step(entry: Entry, before: Loan, after: Loan, now: Loan, contract: Contract) -> Iterator[Notice]:
    """Of the heads before and after the entry, and of the present one: what was offered and is over is not told."""
    on = entry.effective_on
    match entry.kind:
        case "waiver_granted" if entry.grant is not None and now.grant == entry.grant:
            yield _granted(entry.grant, after, contract, on)
        case "waiver" if before.grant is not None:
            yield _kept(entry, before, before.grant, contract)
        case "waiver_lapsed" if before.grant is not None:
            yield _notice(
                "settlement_lapsed" if before.grant.closes else "waiver_lapsed", before.grant.relief_id, on, {}
            )
        case "rescheduled" if entry.terms is not None and after.plan is not None:
            yield _notice("plan_agreed", entry.terms.relief_id, on, _instalments(after, contract))
        case "plan_broken" if before.watched is not None and after.not_yet_due:
            yield _notice("plan_broken", before.watched.relief_id, on, _instalments(after, contract))


def _granted(grant: Grant, after: Loan, contract: Contract, on: date) -> Notice:
    """What is to be paid and what is given up then. A settlement gives up all that is owed besides."""
    pay, given_up = grant.pay, grant.interest + grant.fee + grant.penalty
    if grant.closes:
        given_up = debt(after, contract, on).minor - pay
    facts: dict[str, Fact] = {
        "amount": Money(pay, contract.currency),
        "by": grant.by,
        "given_up": Money(given_up, contract.currency),
    }
    return _notice("settlement_offered" if grant.closes else "waiver_granted", grant.relief_id, on, facts)


def _kept(entry: Entry, before: Loan, grant: Grant, contract: Contract) -> Notice:
    """With what was given up in the end, the tax on it, and what was still owed after a write-off."""
    given_up = entry.debited("waivers") + entry.debited("tax_payable") + before.written_off
    facts: dict[str, Fact] = {"given_up": Money(given_up, contract.currency)}
    return _notice("settlement_kept" if grant.closes else "waiver_kept", grant.relief_id, entry.effective_on, facts)


def _reversed(life: Iterable[Step], entries: Iterable[Entry], since: datetime) -> Iterator[Notice]:
    """Waivers that stand no more under any name; of a settlement that was taken back its own answer tells."""
    entries, standing = tuple(entries), {step.entry.name for step in life}
    undone = {
        entry.reversal_of: entry.effective_on
        for entry in entries
        if entry.reversal_of is not None and entry.recorded_at >= since
    }
    # Of one that a correction had booked anew before, the last day.
    gone = {
        entry.grant.relief_id: undone[entry.entry_id]
        for entry in entries
        if entry.grant and not entry.grant.closes and entry.entry_id in undone and entry.name not in standing
    }
    for relief_id, on in gone.items():
        yield _notice("waiver_reversed", relief_id, on, {})


def _instalments(loan: Loan, contract: Contract) -> dict[str, Fact]:
    """The next instalment by the present plan."""
    assert loan.plan is not None
    amount = Money(loan.plan.instalment, contract.currency)
    return {"amount": amount, "due_on": due_date(loan, contract, loan.next_number)}


def _notice(kind: str, relief_id: str, on: date, facts: dict[str, Fact]) -> Notice:
    return Notice(f"{kind}.{relief_id}", kind, kind, on, facts)

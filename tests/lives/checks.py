"""What must hold in every life after each of its lines, whatever the line says."""

from dataclasses import replace
from datetime import date

from shared.domain import lateness, relief_notices, replay
from shared.domain.allocation import COMPONENTS
from shared.domain.ledger import RECEIVABLE, Entry, balances, live
from shared.domain.loan import after, is_fold, origin
from tests.lives.facts import Standing


def broken(at: Standing) -> list[str]:
    """The rules that the books break, as sentences; none when all is well."""
    holds = {
        "Every entry balances.": all(sum(balances([entry]).values()) == 0 for entry in at.entries),
        "No two entries have one id.": len({entry.entry_id for entry in at.entries}) == len(at.entries),
        "The head is the fold of the entries.": is_fold(at.loan, at.contract, at.entries),
        "What the head says is what the accounts say.": _head_is_the_balances(at),
        "Worked out again from the first day, the books are the same.": _same_from_scratch(at),
        "What a payment settled is its amount.": all(_is_all_accounted_for(entry) for entry in live(at.entries)),
        "What was demanded, paid early or written off is the principal lent.": _principal_is_all_there(at),
        "Nothing is negative but what was given back too much.": _nothing_is_negative(at),
        "The borrower is told of nothing twice.": len(set(told := _told(at))) == len(told),
        "No account of money on its way holds any once the rail has answered.": at.loan.payout_id is not None
        or balances(at.entries).get("payouts_in_transit", 0) == 0,
    }
    return [rule for rule, is_kept in holds.items() if not is_kept]


def _told(at: Standing) -> list[str]:
    """The ids of the notices of all that ever was booked, undone or not."""
    life = lateness.steps(origin(at.loan), at.contract, at.entries)
    booked = (life, at.entries, at.contract, at.loan.sanctioned_at)
    return [notice.notice_id for notice in (*lateness.answers(*booked), *relief_notices.told(*booked))]


def _head_is_the_balances(at: Standing) -> bool:
    accounts, loan = balances(at.entries), at.loan
    return (
        accounts.get("principal", 0) == loan.principal
        and accounts.get("excess", 0) == -loan.excess
        and all(
            accounts.get(RECEIVABLE[part], 0) == sum(getattr(due, part) for due in loan.dues)
            for part in COMPONENTS
            if part != "principal"
        )
    )


def _same_from_scratch(at: Standing) -> bool:
    known = replay.given(at.entries)
    through = max([at.loan.accrued_to or date.min, *(fact.effective_on for fact in known)])
    loan, entries = replay.replayed(origin(at.loan), at.contract, known, through, at.loan.sanctioned_at)
    head = replace(at.loan, sequence=0, revision=0, version=0, notice_on=None)
    same_head = replace(loan, sequence=0, revision=0) == head
    return same_head and [*map(_said, entries)] == [*map(_said, live(at.entries))]


def _said(entry: Entry) -> tuple[object, ...]:
    """What an entry says, without when and as which it was booked."""
    settled = (entry.due, entry.penalties, entry.lines, entry.ahead, entry.carried, entry.plan)
    return (entry.name, entry.kind, entry.effective_on, entry.postings, entry.purpose, entry.payout_id, *settled)


def _is_all_accounted_for(entry: Entry) -> bool:
    """Receivables, principal and excess took what came in; what the lines name is part of it."""
    if entry.kind != "repayment":
        return True
    taken = {part: -sum(p.amount.minor for p in entry.postings if p.credit == RECEIVABLE[part]) for part in COMPONENTS}
    lines = {part: sum(line.amount for line in entry.lines if line.component == part) for part in COMPONENTS}
    returned = sum(
        posting.amount.minor
        for posting in entry.postings
        if posting.credit == "excess" and posting.debit != "lender_funds"
    )
    whole = -sum(taken.values()) - entry.moved("excess") - entry.moved("recoveries") - returned
    return whole == entry.moved("lender_funds") and all(lines[part] <= -taken[part] for part in COMPONENTS)


def _principal_is_all_there(at: Standing) -> bool:
    """A plan takes back what was demanded and not paid, and may add to what was lent."""
    head = origin(at.loan)
    lent = demanded = early = 0
    for entry in live(at.entries):
        if entry.kind in ("disbursement", "merchant_refund", "rescheduled"):
            lent += entry.moved("principal")
        if entry.kind == "rescheduled" and entry.plan:
            demanded -= sum(due.principal for due in head.dues)
        if entry.due:
            demanded += entry.due.principal
        if entry.kind in ("repayment", "write_off", "waiver"):
            of_dues = sum(line.amount for line in entry.lines if line.component == "principal")
            early -= entry.moved("principal") + of_dues
        head = after(head, at.contract, entry)
    return demanded + early == lent - at.loan.not_yet_due


def _nothing_is_negative(at: Standing) -> bool:
    loan = at.loan
    open_parts: list[int] = [getattr(due, part) for due in loan.dues for part in COMPONENTS]
    return min([loan.principal, loan.not_yet_due, loan.ahead, loan.accrued, loan.charged, *open_parts]) >= 0

"""One engine for every way in which a loan's past can turn out: its given entries, in the order of their dates.

What follows from them (dues, penal charges, settlements, the closure) is worked out from the contract. So a payment
that is entered late, one that comes back, a payout that is returned, a loan as it was on any day: each is the same
computation over other given entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from shared.domain import dues, merchant_refunds, relief
from shared.domain.contract import Contract
from shared.domain.ledger import Entry, Posting, live
from shared.domain.loan import Loan, after, origin
from shared.domain.money import Money
from shared.domain.repayment import Receipt, arrival_of, received, repayment_name

Books = tuple[Loan, tuple[Entry, ...]]
_NEVER = datetime.min.replace(tzinfo=UTC)


def given(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that stand and were not worked out from others."""
    return tuple(entry for entry in live(entries) if entry.is_given)


def replayed(start: Loan, contract: Contract, given: Iterable[Entry], through: date, at: datetime) -> Books:
    """The loan and its entries from the first day on, as if everything had been known in time.

    `start` is the loan as sanctioned. Given entries of one day keep their order. Entries that are worked out are
    recorded `at`.
    """
    loan, entries = start, list[Entry]()
    for fact in sorted(given, key=lambda fact: fact.effective_on):
        if fact.effective_on > through:
            break
        loan, made = taken(loan, contract, fact, at)
        entries += made
    loan, made = dues.until(loan, contract, through, at)
    return loan, (*entries, *made)


def as_of(loan: Loan, contract: Contract, entries: Iterable[Entry], on: date, at: datetime) -> Books:
    """The loan as it stood at the end of a day, by what is known now; a day to come: as if nothing were paid."""
    return replayed(origin(loan), contract, given(entries), on, at)


def is_late(loan: Loan, receipt: Receipt) -> bool:
    """Whether the money is older than the books' last day, so that they must be worked out again."""
    return loan.accrued_to is not None and receipt.received_on < loan.accrued_to


def with_receipt(loan: Loan, contract: Contract, entries: Sequence[Entry], receipt: Receipt) -> Books:
    """The loan with money that came earlier than its last entries, and the entries that put the books right."""
    fact = Entry(
        entry_id=repayment_name(receipt.arrival),
        kind="repayment",
        sequence=loan.sequence + 1,
        effective_on=receipt.received_on,
        recorded_at=receipt.recorded_at,
        postings=(Posting("lender_funds", "excess", receipt.amount),),
        purpose=receipt.purpose,
        choice=receipt.choice,
    )
    return corrected(loan, contract, entries, (*given(entries), fact), receipt.recorded_at)


def without(loan: Loan, contract: Contract, entries: Sequence[Entry], name: str, at: datetime) -> Books:
    """The loan as if the given entry of that name had never been: a payment or a payout that came back."""
    return corrected(loan, contract, entries, [fact for fact in given(entries) if fact.name != name], at)


def with_merchant_refund(
    loan: Loan, contract: Contract, entries: Sequence[Entry], arrival: str, amount: Money, at: datetime
) -> Books:
    """The loan as if the merchant's money had never been lent, and the entries that put the books right.

    The refund follows the payout at once, whenever it came: so no interest and no penal charge was ever earned on it,
    and what was paid for those is the borrower's.
    """
    fact = merchant_refunds.received(loan, arrival, amount, at)
    standing = live(entries)
    before = 1 + max(place for place, entry in enumerate(standing) if entry.kind in merchant_refunds.FOLLOWS)
    if before == len(standing):
        return taken(loan, contract, fact, at)
    earlier, later = standing[:before], standing[before:]
    return corrected(loan, contract, entries, (*given(earlier), fact, *given(later)), at)


def corrected(
    loan: Loan, contract: Contract, entries: Sequence[Entry], facts: Iterable[Entry], recorded_at: datetime
) -> Books:
    """The loan by other given entries, and what is to be booked: reversals, last first, then what is posted anew.

    Entries before the first difference stand. A reversal has the date of what it undoes.
    """
    facts = tuple(facts)
    through = max(entry.effective_on for entry in (*live(entries), *facts))
    head, now = replayed(origin(loan), contract, facts, through, recorded_at)
    was = live(entries)
    same = 0
    while same < min(len(was), len(now)) and _content(was[same]) == _content(now[same]):
        same += 1
    booked: list[Entry] = []
    if same == len(was) == len(now):
        return loan, ()
    revision, known = loan.revision + 1, {entry.entry_id for entry in entries}
    for entry in reversed(was[same:]):
        booked.append(replace(_reversal(entry), entry_id=f"reversal.{entry.entry_id}~{revision}", revision=revision))
    for entry in now[same:]:
        if not entry.is_given or entry.name in known:
            entry = replace(entry, entry_id=f"{entry.name}~{revision}", revision=revision)
        booked.append(entry)
    numbered = tuple(
        replace(entry, sequence=loan.sequence + position, recorded_at=recorded_at)
        for position, entry in enumerate(booked, start=1)
    )
    head = replace(head, version=loan.version, notice_on=loan.notice_on)
    return replace(head, sequence=numbered[-1].sequence, revision=revision), numbered


def taken(loan: Loan, contract: Contract, fact: Entry, at: datetime) -> Books:
    """The loan after one given entry, and what follows from it at once; it is not older than the books' last day.

    What money settles, and what relief takes away, is worked out; any other is booked as it is.
    """
    if fact.kind == "repayment":
        amount = Money(fact.moved("lender_funds"), contract.currency)
        assert fact.purpose is not None, fact
        receipt = Receipt(arrival_of(fact), amount, fact.purpose, fact.effective_on, at, fact.choice)
        return received(loan, contract, receipt)
    loan, made = dues.until(loan, contract, fact.effective_on, at)
    entries, on = list(made), fact.effective_on
    fact = replace(fact, entry_id=fact.name, revision=0)
    for make in _makers(fact):
        entry = make(loan, contract, on, at)
        if entry is not None:
            loan = after(loan, contract, entry)
            entries.append(entry)
    return loan, tuple(entries)


def _makers(fact: Entry) -> tuple[dues.Maker, ...]:
    if fact.kind in ("rescheduled", "write_off", "waiver_granted"):
        return dues.penal_charge, _relief(fact), dues.waiver, dues.closure
    if fact.kind == "merchant_refund":
        return merchant_refunds.maker(fact), dues.closure
    return (_as_it_is(fact),)


def _as_it_is(fact: Entry) -> dues.Maker:
    return lambda loan, *_: replace(fact, sequence=loan.sequence + 1)


def _relief(fact: Entry) -> dues.Maker:
    """What makes the entry of relief that was agreed; a loan that is over by then takes none of it."""

    def make(loan: Loan, contract: Contract, on: date, _: datetime) -> Entry:
        bare = replace(fact, sequence=loan.sequence + 1, postings=(), lines=(), due=None, plan=None)
        if loan.state != "active":
            return bare
        if fact.kind == "rescheduled":
            return relief.rescheduled(loan, contract, bare, accrued=dues.interest_to(loan, contract, on))
        if fact.kind == "write_off":
            return relief.written_off(loan, contract, bare, accrued=dues.interest_to(loan, contract, on))
        return bare

    return make


def _reversal(entry: Entry) -> Entry:
    return Entry(
        entry_id=f"reversal.{entry.entry_id}",
        kind="reversal",
        sequence=entry.sequence,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        postings=tuple(Posting(made.credit, made.debit, made.amount) for made in entry.postings),
        reversal_of=entry.entry_id,
    )


def _content(entry: Entry) -> Entry:
    """The entry without what says when and as which it was booked."""
    return replace(entry, entry_id=entry.name, revision=0, sequence=0, recorded_at=_NEVER)

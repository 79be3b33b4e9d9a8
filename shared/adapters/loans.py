"""Loans in the loans book: the head, its contract, its journal, and the orders of money out and in.

A step is one item of the journal, named after the entry that caused it, which holds all entries that it made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.adapters.class_news import TELLS
from shared.adapters.requests import MADE, Request
from shared.adapters.table import Item, Stale, Table, Write, brief, load, plain, record
from shared.domain import agenda, flows
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.file_run import OVER
from shared.domain.flows import is_flow
from shared.domain.ledger import Entry
from shared.domain.loan import Loan
from shared.domain.partner_events import is_told
from shared.domain.payouts import LAPSED, Payout
from shared.domain.repayment_orders import RepaymentOrder

HEAD, CONTRACT, ENTRY = "loan", "loan#contract", "entry#"
# An order of money to come is never changed; what came of it lies beside it.
PAYOUT, ORDER, CAME = "payout", MADE, f"{MADE}#came"
# Entries of one item. Two hundred are some 60 KB of the 400 that an item may have.
TOGETHER = 200
# What is answered by a notice at once: its step has that as its task. Whoever answers puts the loan under the day of
# its next notice, so that the movement itself leaves it where it is in that index, and saves two keys written.
ANSWERED = ("repayment", "refund", "merchant_refund", "reversal", "waiver_granted", "rescheduled")


@dataclass(frozen=True, slots=True)
class Loans:
    table: Table

    def get(self, loan_id: str) -> tuple[Loan, Contract]:
        """The head and its contract in one read. Raises `NotFound`."""
        loan, contract, _ = self.listed(loan_id)
        return loan, contract

    def listed(self, loan_id: str) -> tuple[Loan, Contract, date | None]:
        """As `get`, and the day under which the index of work has the loan, or None."""
        items = self.table.query(loan_id, HEAD)
        if not items:
            raise _unknown()
        head, contract = items
        day = head.get("work_on")
        return load(Loan, head), load(Contract, contract), date.fromisoformat(day) if day else None

    def of_borrower(self, loan_id: str, borrower_id: str) -> tuple[Loan, Contract]:
        """Raises `NotFound` for another's too: nobody learns which ids exist."""
        loan, contract = self.get(loan_id)
        if loan.borrower_id != borrower_id:
            raise _unknown()
        return loan, contract

    def ids_of(self, borrower_id: str) -> list[str]:
        """All loans of a borrower, oldest first: one read."""
        return [item["sk"] for item in self.table.query(borrower_id, "loan_")]

    def page_of(
        self, borrower_id: str, after: str | None, limit: int
    ) -> tuple[list[tuple[Loan, Contract]], str | None]:
        """Oldest first, and the id behind which the next page begins."""
        page = self.table.page(borrower_id, "loan_", after, limit)
        return [self.get(loan_id) for loan_id in page.ids], page.next

    def last_of(self, borrower_id: str, count: int) -> list[tuple[Loan, Contract]]:
        """His last so many, oldest first."""
        return [self.get(item["sk"]) for item in self.table.query(borrower_id, "loan_")[-count:]]

    def entries(self, loan_id: str) -> list[Entry]:
        """In the order in which they were made."""
        steps = self.table.query(loan_id, ENTRY)
        return sorted((entry for step in steps for entry in _entries(step)), key=lambda entry: entry.sequence)

    def entry(self, loan_id: str, entry_id: str) -> Entry | None:
        """An entry that caused a step: money that was booked, a payout that was ordered or is over."""
        step = self.table.get(loan_id, f"{ENTRY}{entry_id}")
        return next((entry for entry in _entries(step) if entry.entry_id == entry_id), None) if step else None

    def step(self, loan_id: str, place: str) -> tuple[Entry, ...]:
        """The entries of one item of the journal, by its sort key; none for what has no entries."""
        item = self.table.get(loan_id, place)
        return _entries(item) if item and "entries" in item else ()

    def payout(self, payout_id: str) -> Payout | None:
        item = self.table.get(payout_id, PAYOUT)
        return load(Payout, item) if item else None

    def in_transit(self, account: str, before: datetime) -> list[Payout]:
        """Payouts from a lender's account that were ordered before an instant and are not over; the oldest first.

        At most a hundred: more are one trouble.
        """
        page = self.table.page_of_index("desk", ("desk", _transit(account)), None, 100)
        found = [payout for payout in map(self.payout, page.ids) if payout is not None and payout.is_open]
        return [payout for payout in found if payout.ordered_at < before]

    def repayment_order(self, repayment_id: str) -> RepaymentOrder | None:
        """The order as it stands by now."""
        items = self.table.query(repayment_id, ORDER)
        return load(RepaymentOrder, {name: value for item in items for name, value in item.items()}) if items else None

    def repayment_orders(self, loan_id: str, after: str | None, limit: int) -> tuple[list[RepaymentOrder], str | None]:
        """Oldest first, and the id behind which the next page begins. One that was just made may be missing.

        Raises `NotFound` when `after` is no order of this loan.
        """
        last = None
        if after is not None:
            order = self.repayment_order(after)
            if order is None or order.loan_id != loan_id:
                raise NotFound("not_found", "There is no such repayment.")
            item = new_order(order).item
            last = {name: item[name] for name in ("pk", "sk", "repays", "ordered_at")}
        page = self.table.page_of_index("orders", ("repays", loan_id), last, limit)
        return [order for order in map(self.repayment_order, page.ids) if order is not None], page.next

    def sanction_writes(self, loan: Loan, contract: Contract, entries: Sequence[Entry] = ()) -> list[Write]:
        """What makes the loan exist, with its first entries, for the transaction that accepts its offer."""
        return [
            Write(_head(loan, contract)),
            Write(record(contract, loan.loan_id, CONTRACT, **TELLS)),
            Write({"pk": loan.borrower_id, "sk": loan.loan_id}),
            *_steps(loan, contract, entries),
        ]

    def book(
        self,
        loan: Loan,
        contract: Contract,
        entries: Sequence[Entry],
        orders: Sequence[Write] = (),
        request: Request | None = None,
        answer: Any = None,
    ) -> None:
        """The head one version later, the step that its new entries are, and what they came of: all, or nothing.

        `loan` is the head after the entries, with the version that was read. Raises as `Table.transact` does: a step
        of the same cause is in the books once. Without entries only the head is written, and its day of work.
        """
        is_looked_at = not entries or _is_answered(entries)
        notice_on = loan.notice_on if is_looked_at else agenda.notice_on(loan)
        moved = replace(loan, version=loan.version + 1, notice_on=notice_on)
        head = Write(_head(moved, contract), loan.version)
        self.table.transact([head, *_steps(loan, contract, entries), *orders], request, answer)

    def order_repayment(self, order: RepaymentOrder, request: Request, answer: Any) -> None:
        """The order, which is its request's record too. The loan itself does not change until money comes."""
        self.table.make(new_order(order).item, request, answer)

    def look_on(self, loan: Loan, contract: Contract, notice_on: date | None) -> bool:
        """Puts the loan under the day of its next notice in that index; `loan` is the head as it was read.

        False when the loan has moved meanwhile, which put it there anew. Its version stays: nothing of it changed.
        """
        try:
            self.table.transact([Write(_head(replace(loan, notice_on=notice_on), contract), loan.version)])
        except Stale:
            return False
        return True

    def change(self, write: Write) -> None:
        """One payout or repayment order, without any entry."""
        self.table.transact([write])


def new_payout(payout: Payout) -> Write:
    """A payout with its task: the stream makes it a message for whoever sends payouts."""
    return Write(_payout(payout) | {"task": "payout"})


def changed_payout(payout: Payout) -> Write:
    """The payout one version later than it was read; its task is on its way already."""
    return Write(_payout(replace(payout, version=payout.version + 1)), payout.version)


def _payout(payout: Payout) -> Item:
    """While it is on its way, the index `desk` lists it by the account that it leaves."""
    item = record(payout, payout.payout_id, PAYOUT)
    if payout.is_open:
        item |= {"desk": _transit(payout.from_account), "desk_at": payout.ordered_at.isoformat()}
    return item


def _transit(account: str) -> str:
    return f"{account}#transit"


def new_order(order: RepaymentOrder) -> Write:
    """The order as it was made; the index of orders lists it with its loan's."""
    return Write(record(order, order.repayment_id, ORDER, repays=order.loan_id))


def new_attempt(order: RepaymentOrder) -> Write:
    """The order of a debit with its task: the stream makes it a message for whoever asks rails for debits."""
    item = new_order(order).item
    return Write(item | {"task": "debit"})


def changed_order(order: RepaymentOrder) -> Write:
    """What came of the order, one version later than it was read."""
    came = {"state": order.state, "received": plain(order.received), "version": order.version + 1}
    told = {"sent_at": order.sent_at and order.sent_at.isoformat(), "reason": order.reason}
    came |= {name: value for name, value in told.items() if value is not None}
    return Write({"pk": order.repayment_id, "sk": CAME, **came}, order.version or None)


def _head(loan: Loan, contract: Contract) -> Item:
    """The head, and under which day each index has it: one that is None keeps the loan out of that index."""
    shard, item = agenda.shard(loan, contract), record(loan, loan.loan_id, HEAD)
    if (on := agenda.work_on(loan, contract)) is not None:
        item |= {"work_shard": shard, "work_on": on.isoformat()}
    if loan.notice_on is not None:
        item["notice_shard"] = shard
    if (since := agenda.file_on(loan)) is not None:
        item |= {"file_shard": shard, "file_on": since.isoformat()}
    return item


def _steps(loan: Loan, contract: Contract, entries: Sequence[Entry]) -> list[Write]:
    """The entries of one step, in as many items as they need. What divides a part's number off is in no id.

    Where the lender's money moved, the index of flows lists them under his day; what he is told of says so. A loan
    that is over is found by them, under the day of their record, for the credit file that says so.
    """
    if not entries:
        return []
    cause, packed = _cause(entries).entry_id, [brief(entry) for entry in entries]
    parts = [packed[start : start + TOGETHER] for start in range(0, len(packed), TOGETHER)]
    names = [cause, *(f"{cause} {number}" for number in range(2, len(parts) + 1))]
    listed = dict(TELLS) if any(map(is_told, entries)) else {}
    on = business_date(max(entry.recorded_at for entry in entries), contract.time_zone)
    if any(map(is_flow, entries)):
        listed["flow_shard"] = flows.shard(loan.partner_id, on, loan.loan_id)
    if loan.closed_on is not None:
        listed |= {"file_shard": f"{agenda.shard(loan, contract)}#{OVER}", "file_on": on.isoformat()}
    items: list[Item] = [
        {"pk": loan.loan_id, "sk": f"{ENTRY}{name}", "entries": part, **listed}
        for name, part in zip(names, parts, strict=True)
    ]
    if _is_answered(entries):
        items[0]["task"] = "notice"
    return [Write(item) for item in items]


def _cause(entries: Sequence[Entry]) -> Entry:
    """What happened outside, else what comes first: a reversal of what is no more, or what a day has brought.

    What was known before and is only posted anew did not cause it.
    """
    return next((entry for entry in entries if entry.is_given and entry.entry_id == entry.name), entries[0])


def _is_answered(entries: Sequence[Entry]) -> bool:
    """What a borrower did himself, as he cancels a loan, needs no answer."""
    cause = _cause(entries)
    return cause.kind in ANSWERED or cause.name == LAPSED


def _entries(step: Item) -> tuple[Entry, ...]:
    return load(tuple[Entry, ...], step["entries"])


def _unknown() -> NotFound:
    return NotFound("not_found", "There is no such loan.")

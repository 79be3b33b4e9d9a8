"""Loans in the loans book: the head, its contract, its entries, and the orders of money out and in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, load, load_all, record
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.kfs import KeyFacts
from shared.domain.ledger import Entry
from shared.domain.loan import Loan
from shared.domain.payouts import Payout
from shared.domain.repayment_orders import RepaymentOrder

HEAD, CONTRACT, FACTS, ENTRY = "loan", "loan#contract", "kfs", "entry#"
PAYOUT, ORDER = "payout", "repayment"


@dataclass(frozen=True, slots=True)
class Loans:
    table: Table

    def get(self, loan_id: str) -> tuple[Loan, Contract]:
        """The head and its contract in one read. Raises `NotFound`."""
        items = self.table.query(loan_id, HEAD)
        if not items:
            raise _unknown()
        head, contract = items
        return load(Loan, head), load(Contract, contract)

    def of_borrower(self, loan_id: str, borrower_id: str) -> tuple[Loan, Contract]:
        """Raises `NotFound` for another's too: nobody learns which ids exist."""
        loan, contract = self.get(loan_id)
        if loan.borrower_id != borrower_id:
            raise _unknown()
        return loan, contract

    def page_of(
        self, borrower_id: str, after: str | None, limit: int
    ) -> tuple[list[tuple[Loan, Contract]], str | None]:
        """Oldest first, and the id behind which the next page begins."""
        page = self.table.page(borrower_id, "loan_", after, limit)
        return [self.get(loan_id) for loan_id in page.ids], page.next

    def entries(self, loan_id: str) -> list[Entry]:
        """In the order in which they were made."""
        return sorted(load_all(Entry, self.table.query(loan_id, ENTRY)), key=lambda entry: entry.sequence)

    def entry(self, loan_id: str, entry_id: str) -> Entry | None:
        item = self.table.get(loan_id, f"{ENTRY}{entry_id}")
        return load(Entry, item) if item else None

    def payout(self, payout_id: str) -> Payout | None:
        item = self.table.get(payout_id, PAYOUT)
        return load(Payout, item) if item else None

    def repayment_order(self, repayment_id: str) -> RepaymentOrder | None:
        item = self.table.get(repayment_id, ORDER)
        return load(RepaymentOrder, item) if item else None

    def repayment_orders(self, loan_id: str, after: str | None, limit: int) -> tuple[list[RepaymentOrder], str | None]:
        """Oldest first, and the id behind which the next page begins."""
        page = self.table.page(loan_id, "pay_", after, limit)
        return [order for order in map(self.repayment_order, page.ids) if order is not None], page.next

    def sanction_writes(self, loan: Loan, contract: Contract, kfs: KeyFacts) -> list[Write]:
        """What makes the loan exist, for the transaction that accepts its offer."""
        return [
            Write(record(loan, loan.loan_id, HEAD)),
            Write(record(contract, loan.loan_id, CONTRACT)),
            Write(record(kfs, loan.loan_id, FACTS)),
            Write({"pk": loan.borrower_id, "sk": loan.loan_id}),
        ]

    def book(
        self,
        loan: Loan,
        entries: Sequence[Entry],
        orders: Sequence[Write] = (),
        request: Request | None = None,
        answer: Any = None,
    ) -> None:
        """The head one version later, its new entries and what they came of: all, or nothing.

        `loan` is the head after the entries, with the version that was read. Raises as `Table.transact` does.
        """
        item = record(loan, loan.loan_id, HEAD, version=loan.version + 1)
        booked = [Write(record(entry, loan.loan_id, f"{ENTRY}{entry.entry_id}")) for entry in entries]
        self.table.transact([Write(item, loan.version), *booked, *orders], request, answer)

    def order_repayment(self, order: RepaymentOrder, request: Request, answer: Any) -> None:
        """The order and its place in the loan's list. The loan itself does not change until money comes."""
        pointer = Write({"pk": order.loan_id, "sk": order.repayment_id})
        self.table.transact([new_order(order), pointer], request, answer)

    def change(self, write: Write) -> None:
        """One payout or repayment order, without any entry."""
        self.table.transact([write])


def new_payout(payout: Payout) -> Write:
    """A payout with its task: the stream makes it a message for whoever sends payouts."""
    return Write(record(payout, payout.payout_id, PAYOUT, task="payout"))


def changed_payout(payout: Payout) -> Write:
    """The payout one version later than it was read; its task is on its way already."""
    return Write(record(payout, payout.payout_id, PAYOUT, version=payout.version + 1), payout.version)


def new_order(order: RepaymentOrder) -> Write:
    return Write(record(order, order.repayment_id, ORDER))


def changed_order(order: RepaymentOrder) -> Write:
    """The order one version later than it was read."""
    return Write(record(order, order.repayment_id, ORDER, version=order.version + 1), order.version)


def _unknown() -> NotFound:
    return NotFound("not_found", "There is no such loan.")

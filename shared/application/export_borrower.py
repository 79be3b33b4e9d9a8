"""All that is known of a borrower, for himself: in parts, the person with the first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.adapters.accounts import Accounts
from shared.adapters.borrowers import Borrowers
from shared.adapters.exports import LoanRecords, readable
from shared.adapters.loans import Loans
from shared.adapters.paper_seals import shown

# Of which one has some hundred KB at most, and an answer 6 MB.
TOGETHER = 5
ORDERS = 100
KEYS = ("data_key", "former_key", "paper_key")


@dataclass(frozen=True, slots=True)
class Record:
    """`items` as the books hold them, each with `what` it is; amounts are minor units, instants in UTC."""

    id: str
    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Export:
    """`person` and `phone` come with the first part; `next` is to be sent as `after` for the part behind, or null."""

    exported_at: datetime
    borrower_id: str
    phone: str | None
    person: list[dict[str, Any]]
    records: list[Record]
    next: str | None


def export_borrower(
    borrower_id: str,
    after: str | None,
    at: datetime,
    *,
    borrowers: Borrowers,
    accounts: Accounts,
    records: LoanRecords,
    loans: Loans,
) -> Export:
    """Opens his seals once, for the first part."""
    person: list[dict[str, Any]] = []
    if after is None:
        told = shown(borrower_id, borrowers.exported(borrower_id, at))
        own = (readable(item) for item in told)
        person = [*_without_key(own), *records.beside(borrower_id)]
    ids, then = records.page_of(borrower_id, after, TOGETHER)
    found = [Record(each, [*records.whole(each), *_orders(each, records, loans)]) for each in ids]
    phone = accounts.phone(borrower_id) if after is None else None
    return Export(at, borrower_id, phone, person, found, then)


def _without_key(items: Any) -> list[dict[str, Any]]:
    """The wrapped keys open nothing outside, and are the one thing that must not leave."""
    return [{name: value for name, value in item.items() if name not in KEYS} for item in items]


def _orders(loan_id: str, records: LoanRecords, loans: Loans) -> list[dict[str, Any]]:
    """What the borrower said he would pay on a loan, and what came of it."""
    if not loan_id.startswith("loan_"):
        return []
    orders, _ = loans.repayment_orders(loan_id, None, ORDERS)
    return [item for order in orders for item in records.whole(order.repayment_id)]

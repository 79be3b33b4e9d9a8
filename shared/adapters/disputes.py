"""Disputes about the credit file: each an item of its own, numbered under its borrower in the order in which they came.

The index `desk` has those that staff have to decide, and those for which the lender owes the borrower something.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.adapters.credit_files import touched
from shared.adapters.requests import Request
from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.disputes import Dispute
from shared.domain.errors import NotFound

DISPUTE, PREFIX = "dispute", "dispute#"
Waits = Literal["open", "owed"]


@dataclass(frozen=True, slots=True)
class Disputes:
    table: Table

    def get(self, dispute_id: str) -> Dispute:
        """Raises `NotFound`."""
        item = self.table.get(dispute_id, DISPUTE)
        if item is None:
            raise NotFound("not_found", "There is no such dispute.")
        return load(Dispute, item)

    def of_borrower(self, borrower_id: str) -> list[Dispute]:
        """The oldest first."""
        return [self.get(item["dispute_id"]) for item in self.table.query(borrower_id, PREFIX)]

    def of_loan(self, loan_id: str, borrower_id: str) -> list[Dispute]:
        """The oldest first: of a borrower who never raised one, one read."""
        listed = self.table.query(borrower_id, PREFIX)
        return [self.get(item["dispute_id"]) for item in listed if item["loan_id"] == loan_id]

    def waiting(self, market: str, waits: Waits, after: str | None, limit: int) -> tuple[list[Dispute], str | None]:
        """Those whose time ends first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            last = {"pk": after, "sk": DISPUTE, "desk": _desk(market, waits), "desk_at": _desk_at(self.get(after))}
        page = self.table.page_of_index("desk", ("desk", _desk(market, waits)), last, limit)
        return [self.get(dispute_id) for dispute_id in page.ids], page.next

    def add(self, dispute: Dispute, number: int, request: Request, answer: Any) -> None:
        """`number` is how many there were before. Raises `Stale` when another has come meanwhile, `Replayed`."""
        named = {"dispute_id": dispute.dispute_id, "loan_id": dispute.loan_id}
        place = {"pk": dispute.borrower_id, "sk": f"{PREFIX}{number:06d}", **named}
        writes = [Write(_item(dispute)), Write(place), touched(dispute.loan_id, dispute.raised_on)]
        self.table.transact(writes, request, answer)


def changed_dispute(dispute: Dispute) -> Write:
    """The dispute one version later than it was read."""
    return Write(_item(replace(dispute, version=dispute.version + 1)), dispute.version)


def _item(dispute: Dispute) -> Item:
    item = record(dispute, dispute.dispute_id, DISPUTE)
    waits: Waits | None = "open" if dispute.state == "open" else "owed" if dispute.is_owed else None
    if waits is not None:
        item |= {"desk": _desk(dispute.market, waits), "desk_at": _desk_at(dispute)}
    return item


def _desk(market: str, waits: Waits) -> str:
    return f"{market}#dispute.{waits}"


def _desk_at(dispute: Dispute) -> str:
    return dispute.repair_by.isoformat()

"""Disputes about the credit file, in the loans book under their borrower, numbered in the order in which they came."""

from dataclasses import dataclass
from typing import Any

from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, load_all, record
from shared.domain.disputes import Dispute

PREFIX = "dispute#"


@dataclass(frozen=True, slots=True)
class Disputes:
    table: Table

    def of_borrower(self, borrower_id: str) -> list[Dispute]:
        """The oldest first."""
        return load_all(Dispute, self.table.query(borrower_id, PREFIX))

    def add(self, dispute: Dispute, number: int, request: Request, answer: Any) -> None:
        """`number` is how many there were before. Raises `Stale` when another has come meanwhile, `Replayed`."""
        item = record(dispute, request.caller, f"{PREFIX}{number:06d}")
        self.table.transact([Write(item)], request, answer)

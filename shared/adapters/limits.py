"""A borrower's spending limit in the loans book: one item, his own."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.limits import SpendingLimit

LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Limits:
    table: Table

    def get(self, borrower_id: str) -> SpendingLimit | None:
        item = self.table.get(borrower_id, LIMIT)
        return load(SpendingLimit, item) if item else None


def changed_limit(limit: SpendingLimit) -> Write:
    """The limit one version later than it was read; the first has version 0."""
    return Write(record(limit, limit.borrower_id, LIMIT), limit.version - 1 if limit.version else None)

"""The people book's record of openings, under keys of their own: who opens a seal may add to it and see nobody."""

from dataclasses import dataclass
from datetime import UTC

from shared.adapters.table import ANY, Table, Write, load_all, record
from shared.domain.openings import Opening


@dataclass(frozen=True, slots=True)
class Openings:
    table: Table

    def add(self, borrower_id: str, opening: Opening) -> None:
        """Before the opening, so that none is without its record; recorded twice it is there once."""
        self.table.transact([Write(record(opening, _pk(borrower_id), _sk(opening)), ANY)])

    def page_of(self, borrower_id: str, after: str | None, limit: int) -> tuple[list[Opening], str | None]:
        """Oldest first, and the key behind which the next page begins."""
        found, then = self.table.part(_pk(borrower_id), "", after, limit)
        return load_all(Opening, found), then


def _pk(borrower_id: str) -> str:
    return f"openings#{borrower_id}"


def _sk(opening: Opening) -> str:
    """In the order of time. What one door opens for one purpose in one microsecond is one opening."""
    return f"{opening.opened_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{opening.purpose}"

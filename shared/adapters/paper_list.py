"""Papers that wait for a person: a list of each market's by the time when somebody should have looked.

It lies beside the hashes of papers, where the door that checks may write. A line is crossed out, and the table forgets
it; one of a paper that is decided, or gone with its borrower, says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.adapters.people import PAPER
from shared.adapters.table import ANY, Item, Table, Write
from shared.domain.borrowers import Borrower
from shared.domain.documents import Document

PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """Where a paper that waits is found; `key` orders the list."""

    key: str
    borrower_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class PaperList:
    table: Table

    def page(self, market: str, after: str | None, limit: int) -> tuple[Sequence[Line], str | None]:
        """The most urgent first, and the key behind which the next page begins. Lines crossed out are left out."""
        found, then = self.table.part(_list_of(market), "", after, limit)
        open_ = (item for item in found if "expires_at" not in item)
        return [Line(item["sk"], item["borrower_id"], item["document_id"]) for item in open_], then

    def due(self, market: str, at: datetime) -> Iterator[Line]:
        """Those that somebody should have looked at by then, the most urgent first."""
        after: str | None = None
        while True:
            lines, after = self.page(market, after, PAGE)
            for line in lines:
                if line.key >= _moment(at):
                    return
                yield line
            if after is None:
                return

    def strike(self, market: str, line: Line, at: datetime) -> Write:
        item = {"pk": _list_of(market), "sk": line.key, "borrower_id": line.borrower_id}
        return Write({**item, "document_id": line.document_id, "expires_at": int(at.timestamp())}, ANY)


def listed(borrower: Borrower, document: Document) -> list[Write]:
    """The line of a paper that waits for a person; crossed out once it does no more."""
    if document.review is None:
        return []
    line = _line(borrower, document)
    if document.review.decided_at is not None:
        line["expires_at"] = int(document.review.decided_at.timestamp())
    return [Write(line, ANY)]


def _line(borrower: Borrower, document: Document) -> Item:
    assert document.review is not None, document.id
    key = f"{_moment(document.review.due_at)}#{document.id}"
    return {"pk": _list_of(borrower.market), "sk": key, "borrower_id": borrower.id, "document_id": document.id}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _list_of(market: str) -> str:
    return f"{PAPER}waiting#{market}"

"""What a borrower is to be told that belongs to no loan: written with what it is about, and told by its own message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.adapters.notices import TASK
from shared.adapters.table import ANY, Table, Write, load, record
from shared.domain.notice_facts import PURPOSES
from shared.domain.telling import TO_TELL


@dataclass(frozen=True, slots=True)
class ToTell:
    """`days` are the facts of the text, besides who helps; `kind` names the text too."""

    notice_id: str
    kind: str
    on: date
    days: Mapping[str, date]

    @property
    def purpose(self) -> str:
        return PURPOSES[self.kind]


@dataclass(frozen=True, slots=True)
class BorrowerNotices:
    table: Table

    def get(self, borrower_id: str, sk: str) -> ToTell | None:
        item = self.table.get(borrower_id, sk)
        return load(ToTell, item) if item else None


def to_tell(table: Table, borrower_id: str, notice: ToTell) -> Write:
    """For the transaction of what is told, also one of another table; the stream has it told. Once by its id."""
    item = record(notice, borrower_id, f"{TO_TELL}{notice.notice_id}", task=TASK)
    return Write(item, ANY, table.name)

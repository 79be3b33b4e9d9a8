"""What a borrower is told that belongs to no loan: what he is to be told, written with its cause; and the notices.

A notice lies under its day, so that the borrower reads them in the order in which they made sense.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.adapters.notices import PREFIX, TASK
from shared.adapters.table import ANY, Table, Write, load, load_all, record
from shared.domain.notice_facts import PURPOSES
from shared.domain.telling import TO_TELL, Alert, Telling


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

    def wanted(self, borrower_id: str, sk: str) -> ToTell | Alert | None:
        item = self.table.get(borrower_id, sk)
        if item is None:
            return None
        return load(Alert, item) if "at" in item else load(ToTell, item)

    def find(self, borrower_id: str, notice: ToTell) -> Telling | None:
        """What became of it so far."""
        item = self.table.get(borrower_id, f"{PREFIX}{_place(notice)}")
        return load(Telling, item) if item else None

    def put(self, borrower_id: str, telling: Telling, seen: Telling | None) -> None:
        """Raises `Stale` when somebody else has tried since it was seen."""
        item = record(telling, borrower_id, f"{PREFIX}{_place(telling)}")
        self.table.transact([Write(item, seen.version if seen else None)])

    def page_of(self, borrower_id: str, after: str | None, limit: int) -> tuple[list[Telling], str | None]:
        """The oldest first, and the place behind which the next page begins."""
        behind = f"{PREFIX}{after}" if after else None
        found, then = self.table.part(borrower_id, PREFIX, behind, limit)
        return load_all(Telling, found), then.removeprefix(PREFIX) if then else None


def to_tell(table: Table, borrower_id: str, notice: ToTell) -> Write:
    """For the transaction of what is told, also one of another table; the stream has it told. Once by its id."""
    item = record(notice, borrower_id, f"{TO_TELL}{notice.notice_id}", task=TASK)
    return Write(item, ANY, table.name)


def to_alert(table: Table, alert: Alert) -> Write:
    """As `to_tell`: what was done with an account."""
    item = record(alert, alert.borrower_id, f"{TO_TELL}{alert.notice_id}", task=TASK)
    return Write(item, ANY, table.name)


def _place(notice: ToTell | Telling) -> str:
    return f"{notice.on}#{notice.notice_id}"

"""What bureaus refused: each an item of its own; the index `desk` has those that staff have to put right."""

from dataclasses import dataclass, replace

from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.rejects import Reject

REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Rejects:
    table: Table

    def get(self, reject_id: str) -> Reject:
        """Raises `NotFound`."""
        item = self.table.get(reject_id, REJECT)
        if item is None:
            raise NotFound("not_found", "There is no such reject.")
        return load(Reject, item)

    def waiting(self, market: str, after: str | None, limit: int) -> tuple[list[Reject], str | None]:
        """Those whose next reference date comes first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            last = {"pk": after, "sk": REJECT, "desk": _desk(market), "desk_at": self.get(after).correct_by.isoformat()}
        page = self.table.page_of_index("desk", ("desk", _desk(market)), last, limit)
        return [self.get(reject_id) for reject_id in page.ids], page.next


def new_reject(reject: Reject) -> Write:
    return Write(_item(reject))


def changed_reject(reject: Reject) -> Write:
    """The reject one version later than it was read."""
    return Write(_item(replace(reject, version=reject.version + 1)), reject.version)


def _item(reject: Reject) -> Item:
    item = record(reject, reject.reject_id, REJECT)
    if reject.state == "open":
        item |= {"desk": _desk(reject.market), "desk_at": reject.correct_by.isoformat()}
    return item


def _desk(market: str) -> str:
    return f"{market}#reject"

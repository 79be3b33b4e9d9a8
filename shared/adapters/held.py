"""Money that fits no loan, in the loans book, listed by its currency while it is held."""

from dataclasses import dataclass, replace

from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.held import HeldPayment

HELD = "held"


@dataclass(frozen=True, slots=True)
class Held:
    table: Table

    def find(self, held_id: str) -> HeldPayment | None:
        item = self.table.get(held_id, HELD)
        return load(HeldPayment, item) if item else None

    def get(self, held_id: str) -> HeldPayment:
        """Raises `NotFound`."""
        found = self.find(held_id)
        if found is None:
            raise NotFound("not_found", "No such payment is held.")
        return found

    def waiting(self, currency: str, after: str | None, limit: int) -> tuple[list[HeldPayment], str | None]:
        """Those that are held, oldest first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            item = _item(replace(self.get(after), state=HELD))
            last = {name: item[name] for name in ("pk", "sk", "desk", "desk_at")}
        page = self.table.page_of_index("desk", ("desk", _desk(currency)), last, limit)
        return [self.get(held_id) for held_id in page.ids], page.next


def new_held(held: HeldPayment) -> Write:
    return Write(_item(held))


def changed_held(held: HeldPayment) -> Write:
    """One version later than it was read. With an order to send it back, it is a message for whoever sends money."""
    item = _item(replace(held, version=held.version + 1))
    return Write(item | {"task": "payout"} if held.state == "refund_pending" else item, held.version)


def _item(held: HeldPayment) -> Item:
    """The index `desk` has those that are still held."""
    item = record(held, held.held_id, HELD)
    if held.state == HELD:
        item |= {"desk": _desk(held.amount.currency), "desk_at": held.held_at.isoformat()}
    return item


def _desk(currency: str) -> str:
    return f"{currency}#held"

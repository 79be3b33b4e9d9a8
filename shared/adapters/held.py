"""Money that fits no loan, in the loans book, listed by its currency."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
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

    def page(self, currency: str, after: str | None, limit: int) -> tuple[list[HeldPayment], str | None]:
        """All that was ever held, and the id behind which the next page begins."""
        found, then = self.table.part(_list(currency), "held_", after, limit)
        return [self.get(item["sk"]) for item in found], then


def new_held(held: HeldPayment) -> list[Write]:
    return [
        Write(record(held, held.held_id, HELD)),
        Write({"pk": _list(held.amount.currency), "sk": held.held_id}),
    ]


def changed_held(held: HeldPayment) -> Write:
    """One version later than it was read."""
    return Write(record(held, held.held_id, HELD, version=held.version + 1), held.version)


def _list(currency: str) -> str:
    return f"held#{currency}"

"""Settlements beside their loans, and the list of those that wait for a second person."""

from dataclasses import dataclass

from shared.adapters.table import Item, Table, Write, load, load_all, record
from shared.domain.errors import NotFound
from shared.domain.settlements import Settlement

PREFIX = "settlement#"


@dataclass(frozen=True, slots=True)
class Settlements:
    table: Table

    def get(self, loan_id: str, settlement_id: str) -> Settlement:
        """Raises `NotFound`, also for one of another loan."""
        item = self.table.get(loan_id, f"{PREFIX}{settlement_id}")
        if item is None:
            raise NotFound("not_found", "There is no such settlement.")
        return load(Settlement, item)

    def of_loan(self, loan_id: str) -> list[Settlement]:
        """Oldest first. One that was proposed after the loan's head was read changes that head's version."""
        return load_all(Settlement, self.table.query(loan_id, PREFIX))

    def waiting(self, market: str, after: str | None, limit: int) -> tuple[list[Settlement], str | None]:
        """Those that wait for a second person, oldest first, and the loan behind which the next page begins.

        A loan has one such at a time. One that has just changed may be missing.
        """
        last = _item(self._of(after)) if after is not None else None
        keys = {name: last[name] for name in ("pk", "sk", "desk", "desk_at")} if last else None
        page = self.table.page_of_index("desk", ("desk", _desk(market)), keys, limit)
        return [each for loan_id in page.ids for each in self.of_loan(loan_id) if each.state == "proposed"], page.next

    def _of(self, loan_id: str) -> Settlement:
        """The one that waits. Raises `NotFound`."""
        found = next((each for each in self.of_loan(loan_id) if each.state == "proposed"), None)
        if found is None:
            raise NotFound("not_found", "No settlement of this loan waits any more; begin the list anew.")
        return found


def new_settlement(settlement: Settlement) -> Write:
    return Write(_item(settlement))


def changed_settlement(settlement: Settlement) -> Write:
    """One version later than it was read."""
    return Write(_item(settlement) | {"version": settlement.version + 1}, settlement.version)


def _item(settlement: Settlement) -> Item:
    item = record(settlement, settlement.loan_id, f"{PREFIX}{settlement.settlement_id}")
    if settlement.state == "proposed":
        item |= {"desk": _desk(settlement.market), "desk_at": settlement.steps[0].at.isoformat()}
    return item


def _desk(market: str) -> str:
    return f"{market}#settlement"

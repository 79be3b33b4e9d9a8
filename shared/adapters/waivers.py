"""Waivers in the loans book: each an item of its own, found by its loan, by its month, and while it waits by its state.

A month's budget lies in parts, each an item; see `shared/domain/waiver_budget.py`.
"""

from dataclasses import dataclass, replace

from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.waiver_budget import PARTS, Part
from shared.domain.waivers import Waiver

WAIVER = "waiver"
# In which states something is still to come, so that the index `desk` has it.
WAITING = ("requested", "approved", "granted")


@dataclass(frozen=True, slots=True)
class Waivers:
    table: Table

    def get(self, waiver_id: str) -> Waiver:
        """Raises `NotFound`."""
        item = self.table.get(waiver_id, WAIVER)
        if item is None:
            raise NotFound("not_found", "There is no such waiver.")
        return load(Waiver, item)

    def of_borrower(self, waiver_id: str, loan_id: str, borrower_id: str) -> Waiver:
        """Raises `NotFound` for another's, and for one of another loan."""
        waiver = self.get(waiver_id)
        if (waiver.loan_id, waiver.borrower_id) != (loan_id, borrower_id):
            raise NotFound("not_found", "There is no such waiver.")
        return waiver

    def of_loan(self, loan_id: str) -> tuple[Waiver, ...]:
        """Oldest first. One that is asked for after the loan's head was read changes that head's version."""
        return tuple(self.get(item["sk"]) for item in self.table.query(loan_id, "wvr_"))

    def of_month(self, market: str, month: str, after: str | None, limit: int) -> tuple[list[Waiver], str | None]:
        """All that were asked for in a month (`2026-11`), oldest first, and where the next page begins."""
        found, then = self.table.part(_month(market, month), "wvr_", after, limit)
        return [self.get(item["sk"]) for item in found], then

    def waiting(self, market: str, state: str, after: str | None, limit: int) -> tuple[list[Waiver], str | None]:
        """Those in a state of `WAITING`, oldest first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            item = _item(replace(self.get(after), state=state, is_settled=False))
            last = {name: item[name] for name in ("pk", "sk", "desk", "desk_at")}
        page = self.table.page_of_index("desk", ("desk", _desk(market, state)), last, limit)
        return [self.get(waiver_id) for waiver_id in page.ids], page.next

    def budget(self, market: str, month: str) -> tuple[Part, ...]:
        """All parts of a month's budget, written or not."""
        stored = {part.number: part for part in map(_part, self.table.query(_budget(market, month)))}
        return tuple(stored.get(number, Part(market, month, number)) for number in range(PARTS))

    def part_of(self, waiver: Waiver) -> Part:
        """The part of the budget from which the waiver was reserved."""
        item = self.table.get(_budget(waiver.market, waiver.budget_month), f"{waiver.budget_part:02}")
        assert item is not None, waiver
        return _part(item)


def new_waiver(waiver: Waiver) -> list[Write]:
    """The waiver, and its places in the lists of its loan and of its month."""
    month = _month(waiver.market, waiver.budget_month)
    listed = ({"pk": waiver.loan_id, "sk": waiver.waiver_id}, {"pk": month, "sk": waiver.waiver_id})
    return [Write(_item(waiver)), *map(Write, listed)]


def changed_waiver(waiver: Waiver) -> Write:
    """The waiver one version later than it was read."""
    return Write(_item(replace(waiver, version=waiver.version + 1)), waiver.version)


def changed_part(part: Part) -> Write:
    """The part one version later than it was read."""
    item = record(part, _budget(part.market, part.month), f"{part.number:02}", version=part.version + 1)
    return Write(item, part.version or None)


def _item(waiver: Waiver) -> Item:
    """The index `desk` has those for which something is still to come."""
    item = record(waiver, waiver.waiver_id, WAIVER)
    if waiver.state in WAITING and not waiver.is_settled:
        item |= {"desk": _desk(waiver.market, waiver.state), "desk_at": waiver.asked_at.isoformat()}
    return item


def _part(item: Item) -> Part:
    return load(Part, item)


def _desk(market: str, state: str) -> str:
    return f"{market}#waiver#{state}"


def _month(market: str, month: str) -> str:
    return f"waivers#{market}#{month}"


def _budget(market: str, month: str) -> str:
    return f"budget#{market}#{month}"

"""Everything of a borrower in the loans book, as it is stored: whatever is added to the book is in his export too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.adapters.table import Item, Table, unsqueezed

POINTERS = ("app_", "checkout_", "loan_")
# What a loan lists by its id, and what lies under that id.
LISTED = ("plan_", "wvr_", "mnd_")
# Where the stream and the indexes find an item: nothing that is known of anybody.
OURS = (
    *("pk", "task", "work_shard", "work_on", "notice_shard", "notice_on", "repays", "desk", "desk_at", "applied"),
    *("flow_shard", "debit_shard", "debit_on", "file_shard", "file_on"),
)
# By what fraud is found is not told (Digital Personal Data Protection Act, 2023, section 17(1)(c)).
UNTOLD = ("signals", "rival")
# A request's record, where it lies in the thing that the request made: the thing says the same.
REQUEST = ("body_hash", "status", "answer")


@dataclass(frozen=True, slots=True)
class LoanRecords:
    table: Table

    def page_of(self, borrower_id: str, after: str | None, limit: int) -> tuple[tuple[str, ...], str | None]:
        """Ids of his applications, then of his checkouts and loans, and the one behind which the next page begins."""
        ids = [found for prefix in POINTERS for found in self._ids(borrower_id, prefix, after)]
        return tuple(ids[:limit]), ids[limit - 1] if len(ids) > limit else None

    def whole(self, pk: str) -> list[dict[str, Any]]:
        """All items under an application, a checkout, a loan or an order, and those of what a loan lists."""
        items = self.table.query(pk)
        listed = [found for item in items if item["sk"].startswith(LISTED) for found in self.table.query(item["sk"])]
        if pk.startswith("loan_"):
            listed += self.table.query(f"reported#{pk}")
        return [readable(item) for item in (*items, *listed)]

    def beside(self, borrower_id: str) -> list[dict[str, Any]]:
        """What the book holds under the borrower himself, besides those ids, and the disputes that he lists."""
        items = [item for item in self.table.query(borrower_id) if not item["sk"].startswith(POINTERS)]
        disputed = [found for item in items if "dispute_id" in item for found in self.table.query(item["dispute_id"])]
        return [readable(item) for item in (*items, *disputed)]

    def _ids(self, borrower_id: str, prefix: str, after: str | None) -> Iterator[str]:
        items = self.table.query(borrower_id, prefix)
        yield from (item["sk"] for item in items if after is None or item["sk"] > after)


def readable(item: Item) -> dict[str, Any]:
    """As JSON; `what` is the kind of item."""
    left_out = (*OURS, "sk", *(REQUEST if "body_hash" in item else ()))
    kept = {name: value for name, value in item.items() if name not in left_out}
    return {"what": item["sk"], **{name: _opened(value) for name, value in kept.items()}}


def _opened(value: Any) -> Any:
    """What was squeezed as it is; of a decision, the grounds that may be told."""
    plain = unsqueezed(value) if isinstance(value, bytes) else value
    if not isinstance(plain, dict) or not plain.get("grounds"):
        return plain
    return {**plain, "grounds": {name: each for name, each in plain["grounds"].items() if name not in UNTOLD}}

"""The people book's items of phones to be changed, under keys of their own: hashes, and no phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.phone_changes import PhoneChange

SK, CHANGE = "phone_change", "phone_change#"


@dataclass(frozen=True, slots=True)
class PhoneChanges:
    table: Table

    def get(self, borrower_id: str) -> PhoneChange | None:
        item = self.table.get(_pk(borrower_id), SK)
        return load(PhoneChange, item) if item else None

    def save(self, borrower_id: str, change: PhoneChange, seen: PhoneChange | None, told: Sequence[Write] = ()) -> None:
        """With what he is `told` of it. Raises `Stale` when it changed since then.

        The table forgets it once nobody can confirm it any more.
        """
        forgotten_at = int(change.open_until.timestamp())
        item = record(change, _pk(borrower_id), SK, expires_at=forgotten_at)
        self.table.transact([Write(item, seen.version if seen else None), *told])


def _pk(borrower_id: str) -> str:
    return f"{CHANGE}{borrower_id}"

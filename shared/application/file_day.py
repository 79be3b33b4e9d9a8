"""Write a lender's settled day as files: its movements, and a manifest with the sums and the hash of each part.

All of it was fixed when the day was settled first, so that the same bytes are written whoever does it, and however
often. Killed before the day says that its files are there, the next run writes them again.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace

from shared.adapters.file_store import FileStore
from shared.adapters.settled_days import SettledDays
from shared.domain.flows import Flow, Movement
from shared.domain.settled_day import SettledDay

# Movements of one part: some ten megabytes at most.
PART = 50_000
SETTLEMENTS = "settlements"


def file_day(day: SettledDay, flows: Sequence[Flow], *, days: SettledDays, store: FileStore) -> SettledDay:
    """The day with its manifest's hash; what is written then is told to the lender. Raises `Stale`."""
    if day.manifest_sha256 is not None:
        return day
    movements = sorted((each for flow in flows for each in flow.movements), key=lambda each: each.movement_id)
    chunks = [movements[start : start + PART] for start in range(0, len(movements), PART)]
    place = folder(day.partner_id, day.on.isoformat())
    parts = [
        store.put(f"{place}/movements-{number:03}.jsonl", map(_row, chunk)) for number, chunk in enumerate(chunks, 1)
    ]
    made = store.put(f"{place}/manifest.json", [day.statement() | {"parts": [asdict(part) for part in parts]}])
    filed = replace(day, manifest_sha256=made.sha256)
    return days.file(filed)


def folder(partner_id: str, on: str) -> str:
    return f"{SETTLEMENTS}/{partner_id}/{on}"


def _row(movement: Movement) -> dict[str, object]:
    return {
        "movement_id": movement.movement_id,
        "kind": movement.kind,
        "loan_id": movement.loan_id,
        "minor": movement.amount,
        "on": movement.on.isoformat(),
    }

"""A borrower whose papers may be compared: what a saved profile leaves for that."""

from dataclasses import replace

from shared import identity
from shared.adapters.people import Change, People
from shared.adapters.table import Table
from shared.adapters.vault import DataKey
from shared.domain.borrowers import Borrower
from shared.domain.papers import Holder


def introduce(people: Table, borrower_id: str, holder: Holder) -> None:
    seals = identity.paper_seals()
    own = DataKey(borrower_id, b"0" * 32)

    def saved(borrower: Borrower) -> Change:
        key, wrapped, _ = seals.of_profile(borrower, own, None)
        return replace(borrower, has_profile=True, paper_key=wrapped), [seals.holder_write(key, own, "own", holder)]

    People(people).change(borrower_id, saved)

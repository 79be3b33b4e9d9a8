"""Make borrowers' data keys anew, and seal with them what the former ones sealed."""

from collections.abc import Sequence
from datetime import datetime

from shared.adapters.borrowers import Borrowers
from shared.domain.errors import Conflict, NotFound


def renew_keys(borrower_ids: Sequence[str], before: datetime, at: datetime, *, borrowers: Borrowers) -> dict[str, int]:
    """How many are `renewed`, how many were not from `before` or have none (`kept`), and how many to ask for again
    (`busy`). Whoever signed up and told nothing, and whoever was erased, has no key."""
    told = {"renewed": 0, "kept": 0, "busy": 0}
    for borrower_id in borrower_ids:
        told[_renewed(borrower_id, before, at, borrowers)] += 1
    return told


def _renewed(borrower_id: str, before: datetime, at: datetime, borrowers: Borrowers) -> str:
    try:
        return "renewed" if borrowers.renew_key(borrower_id, before, at) else "kept"
    except NotFound:
        return "kept"
    except Conflict:
        return "busy"

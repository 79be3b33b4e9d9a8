"""Make borrowers' data keys anew, and seal with them what the former ones sealed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from shared.adapters.borrowers import Borrowers
from shared.domain.errors import Conflict, DomainError, NotFound


def renew_keys(
    borrower_ids: Sequence[str],
    before: datetime,
    at: datetime,
    has_time: Callable[[], bool],
    *,
    borrowers: Borrowers,
) -> tuple[dict[str, int], list[str]]:
    """How many are `renewed`, how many were not from `before` or have none (`kept`), how many to ask for again
    (`busy`), and how many `failed`, with the ids of these: they hold up nobody.

    Whoever signed up and told nothing, and whoever was erased, has no key.
    """
    told, failed = {"renewed": 0, "kept": 0, "busy": 0, "failed": 0}, []
    for borrower_id in borrower_ids:
        became = _renewed(borrower_id, before, at, borrowers) if has_time() else "busy"
        told[became] += 1
        if became == "failed":
            failed.append(borrower_id)
    return told, failed


def _renewed(borrower_id: str, before: datetime, at: datetime, borrowers: Borrowers) -> str:
    try:
        return "renewed" if borrowers.renew_key(borrower_id, before, at) else "kept"
    except NotFound:
        return "kept"
    except Conflict:
        return "busy"
    except DomainError:
        # Somebody's seals do not open, which has woken somebody.
        return "failed"

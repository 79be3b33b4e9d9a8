"""Gather, decide, apply: once more when what the decision rests on has changed meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from shared.adapters.requests import Request
from shared.adapters.table import Stale, Table
from shared.domain.errors import Conflict, Refused

TRIES = 3

T = TypeVar("T")


def again(step: Callable[[], T]) -> T:
    """What `step` returns. Raises `Conflict` when others were quicker three times."""
    for _ in range(TRIES):
        try:
            return step()
        except Stale:
            continue
    raise Conflict("request_in_flight", "Something else is changing this at the moment. Please try again.")


def once(step: Callable[[], T], request: Request, table: Table) -> T:
    """As `again`. A refusal that this request's own first success brought about is that success: raises `Replayed`."""
    try:
        return again(step)
    except Refused:
        table.answered(request)
        raise

"""Gather, decide, apply: once more when what the decision rests on has changed meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from shared.adapters.table import Stale
from shared.domain.errors import Conflict

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

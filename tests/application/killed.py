"""A step killed before and after every call that it makes, then tried again; and one done three times: one effect.

A file of steps has a table of them, each with what goes before it and its verb, and says what must be so afterwards.
What is killed is tried again as its caller would: with the same key, or by the same message delivered again.
"""

from collections.abc import Callable
from itertools import count
from typing import Any, Protocol, TypeVar

import pytest

from shared.adapters.requests import Replayed
from shared.adapters.table import Table
from tests.application.desk import Death, Desk, Killed
from tests.conftest import table

# Of the test that kills: its argument `comes_after`.
AT_EACH_CALL = pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])

Place = TypeVar("Place")
Kind = TypeVar("Kind", bound=Desk)


class Step(Protocol):
    """What else it has is for `is_as_wanted`."""

    @property
    def before(self) -> Callable[[Any], object]: ...

    @property
    def verb(self) -> Callable[[Any], object]: ...


Made = TypeVar("Made", bound=Step)


def killed_at_each_call(
    place: Callable[[], Place],
    step: Made,
    is_as_wanted: Callable[[Place, Made], None],
    death: Death,
    *,
    comes_after: bool,
) -> None:
    """`place` makes a new place for each try: where the step is done, with calls that `death` counts."""
    for call in count(1):
        there = place()
        step.before(there)
        death.at_call(call, comes_after)
        is_over = not _is_killed(step, there)
        death.at_call(0, False)
        if is_over:
            break
        for _ in range(2):
            _is_killed(step, there)

        is_as_wanted(there, step)
    assert call > 2, "a step that reads and writes makes two calls"


def done_three_times(there: Place, step: Made, is_as_wanted: Callable[[Place, Made], None]) -> None:
    step.before(there)
    for _ in range(3):
        _is_killed(step, there)

    is_as_wanted(there, step)


def _is_killed(step: Step, there: Place) -> bool:
    try:
        step.verb(there)
    except Killed:
        return True
    except Replayed:
        """The request's record has the answer of the try before."""
    return False


class Desks:
    """Makes desks, each with a table of its own. The store in memory copies all that it has for every transaction,
    so that the table of the desk before goes away."""

    def __init__(self, death: Death, aws: Any) -> None:
        self.death, self.client, self.onlooker = death, aws("dynamodb"), aws("dynamodb")
        death.counts(self.client)
        self.latest: Table | None = None
        self.numbers = count(1)

    def __call__(self, kind: type[Kind]) -> Kind:
        if self.latest:
            self.onlooker.delete_table(TableName=self.latest.name)
        self.latest = table(self.client, f"loans-{next(self.numbers)}")
        return kind(self.latest, self.death, self.onlooker)

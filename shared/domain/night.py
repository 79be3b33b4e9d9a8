"""A market's night: one run per business date, in shards, each a list of loans on which something is due."""

from dataclasses import dataclass, replace
from datetime import date, datetime

# A loan's shard is made of its id, so that no key of an index takes all of a night's writes.
SHARDS = 16
# Loans of one message: ten messages are one request, and a page of an index is one such request.
TOGETHER = 25
PAGE = 10 * TOGETHER


@dataclass(frozen=True, slots=True)
class Run:
    """`on` is what everybody who works for the run takes for today, however late he works."""

    market: str
    on: date
    started_at: datetime
    finished_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """A shard of an index to read, of all that is due up to `on`; `after` is the place where an earlier one stopped."""

    index: str
    shard: str
    on: date
    after: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Loans to work for one business date."""

    on: date
    loan_ids: tuple[str, ...]

    def apart(self) -> "list[Batch]":
        """Each loan alone: what is wrong with one then holds up no other."""
        return [replace(self, loan_ids=(loan_id,)) for loan_id in self.loan_ids]


@dataclass(frozen=True, slots=True)
class Task:
    """What the relay sends of an item that was written with a task."""

    task: str
    pk: str
    sk: str


def shards(market: str) -> tuple[str, ...]:
    return tuple(f"{market}#{number}" for number in range(SHARDS))


def batches(on: date, loan_ids: tuple[str, ...]) -> list[Batch]:
    """The loans of a page, in the order in which they were found."""
    return [Batch(on, loan_ids[start : start + TOGETHER]) for start in range(0, len(loan_ids), TOGETHER)]

"""What a lender was told of a loan's class, beside what its dated history is by now.

The history may change behind a day that was told: a payment is entered late, comes back, or another loan of the
borrower turns out otherwise. So each thing that was told has a number, and what does not hold any more is undone by
that number before what holds instead is told: those that stand are always a history that was true when it was known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.delinquency import Change


@dataclass(frozen=True, slots=True)
class ClassNews:
    """What became known at once, behind the entry `after` of the loan's journal; `number` counts the loan's news.

    `undone` are numbers of changes that were told and do not hold, the last first; `changes` hold, numbered on from
    `first` among all that the loan ever had.
    """

    number: int
    after: int
    at: datetime
    undone: tuple[int, ...]
    first: int
    changes: tuple[Change, ...]

    @property
    def numbered(self) -> tuple[tuple[int, Change], ...]:
        return tuple(enumerate(self.changes, start=self.first))


def standing(told: Iterable[ClassNews]) -> dict[int, Change]:
    """The changes that were told and were not undone, by their numbers and in the order of their days."""
    found: dict[int, Change] = {}
    for news in told:
        for number in news.undone:
            del found[number]
        found |= dict(news.numbered)
    return found


def fresh(
    told: Sequence[ClassNews], history: Sequence[Change], through: date, after: int, at: datetime
) -> ClassNews | None:
    """What is to be told so that what stands is the history through a day; None where it is already, and where
    somebody with a faster clock has told of a later day."""
    known = list(standing(told).items())
    if known and known[-1][1].on > through:
        return None
    same = 0
    while same < min(len(known), len(history)) and known[same][1] == history[same]:
        same += 1
    undone, changes = tuple(number for number, _ in reversed(known[same:])), tuple(history[same:])
    if not undone and not changes:
        return None
    number, first = (told[-1].number + 1, told[-1].first + len(told[-1].changes)) if told else (1, 1)
    return ClassNews(number, after, at, undone, first, changes)

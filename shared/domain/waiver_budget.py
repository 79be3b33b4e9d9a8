"""A month's budget for waivers, in parts, so that those who ask at once need not wait for one another.

Each part is reserved from by itself; together they are the whole budget, to the minor unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zlib import crc32

PARTS = 16


@dataclass(frozen=True, slots=True)
class Part:
    """What is reserved of one part of a market's month, in minor units. Version 0 was never written."""

    market: str
    month: str
    number: int
    reserved: int = 0
    version: int = 0


def size(whole: int, number: int) -> int:
    """A part of the whole; what does not divide is in the first."""
    return whole // PARTS + (whole % PARTS if number == 0 else 0)


def room(parts: Iterable[Part], whole: int, wanted: int, name: str) -> Part | None:
    """A part that has room for so much, from one that follows from the name on; None where none of all has.

    Each name begins at a part of its own, so that those who ask at once seldom meet.
    """
    first = crc32(name.encode()) % PARTS
    in_turn = sorted(parts, key=lambda part: (part.number - first) % PARTS)
    return next((part for part in in_turn if part.reserved + wanted <= size(whole, part.number)), None)


@dataclass(frozen=True, slots=True)
class Left:
    """What is not reserved of a month's budget, in minor units: `together`, and `for_one`, the most in any one part.

    A waiver lies in one part, so that what is left together may be no room for a large one.
    """

    together: int
    for_one: int


def left(parts: Iterable[Part], whole: int) -> Left:
    each = [max(size(whole, part.number) - part.reserved, 0) for part in parts]
    return Left(sum(each), max(each))


def reserved(part: Part, change: int) -> Part:
    """The part with more reserved, or with less where something is given back."""
    assert part.reserved + change >= 0, (part, change)
    return replace(part, reserved=part.reserved + change)

"""What a partner can still lend: its capital and the most of a day, in parts, so that many who accept seldom meet.

A part knows how much principal it has outstanding and how much of it was lent on its latest day. Together the parts
never hold more than the partner's limits, however many take from them at once and whenever the limits were changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zlib import crc32

from shared.domain.partners import Partner

PARTS = 16
# A part takes at least so many of the largest loans, so that what stays unused in its corner is less than an eighth.
LOANS_OF_A_PART = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Amounts are minor units. `lent` counts for `day` alone. Version 0 was never written."""

    partner_id: str
    number: int
    outstanding: int = 0
    day: date | None = None
    lent: int = 0
    version: int = 0

    def lent_on(self, on: date) -> int:
        """What counts for a day; a clock that is late counts on the part's own day."""
        return self.lent if self.day is not None and self.day >= on else 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a loan has taken of its partner's capacity, so that just that can be given back, once."""

    loan_id: str
    partner_id: str
    part: int
    minor: int
    on: date
    is_given_back: bool = False
    version: int = 0


def room(partner: Partner, parts: Sequence[Part], minor: int, on: date, name: str) -> Part | None:
    """A part that can take so much, tried in an order that follows from the name; None where none can."""
    count = _parts_of(partner)
    first = crc32(name.encode()) % count
    in_turn = sorted(_space(partner, parts, on), key=lambda found: (found[0].number - first) % count)
    return next((part for part, space in in_turn if minor <= space), None)


def largest_room(partner: Partner, parts: Sequence[Part], on: date) -> int:
    """The largest loan, in minor units, that some part can take."""
    return max(space for _, space in _space(partner, parts, on))


def reserved(part: Part, minor: int, on: date) -> Part:
    """The part with a loan more."""
    day = max(on, part.day or on)
    return replace(part, outstanding=part.outstanding + minor, day=day, lent=part.lent_on(on) + minor)


def given_back(part: Part, held: Reservation) -> Part:
    """The part without a loan that was never paid out; its day has it back while it lasts."""
    lent = part.lent - held.minor if part.day == held.on else part.lent
    return replace(part, outstanding=max(0, part.outstanding - held.minor), lent=max(0, lent))


def freed(parts: Sequence[Part], minor: int) -> tuple[Part, ...]:
    """The parts that change when so much principal came back: the fullest first, so that they stay alike.

    Less than nothing is principal that is outstanding again, as when a payment was called back.
    """
    if minor < 0:
        emptiest = min(parts, key=lambda part: part.outstanding)
        return (replace(emptiest, outstanding=emptiest.outstanding - minor),)
    changed = list[Part]()
    for part in sorted(parts, key=lambda part: -part.outstanding):
        less = min(part.outstanding, minor)
        minor -= less
        if less:
            changed.append(replace(part, outstanding=part.outstanding - less))
    return tuple(changed)


def level(filled: Sequence[int], whole: int, count: int) -> int:
    """Up to where each of the first `count` may be filled, for all together to stay within the whole.

    What is above that level already, or behind the first `count`, leaves so much less for the others. Filling one up
    to the level does not change it, and giving back only raises it: so it holds for all who read it at once.
    """
    rest, below = whole - sum(filled[count:]), sorted(filled[:count])
    while below:
        found = rest // len(below)
        if below[-1] <= found:
            return found
        rest -= below.pop()
    return 0


def _space(partner: Partner, parts: Sequence[Part], on: date) -> list[tuple[Part, int]]:
    """What each part that is in use can take."""
    count = _parts_of(partner)
    outstanding = level([part.outstanding for part in parts], partner.capital_minor, count)
    lent = level([part.lent_on(on) for part in parts], partner.daily_minor, count)
    return [(part, min(outstanding - part.outstanding, lent - part.lent_on(on))) for part in parts[:count]]


def _parts_of(partner: Partner) -> int:
    """A partner of small means has few loans a day, and fewer parts that are large enough for them."""
    whole = min(partner.capital_minor, partner.daily_minor)
    return max(1, min(PARTS, whole // max(1, partner.largest_minor * LOANS_OF_A_PART)))

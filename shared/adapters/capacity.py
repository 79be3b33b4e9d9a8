"""Partners' capacity in the loans book: sixteen parts each, what every loan took of them, and what was freed."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from shared.adapters.partners import KEPT_SECONDS, Partners
from shared.adapters.table import Table, Write, load, record
from shared.domain.capacity import PARTS, Part, Reservation, freed, given_back, largest_room, reserved, room
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.partners import Partner

PART, RESERVATION = "part#", "capacity"


@dataclass(frozen=True, slots=True)
class Capacity:
    table: Table

    def reserve(self, partner_id: str, amount: Money, loan_id: str, on: date) -> tuple[Write, ...]:
        """What reserves a loan's principal, for the transaction that makes the loan.

        Raises `Refused` (lender_capacity). `Stale` says that others took from the same part: gather again.
        """
        partner = Partners(self.table).get(partner_id)
        part = room(partner, self.parts(partner_id), amount.minor, on, loan_id)
        if part is None:
            says = "{lender} has no more to lend at present. Other offers stay open."
            raise Refused("lender_capacity", says, lender=partner.name)
        held = Reservation(loan_id, partner_id, part.number, amount.minor, on)
        return Write(record(held, loan_id, RESERVATION)), _changed(reserved(part, amount.minor, on))

    def give_back(self, loan_id: str) -> tuple[Write, ...]:
        """What undoes the reservation of a loan that is never paid out; nothing where there is none any more."""
        item = self.table.get(loan_id, RESERVATION)
        held = load(Reservation, item) if item else None
        if held is None or held.is_given_back:
            return ()
        part = self.parts(held.partner_id)[held.part]
        over = replace(held, is_given_back=True, version=held.version + 1)
        return Write(record(over, loan_id, RESERVATION), held.version), _changed(given_back(part, held))

    def freed(self, partner_id: str, minor: int, key: str) -> tuple[Write, ...]:
        """What frees capital as principal came back, once for each key; nothing where the key is known."""
        pk, sk = _key(partner_id), f"freed#{key}"
        if self.table.get(pk, sk):
            return ()
        return Write({"pk": pk, "sk": sk, "minor": minor}), *map(_changed, freed(self.parts(partner_id), minor))

    def full(self, partners: Iterable[Partner], amount: Money, on: date) -> frozenset[str]:
        """Ids of partners that have no room for such a loan, as read at most a minute ago."""
        minute = int(time.monotonic() // KEPT_SECONDS)
        return frozenset(
            partner.partner_id
            for partner in partners
            if largest_room(partner, _read(self, partner.partner_id, minute), on) < amount.minor
        )

    def parts(self, partner_id: str) -> tuple[Part, ...]:
        """All parts of a partner by number, written or not."""
        stored = {part.number: part for part in (load(Part, item) for item in self.table.query(_key(partner_id), PART))}
        return tuple(stored.get(number, Part(partner_id, number)) for number in range(PARTS))


def _changed(part: Part) -> Write:
    """The part one version later than it was read."""
    item = record(part, _key(part.partner_id), f"{PART}{part.number:02}", version=part.version + 1)
    return Write(item, part.version or None)


def _key(partner_id: str) -> str:
    return f"capacity#{partner_id}"


@lru_cache(maxsize=256)
def _read(capacity: Capacity, partner_id: str, minute: int) -> tuple[Part, ...]:
    return capacity.parts(partner_id)

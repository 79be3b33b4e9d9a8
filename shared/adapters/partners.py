"""Lending partners, stored as plain data beside the loans."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from shared.adapters.table import ANY, Item, Table, Write, load, plain
from shared.domain.errors import NotFound
from shared.domain.partners import Partner, check
from shared.markets import market

PARTNERS = "partners"
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Partners:
    table: Table

    def all(self) -> tuple[Partner, ...]:
        """Every partner in the order of ids, as stored at most a minute ago."""
        return _read(self.table, int(time.monotonic() // KEPT_SECONDS))

    def get(self, partner_id: str) -> Partner:
        """One partner, as stored at most a minute ago. Raises `NotFound`."""
        partner = self.find(partner_id)
        if partner is None:
            raise NotFound("not_found", "There is no such lender.")
        return partner

    def find(self, partner_id: str) -> Partner | None:
        """As `get`, or None."""
        return next((partner for partner in self.all() if partner.partner_id == partner_id), None)

    def name(self, partner_id: str) -> str:
        """What the partner is called; its id where it is not in the list any more."""
        partner = self.find(partner_id)
        return partner.name if partner else partner_id

    def of_market(self, code: str) -> tuple[Partner, ...]:
        """Those of one market, lending at present or not."""
        return tuple(partner for partner in self.all() if partner.market == code)


def store(table: Table, written: Mapping[str, Any], on: date) -> Partner:
    """Keeps a partner as it now is. Raises `Refused` when its market does not allow it on that day."""
    partner = load(Partner, written)
    check(partner, market(partner.market, on))
    item: Item = {"pk": PARTNERS, "sk": partner.partner_id, "partner": plain(partner)}
    table.transact([Write(item, ANY)])
    return partner


@lru_cache(maxsize=2)
def _read(table: Table, minute: int) -> tuple[Partner, ...]:
    return tuple(load(Partner, item["partner"]) for item in table.query(PARTNERS))

"""Merchants, stored as plain data beside the loans."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from shared.adapters.table import ANY, Item, Table, Write, load, plain
from shared.domain.merchants import Merchant, check
from shared.markets import market

MERCHANTS = "merchants"
KEPT_SECONDS = 60
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Merchants:
    table: Table

    def get(self, merchant_id: str) -> Merchant | None:
        """As stored at most a minute ago."""
        return _read(self.table, merchant_id, int(time.monotonic() // KEPT_SECONDS))

    def page(self, after: str | None, limit: int) -> tuple[list[Merchant], str | None]:
        """Merchants of all markets in the order of their ids, from the one behind `after` on; and the next `after`."""
        found, then = self.table.part(MERCHANTS, "", after, limit)
        return [load(Merchant, item["merchant"]) for item in found], then


def store(table: Table, written: Mapping[str, Any], on: date) -> Merchant:
    """Keeps a merchant as it now is. Raises `Refused` for an account that its market's banks do not have."""
    merchant = load(Merchant, written)
    check(merchant, market(merchant.market, on))
    item: Item = {"pk": MERCHANTS, "sk": merchant.merchant_id, "merchant": plain(merchant)}
    table.transact([Write(item, ANY)])
    return merchant


@lru_cache(maxsize=KEPT)
def _read(table: Table, merchant_id: str, minute: int) -> Merchant | None:
    item = table.get(MERCHANTS, merchant_id)
    return load(Merchant, item["merchant"]) if item else None

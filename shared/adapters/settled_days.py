"""SettledDays by lender and day, his guarantee's pool, and the loans that were called in, in the loans book."""

from dataclasses import dataclass, replace
from datetime import date

from shared.adapters.class_news import TELLS
from shared.adapters.table import Table, Write, load, load_all, record
from shared.domain.errors import NotFound
from shared.domain.guarantee import Claim, Pool
from shared.domain.settled_day import SettledDay

POOL, CLAIM, PREFIX = "pool", "guarantee_claim", "settled_day#"


@dataclass(frozen=True, slots=True)
class SettledDays:
    table: Table

    def find(self, partner_id: str, on: date) -> SettledDay | None:
        item = self.table.get(_pk(partner_id), on.isoformat())
        return load(SettledDay, item) if item else None

    def get(self, partner_id: str, on: date) -> SettledDay:
        """Raises `NotFound`."""
        found = self.find(partner_id, on)
        if found is None:
            raise NotFound("not_found", "This day of this lender is not settled.")
        return found

    def of_month(self, partner_id: str, month: str) -> list[SettledDay]:
        """Of `2026-11`, the earliest day first."""
        return load_all(SettledDay, self.table.query(_pk(partner_id), month))

    def keep(self, day: SettledDay, *also: Write, **attributes: str) -> SettledDay:
        """A new one, or one version later than it was read, with what belongs to it. Raises `Stale`."""
        kept = replace(day, version=day.version + 1)
        item = record(kept, _pk(kept.partner_id), kept.on.isoformat(), **attributes)
        self.table.transact([Write(item, day.version or None), *also])
        return kept

    def file(self, day: SettledDay) -> SettledDay:
        """As `keep`, with files that its lender is to be told of."""
        return self.keep(day, **TELLS)

    def at_place(self, pk: str, sk: str) -> SettledDay | None:
        """By the keys of its item; None for what is no settled day."""
        item = self.table.get(pk, sk) if pk.startswith(PREFIX) else None
        return load(SettledDay, item) if item else None


@dataclass(frozen=True, slots=True)
class Guarantees:
    table: Table

    def pool(self, partner_id: str) -> Pool:
        """As it stands; empty before the first day with a guarantee was settled."""
        item = self.table.get(f"pool#{partner_id}", POOL)
        return load(Pool, item) if item else Pool(partner_id)

    def claim(self, loan_id: str) -> Claim | None:
        item = self.table.get(loan_id, CLAIM)
        return load(Claim, item) if item else None

    def claims(self, partner_id: str) -> list[Claim]:
        """All of a lender, by loan."""
        return load_all(Claim, self.table.query(f"claims#{partner_id}"))

    def page(self, partner_id: str, after: str | None, limit: int) -> tuple[list[Claim], str | None]:
        found, then = self.table.part(f"claims#{partner_id}", "loan_", after, limit)
        return load_all(Claim, found), then

    def call_in(self, claim: Claim, pool: Pool) -> None:
        """The claim, which a loan has once, and what it takes of the pool. Raises `Stale`."""
        beside, listed = (record(claim, *key) for key in ((claim.loan_id, CLAIM), (_list(claim), claim.loan_id)))
        self.table.transact([Write(beside), Write(listed), changed_pool(pool)])


def changed_pool(pool: Pool) -> Write:
    """One version later than it was read."""
    kept = replace(pool, version=pool.version + 1)
    return Write(record(kept, f"pool#{pool.partner_id}", POOL), pool.version or None)


def _list(claim: Claim) -> str:
    return f"claims#{claim.partner_id}"


def _pk(partner_id: str) -> str:
    return f"{PREFIX}{partner_id}"

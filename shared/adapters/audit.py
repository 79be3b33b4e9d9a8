"""The audit record: every decision once, by market and month, in the order in which they were made."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.staff import Decision


@dataclass(frozen=True, slots=True)
class Audit:
    table: Table

    def page(self, market: str, month: str, after: str | None, limit: int) -> tuple[list[Decision], str | None]:
        """A month's decisions (`2026-11`), oldest first, and the id behind which the next page begins."""
        found, then = self.table.part(_key(market, month), "aud_", after, limit)
        return [load(Decision, item) for item in found], then


def decided(decision: Decision) -> Write:
    """The record, for the transaction of what was decided. It is never changed."""
    return Write(record(decision, _key(decision.market, decision.month), decision.decision_id))


def _key(market: str, month: str) -> str:
    return f"audit#{market}#{month}"

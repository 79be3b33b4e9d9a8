"""How partners answer, in the loans book: an item for each that answered badly, written at most once a minute."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.adapters.measures import counted
from shared.adapters.partners import KEPT_SECONDS
from shared.adapters.table import Stale, Table, Write, load, record
from shared.domain.partner_health import Health, Mark, marked

HEALTH = "health"
BETWEEN_MARKS = timedelta(minutes=1)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Seen:
    """What this process saw of a partner since its last mark, which it made at `marked_at`."""

    asked: int = 0
    bad: int = 0
    marked_at: datetime | None = None


@dataclass(slots=True)
class Healths:
    """One for the life of a process: it counts what it sees, and keeps what it read for a minute."""

    table: Table
    seen: dict[str, Seen] = field(default_factory=dict)
    kept: dict[str, Health] = field(default_factory=dict)
    kept_minute: int = -1

    def all(self) -> dict[str, Health]:
        """As they are now."""
        found = [load(Health, item) for item in self.table.query(HEALTH)]
        return {health.partner_id: health for health in found}

    def resting(self, at: datetime) -> frozenset[str]:
        """Ids of partners that are not asked at present, as known at most a minute ago."""
        minute = int(time.monotonic() // KEPT_SECONDS)
        if minute != self.kept_minute:
            self.kept, self.kept_minute = self.all(), minute
        return frozenset(name for name, health in self.kept.items() if health.is_degraded(at))

    def note(self, answers: Mapping[str, object], at: datetime) -> None:
        """Counts the answers of those that were asked; a text instead of a price says what was wrong with it."""
        for partner_id, answer in answers.items():
            seen = self.seen.setdefault(partner_id, Seen())
            seen.asked += 1
            if isinstance(answer, str):
                seen.bad += 1
                if seen.marked_at is None or at - seen.marked_at >= BETWEEN_MARKS:
                    self._mark(partner_id, Mark(at, seen.asked, seen.bad, answer))
                    self.seen[partner_id] = Seen(marked_at=at)

    def _mark(self, partner_id: str, mark: Mark) -> None:
        item = self.table.get(HEALTH, partner_id)
        was = load(Health, item) if item else Health(partner_id)
        now = marked(was, mark)
        try:
            stored = record(now, HEALTH, partner_id, version=was.version + 1)
            self.table.transact([Write(stored, was.version or None)])
        except Stale:
            # Another process marks it at this moment; one mark more or less changes nothing.
            return
        self.kept[partner_id] = now
        if now.is_degraded(mark.at) and not was.is_degraded(mark.at):
            logger.warning("partner_degraded %s %s", partner_id, mark.reason)
            counted("PartnersDegraded")

"""Runs of the nights and of the settlements, in the loans book: one per market and date, begun and finished once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.adapters.table import Stale, Table, Write, load, record
from shared.domain.night import Run


@dataclass(frozen=True, slots=True)
class Runs:
    """`kind` is `night` or `settling`."""

    table: Table
    kind: str = "night"

    def get(self, market: str, on: date) -> Run | None:
        item = self.table.get(self._pk(market), on.isoformat())
        return load(Run, item) if item else None

    def begin(self, run: Run) -> Run:
        """The run of that market and date: this one, or the one that was begun before."""
        try:
            self.table.transact([Write(record(run, self._pk(run.market), run.on.isoformat()))])
        except Stale as stale:
            [known] = stale.found
            assert known is not None
            return load(Run, known)
        return run

    def finish(self, run: Run, at: datetime) -> None:
        """A run that somebody else has finished meanwhile stays as it is."""
        done = replace(run, finished_at=at, version=run.version + 1)
        try:
            self.table.transact([Write(record(done, self._pk(run.market), run.on.isoformat()), run.version)])
        except Stale:
            return

    def _pk(self, market: str) -> str:
        return f"{self.kind}#{market}"

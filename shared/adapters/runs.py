"""Runs of the nights, in the loans book: one per market and business date, begun once and finished once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.adapters.table import Stale, Table, Write, load, record
from shared.domain.night import Run


@dataclass(frozen=True, slots=True)
class Runs:
    table: Table

    def get(self, market: str, on: date) -> Run | None:
        item = self.table.get(_pk(market), on.isoformat())
        return load(Run, item) if item else None

    def begin(self, run: Run) -> Run:
        """The run of that market and date: this one, or the one that was begun before."""
        try:
            self.table.transact([Write(record(run, _pk(run.market), run.on.isoformat()))])
        except Stale as stale:
            [known] = stale.found
            assert known is not None
            return load(Run, known)
        return run

    def finish(self, run: Run, at: datetime) -> None:
        """A run that somebody else has finished meanwhile stays as it is."""
        done = replace(run, finished_at=at, version=run.version + 1)
        try:
            self.table.transact([Write(record(done, _pk(run.market), run.on.isoformat()), run.version)])
        except Stale:
            return


def _pk(market: str) -> str:
    return f"night#{market}"

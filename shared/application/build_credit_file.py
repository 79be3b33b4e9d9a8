"""Build a market's credit file when its reference date is over: begin it, wait for all its lines, write its parts.

Every step may be done again. What the borrower is called comes to a line here and nowhere else.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from shared.adapters.borrowers import Borrowers
from shared.adapters.credit_files import CreditFiles, row
from shared.adapters.file_store import FileStore
from shared.adapters.queue import Queue
from shared.domain.file_run import PART, FileRun, FileSweep, all_shards, begun, next_reference
from shared.domain.night import shards
from shared.markets import market_at, today


def build_credit_file(
    market: str,
    at: datetime,
    has_time: Callable[[], bool],
    *,
    files: CreditFiles,
    store: FileStore,
    queue: Queue,
    borrowers: Borrowers,
) -> FileRun:
    """The file that is being built, or the last one that was.

    The files of reference dates that were missed are built one after the other.
    """
    on, last, rules = today(market, at), files.latest(market), market_at(market, at).credit_file
    run = last
    if last is None or last.finished_at is not None:
        reference_on = next_reference(last, rules, on)
        if reference_on is None:
            assert last is not None
            return last
        run = files.begin(begun(last, market, rules, reference_on, at), last)
    assert run is not None
    if run.finished_at is not None or not _has_all_lines(run, on, files, queue):
        return run
    is_written = _is_written(run, at, has_time, files, store, borrowers)
    return files.finish(run, at) if is_written else run


def is_late(run: FileRun, at: datetime) -> bool:
    """Whether somebody has to look: the file is not there on the last day but one on which it may be sent."""
    rules = market_at(run.market, at).credit_file
    return run.finished_at is None and today(run.market, at) >= rules.file_by(run.reference_on) - timedelta(days=1)


def _has_all_lines(run: FileRun, on: date, files: CreditFiles, queue: Queue) -> bool:
    """A sweep that is still under way is sent again: what it found and did stands."""
    if unswept := files.unswept(run, all_shards(run.market)):
        queue.send([FileSweep(run, shard, _until(run, shard, on)) for shard in unswept])
        return False
    return files.is_worked(run)


def _until(run: FileRun, shard: str, on: date) -> date:
    """A loan that was paid out later is in no file of that date; one that ended later was still in it."""
    return run.reference_on if shard in shards(run.market) else on


def _is_written(
    run: FileRun, at: datetime, has_time: Callable[[], bool], files: CreditFiles, store: FileStore, borrowers: Borrowers
) -> bool:
    """Whether all parts are there; what there was no time for is written when it is asked for again."""
    for number, shard in enumerate(shards(run.market)):
        for place, lines in enumerate(files.lines(run, shard, PART), start=1):
            name = f"{run.name}/{number:02d}-{place:06d}.jsonl"
            if store.has(name):
                continue
            if not has_time():
                return False
            people = [borrowers.identity(line.borrower_id, at) for line in lines]
            store.put(name, [row(line, *who) for line, who in zip(lines, people, strict=True)])
    parts = [{"name": name, "bytes": size} for name, size in store.names(f"{run.name}/") if name.endswith(".jsonl")]
    kind = "full" if run.is_full else "part"
    told = {"market": run.market, "reference_on": run.reference_on.isoformat(), "kind": kind, "parts": parts}
    store.put(f"{run.name}/manifest.json", [told])
    return True

"""Read a shard of an index and give the loans found in it to those who work them."""

from collections.abc import Callable
from dataclasses import replace

from shared.adapters.queue import Queue
from shared.adapters.work_index import WorkIndex
from shared.domain.night import PAGE, Sweep, batches


def sweep_shard(sweep: Sweep, has_time: Callable[[], bool], *, index: WorkIndex, workers: Queue, sweeps: Queue) -> int:
    """How many loans were given on. Where the time ends before the shard, a message says where to go on.

    The index may change while it is read: a loan that was worked leaves it, and none that was due is passed over.
    """
    found, after = 0, sweep.after
    while True:
        page = index.page(sweep.shard, sweep.on, after, PAGE)
        workers.send(batches(sweep.on, page.loan_ids))
        found, after = found + len(page.loan_ids), page.after
        if after is None:
            return found
        if not has_time():
            sweeps.send([replace(sweep, after=after)])
            return found

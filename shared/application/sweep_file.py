"""Find the loans of a shard that may be in a credit file, and write the lines of those in a batch."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.adapters.credit_files import CreditFiles
from shared.adapters.loans import Loans
from shared.adapters.queue import Queue
from shared.adapters.transfers import Transfers
from shared.application.build_transfer import pack_loan
from shared.application.report_loan import UNTOLD, report_loan
from shared.domain.file_run import PAGE, FileBatch, FileSweep, batches
from shared.domain.transfer import TransferRun


def sweep_file(sweep: FileSweep, has_time: Callable[[], bool], *, files: CreditFiles, queue: Queue) -> int:
    """How many loans were found. Each batch is known before it is sent, so that the file waits for all of them.

    Where the time ends before the shard, a message says where to go on.
    """
    found, after = 0, sweep.after
    while True:
        page, after = files.page(replace(sweep, after=after), PAGE)
        made = batches(sweep.run, sweep.shard, page)
        for batch in made:
            files.add_batch(batch)
        queue.send(made)
        found += len(page)
        if after is None:
            files.swept(sweep)
            return found
        if not has_time():
            queue.send([replace(sweep, after=after)])
            return found


def take_apart(batch: FileBatch, *, files: CreditFiles, queue: Queue) -> None:
    """Each loan alone: what is wrong with one then holds up no other. Only then is the whole batch done."""
    alone = batch.apart()
    # The first alone has the batch's own name, and is what remains of it.
    for each in alone[1:]:
        files.add_batch(each)
    queue.send(alone)


def work_batch(batch: FileBatch, at: datetime, *, loans: Loans, files: CreditFiles) -> int:
    """How many defaults were left out, since their borrowers had not been told."""
    if isinstance(batch.run, TransferRun):
        for loan_id in batch.loan_ids:
            pack_loan(loan_id, batch.run, loans=loans, transfers=Transfers(loans.table))
        files.batch_done(batch)
        return 0
    outcomes = [report_loan(loan_id, batch.run, at, loans=loans, files=files) for loan_id in batch.loan_ids]
    files.batch_done(batch)
    return outcomes.count(UNTOLD)

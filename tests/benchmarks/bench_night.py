"""One night over a book of many loans, through the product's own verbs, with what AWS would bill for it.

    .venv/bin/python -m tests.benchmarks.bench_night [overdue loans ...]        two sizes or more, rising

Each overdue loan has an unpaid instalment and another that falls due that night, with its penal charge; ten times as
many loans stand beside them on which nothing is due. The books and queues are in this process (`tests/memory.py`), so
that the time is that of our own code on one processor: AWS's answers and botocore's work for each request come on top.
"""

import gc
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.queue import Queue
from shared.adapters.runs import Runs
from shared.adapters.table import Table, Write, pack, record
from shared.adapters.work_index import WorkIndex
from shared.application.start_night import start_night
from shared.application.sweep_shard import sweep_shard
from shared.application.watch_night import watch_night
from shared.application.work_loan import work_loan
from shared.domain import agenda
from shared.domain.night import Batch, Sweep
from shared.domain.penal import Penalty
from tests.domain.lending import Life, contract
from tests.memory import Dynamo, Sqs

SIZES = (2_000, 20_000)
HEALTHY_PER_OVERDUE = 10
SAMPLES = 100
# A quarter past midnight in India.
AT = datetime(2026, 11, 30, 18, 45, tzinfo=UTC)
ON = date(2026, 12, 1)
MESSAGES_PER_CALL = 5
MESSAGE = TypeAdapter(Batch)
PENAL = Penalty("charge", Decimal("0.24"), 3, cap_share=Decimal("0.10"), tax_rate=Decimal("0.18"))


@dataclass(frozen=True, slots=True)
class Counted:
    """What one night came to."""

    loans: int
    seconds: float
    written: int
    index: int
    half_read: int
    requests: int
    healthy_read: int


class Book:
    """Loans in memory. Those of one kind share their contract, and the healthy ones of a shard their head, so that a
    book of millions has room. `samples` are the overdue loans whose books are looked at when they were worked."""

    def __init__(self) -> None:
        self.dynamo, self.sqs = Dynamo(), Sqs()
        table = Table(self.dynamo, "loans")
        self.loans, self.runs, self.index = Loans(table), Runs(table), WorkIndex(table, "work")
        self.sweeps, self.workers = Queue(self.sqs, "sweep"), Queue(self.sqs, "night")
        self.samples = set[str]()

    def fill(self, overdue: int) -> None:
        terms = contract(fees="0", instalments=12, penal=PENAL)
        late = Life(terms, date(2026, 10, 1)).until(date(2026, 11, 1)).loan
        healthy = Life(terms, date(2026, 11, 15)).loan
        # The adapter makes a head, for a loan of each kind; all others of the kind are made like it.
        pattern = {kind: self._made(kind, loan, terms) for kind, loan in (("late", late), ("healthy", healthy))}
        written, shared = pack(record(terms, "", CONTRACT)), dict[str, dict[str, Any]]()
        for number in range(overdue * (1 + HEALTHY_PER_OVERDUE)):
            kind = "late" if number < overdue else "healthy"
            loan_id = f"loan_{kind}_{number:021d}"[:31]
            shard = agenda.shard(replace(late, loan_id=loan_id), terms)
            # The reminders have moved it on to the day of its next instalment, on which there is a notice.
            places = {name: {"S": shard} for name in ("work_shard", "notice_shard", "file_shard")}
            places["notice_on"] = pattern[kind]["work_on"]
            if kind == "late":
                keys = {"pk": {"S": loan_id}, "loan_id": {"S": loan_id}}
                self.dynamo.put(loan_id, HEAD, {**pattern[kind], **keys, **places})
                self.dynamo.put(loan_id, CONTRACT, written)
                self.samples |= {loan_id} if number % max(overdue // SAMPLES, 1) == 0 else set()
            else:
                under = shared.setdefault(shard, {HEAD: {**pattern[kind], **places}, CONTRACT: written})
                self.dynamo.items[loan_id] = under
                self.dynamo.list_head(loan_id, HEAD, under[HEAD])

    def night(self, on: date) -> Counted:
        """Starts, sweeps, works and watches, and forgets what was counted before."""
        for meter in (self.dynamo.billed, self.dynamo.read, self.sqs.billed):
            meter.clear()
        # What the store keeps would be looked through by the collector again and again; a worker keeps nothing.
        gc.collect()
        gc.disable()
        began, loans, seconds = time.process_time(), 0, 0.0
        run = start_night("in", AT + (on - ON), runs=self.runs, sweeps=self.sweeps)
        assert run.on == on, run
        for [body] in self.sqs.taken("sweep", 1):
            asked = TypeAdapter(Sweep).validate_json(body)
            sweep_shard(asked, lambda: True, index=self.index, workers=self.workers, sweeps=self.sweeps)
        for bodies in self.sqs.taken("night", MESSAGES_PER_CALL):
            done = list[str]()
            for body in bodies:
                batch = MESSAGE.validate_json(body)
                for loan_id in batch.loan_ids:
                    loans += work_loan(loan_id, batch.on, "pout_none", AT, loans=self.loans)
                done += batch.loan_ids
            seconds += time.process_time() - began
            self._let_go(done)
            began = time.process_time()
        assert watch_night("in", AT + (on - ON), runs=self.runs, index=self.index)
        seconds, billed = seconds + time.process_time() - began, self.dynamo.billed
        gc.enable()
        healthy_read = sum(times for pk, times in self.dynamo.read.items() if pk.startswith("loan_healthy"))
        requests = billed["requests"] + self.sqs.billed["requests"]
        return Counted(loans, seconds, billed["write"], billed["index"], billed["half_read"], requests, healthy_read)

    def _let_go(self, loan_ids: list[str]) -> None:
        """Nobody reads a loan again that was worked, so that only the samples are kept."""
        for loan_id in loan_ids:
            if loan_id not in self.samples:
                del self.dynamo.items[loan_id]

    def _made(self, loan_id: str, loan: Any, terms: Any) -> dict[str, Any]:
        table = Table(Dynamo(), "loans")
        table.transact([Write(record(replace(loan, loan_id=loan_id), loan_id, HEAD))])
        Loans(table).book(replace(loan, loan_id=loan_id), terms, ())
        made: dict[str, Any] = table.client.items[loan_id][HEAD]
        return made


def one_night(overdue: int) -> Counted:
    """The night's figures, once its books are found to be right, and the second run of it to do nothing."""
    book = Book()
    book.fill(overdue)
    counted = book.night(ON)
    assert counted.loans == overdue, counted
    for loan_id in book.samples:
        assert [entry.kind for entry in book.loans.entries(loan_id)] == ["penal_charge", "due"]
    again = book.night(ON)
    assert (again.loans, again.written - 1, again.index, again.healthy_read) == (0, 0, 0, 0), again
    shown(overdue, counted)
    print(f"{'':>9}  the same night again: {again.requests} requests, no loan read, no loan written")
    return counted


def shown(overdue: int, counted: Counted) -> None:
    print(
        f"{overdue:>9,} overdue, {overdue * HEALTHY_PER_OVERDUE:>9,} healthy: {counted.seconds:6.1f} s, "
        f"{counted.written / overdue:.2f} units written and {counted.index / overdue:.2f} in indexes, "
        f"{counted.half_read / 2 / overdue:.2f} units read, {counted.requests / overdue:.3f} requests per overdue loan"
    )


def main(sizes: list[int]) -> None:
    # The first and smallest is so short that another's work beside it would show: the middle one of three is taken.
    first = sorted((one_night(sizes[0]) for _ in range(3)), key=lambda night: night.seconds)[1]
    before, most = [first, *map(one_night, sizes[1:])][-2:]
    times = 10 * (most.seconds / most.loans) / (before.seconds / before.loans)
    print(
        f"night: {most.loans / most.seconds:,.0f} loans/s, {(most.written + most.index) / most.loans:.2f} write units "
        f"per overdue loan, {most.requests / most.loans:.2f} requests per overdue loan, {most.healthy_read} reads of "
        f"healthy loans, {times:.1f} times the time for 10 times the loans"
    )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))

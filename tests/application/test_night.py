"""The night's machinery: one run per date, every shard swept to its end, and a watchdog that knows when it is done."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.adapters.queue import Queue
from shared.adapters.runs import Runs
from shared.adapters.table import ANY, Table, Write
from shared.adapters.work_index import KEYS, WorkIndex
from shared.application.start_night import start_night
from shared.application.sweep_shard import sweep_shard
from shared.application.watch_night import watch_night
from shared.domain.night import PAGE, SHARDS, TOGETHER, Batch, Sweep, batches, shards

# A quarter past midnight of 1 December in India; in China that is a quarter to three.
AT = datetime(2026, 11, 30, 18, 45, tzinfo=UTC)
ON = date(2026, 12, 1)
DAY = timedelta(days=1)


class Line:
    """A queue, and what lies in it."""

    def __init__(self, sqs: Any, name: str, kind: Any) -> None:
        self.sqs, self.kind = sqs, TypeAdapter(kind)
        self.queue = Queue(sqs, sqs.create_queue(QueueName=name)["QueueUrl"])

    def taken(self) -> list[Any]:
        """All messages, which then are gone."""
        return list(self._taken())

    def _taken(self) -> Iterator[Any]:
        while found := self.sqs.receive_message(QueueUrl=self.queue.url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
                yield self.kind.validate_json(message["Body"])


@pytest.fixture
def sweeps(aws: Any) -> Line:
    return Line(aws("sqs"), "sweep", Sweep)


@pytest.fixture
def workers(aws: Any) -> Line:
    return Line(aws("sqs"), "night", Batch)


def due(loans: Table, count: int, on: date = ON, shard: str = "in#0", index: str = "work") -> list[str]:
    """Loans in an index, as far as it holds them."""
    by_shard, by_date = KEYS[index]
    ids = [f"loan_{index}_{shard}_{on}_{number:04d}" for number in range(count)]
    keys = {"sk": "loan", by_shard: shard, by_date: on.isoformat()}
    put(loans, [{"pk": loan_id, **keys} for loan_id in ids])
    return ids


def worked(loans: Table, ids: list[str]) -> None:
    """The loans leave the index."""
    put(loans, [{"pk": loan_id, "sk": "loan"} for loan_id in ids])


def put(loans: Table, items: list[dict[str, str]]) -> None:
    for start in range(0, len(items), 100):
        loans.transact([Write(item, ANY) for item in items[start : start + 100]])


def all_of(found: list[Batch]) -> list[str]:
    return [loan_id for batch in found for loan_id in batch.loan_ids]


def test_a_night_gives_every_shard_of_its_market_to_a_sweep(loans: Table, sweeps: Line) -> None:
    run = start_night("in", AT, runs=Runs(loans), sweeps=sweeps.queue)
    sent = sweeps.taken()

    assert (run.on, run.started_at) == (ON, AT)
    assert sorted(sweep.shard for sweep in sent) == sorted(shards("in"))
    assert len(sent) == SHARDS
    assert {(sweep.index, sweep.on, sweep.after) for sweep in sent} == {("work", ON, None)}


def test_a_night_started_twice_is_one_run_with_the_first_start(loans: Table, sweeps: Line) -> None:
    first = start_night("in", AT, runs=Runs(loans), sweeps=sweeps.queue)
    again = start_night("in", AT + timedelta(hours=3), runs=Runs(loans), sweeps=sweeps.queue)

    assert again == first == Runs(loans).get("in", ON)


def test_each_market_has_a_night_of_its_own_on_its_own_date(loans: Table, sweeps: Line) -> None:
    before_midnight = AT - timedelta(minutes=30)
    nights = [start_night(market, before_midnight, runs=Runs(loans), sweeps=sweeps.queue) for market in ("in", "cn")]

    assert [(run.market, run.on) for run in nights] == [("in", ON - DAY), ("cn", ON)]


def test_a_sweep_finds_what_is_due_on_its_date_and_what_earlier_nights_missed(
    loans: Table, workers: Line, sweeps: Line
) -> None:
    wanted = [*due(loans, 2, ON - 40 * DAY), *due(loans, 3)]
    due(loans, 2, ON + DAY)
    due(loans, 2, shard="in#1")
    due(loans, 2, shard="cn#0")
    due(loans, 2, index="notices")
    index = WorkIndex(loans, "work")
    found = sweep_shard(Sweep("work", "in#0", ON), always, index=index, workers=workers.queue, sweeps=sweeps.queue)
    sent = workers.taken()

    assert found == 5
    assert all_of(sent) == wanted
    assert {batch.on for batch in sent} == {ON}


def test_a_sweep_of_another_index_is_the_same_sweep(loans: Table, workers: Line, sweeps: Line) -> None:
    due(loans, 2)
    wanted = due(loans, 3, index="notices", shard="in#5")
    index = WorkIndex(loans, "notices")
    sweep_shard(Sweep("notices", "in#5", ON), always, index=index, workers=workers.queue, sweeps=sweeps.queue)

    assert all_of(workers.taken()) == wanted


def test_a_sweep_whose_time_ends_goes_on_by_a_message_and_passes_over_nothing(
    loans: Table, workers: Line, sweeps: Line
) -> None:
    wanted = [*due(loans, PAGE, ON - DAY), *due(loans, 20)]
    index, first = WorkIndex(loans, "work"), Sweep("work", "in#0", ON)
    sweep_shard(first, never, index=index, workers=workers.queue, sweeps=sweeps.queue)
    [rest] = sweeps.taken()
    # Meanwhile the workers take from the index what the first page held.
    worked(loans, wanted[:PAGE])
    sweep_shard(rest, never, index=index, workers=workers.queue, sweeps=sweeps.queue)

    assert rest.after == ((ON - DAY).isoformat(), wanted[PAGE - 1])
    assert sorted(all_of(workers.taken())) == sorted(wanted)
    assert sweeps.taken() == []


def test_a_page_is_one_request_of_ten_messages() -> None:
    ids = tuple(f"loan_{number}" for number in range(PAGE))

    assert [len(batch.loan_ids) for batch in batches(ON, ids)] == [TOGETHER] * 10
    assert all_of(batches(ON, ids)) == list(ids)
    assert batches(ON, ()) == []


def test_loans_of_a_batch_taken_apart_are_alone_and_keep_their_date() -> None:
    assert Batch(ON, ("loan_1", "loan_2")).apart() == [Batch(ON, ("loan_1",)), Batch(ON, ("loan_2",))]


def test_a_night_that_nobody_started_is_not_finished(loans: Table) -> None:
    assert not watch_night("in", AT, runs=Runs(loans), index=WorkIndex(loans, "work"))


def test_a_night_is_finished_when_nothing_is_due_up_to_its_date(loans: Table, sweeps: Line) -> None:
    runs, index = Runs(loans), WorkIndex(loans, "work")
    [late] = due(loans, 1, ON - 3 * DAY, "in#15")
    due(loans, 1, ON + DAY)
    due(loans, 1, ON, "cn#3")
    start_night("in", AT, runs=runs, sweeps=sweeps.queue)
    assert not watch_night("in", AT, runs=runs, index=index)
    worked(loans, [late])
    seen, later = AT + timedelta(hours=2), AT + timedelta(hours=3)

    assert watch_night("in", seen, runs=runs, index=index)
    assert watch_night("in", later, runs=runs, index=index)
    run = runs.get("in", ON)
    assert run is not None and run.finished_at == seen


def test_a_night_that_was_finished_stays_so_when_something_becomes_due_later_that_day(
    loans: Table, sweeps: Line
) -> None:
    runs, index = Runs(loans), WorkIndex(loans, "work")
    start_night("in", AT, runs=runs, sweeps=sweeps.queue)
    watch_night("in", AT, runs=runs, index=index)
    due(loans, 1)

    assert watch_night("in", AT, runs=runs, index=index)


def test_two_who_see_a_night_finished_at_once_write_one_end(loans: Table, sweeps: Line) -> None:
    runs = Runs(loans)
    run = start_night("in", AT, runs=runs, sweeps=sweeps.queue)
    runs.finish(run, AT + timedelta(hours=2))
    runs.finish(run, AT + timedelta(hours=3))

    stored = runs.get("in", ON)
    assert stored is not None and stored.finished_at == AT + timedelta(hours=2)


def always() -> bool:
    return True


def never() -> bool:
    return False

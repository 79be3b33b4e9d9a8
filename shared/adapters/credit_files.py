"""Credit files while they are built, in the loans book: runs, loans to read, lines; and the loans to read for packs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.adapters.table import ANY, Item, Stale, Table, Write, load, plain, record
from shared.domain.borrowers import Person
from shared.domain.file_run import FileBatch, FileRun, FileSweep, Line, Reported, Run

RUN, LAST, TOUCHED = "run", "last", "touched"
BATCH, SWEPT, LINE = "batch#", "swept#", "line#"
INDEX = "files"


@dataclass(frozen=True, slots=True)
class CreditFiles:
    table: Table

    def latest(self, market: str) -> FileRun | None:
        item = self.table.get(_runs(market), RUN)
        return load(FileRun, item) if item else None

    def begin(self, run: FileRun, last: FileRun | None) -> FileRun:
        """This run, or the one that somebody else has begun meanwhile."""
        begun = replace(run, version=run.version + 1)
        try:
            self.table.transact([Write(record(begun, _runs(run.market), RUN), last.version if last else None)])
        except Stale as stale:
            [known] = stale.found
            assert known is not None
            return load(FileRun, known)
        return begun

    def finish(self, run: FileRun, at: datetime) -> FileRun:
        """The run as it was finished, now or by somebody else meanwhile."""
        done = replace(run, finished_at=at, version=run.version + 1)
        try:
            self.table.transact([Write(record(done, _runs(run.market), RUN), run.version)])
        except Stale as stale:
            [known] = stale.found
            return load(FileRun, known)
        return done

    def page(self, sweep: FileSweep, limit: int) -> tuple[tuple[str, ...], str | None]:
        """At most `limit` loans of a shard, each once, and where the next page begins. It is read from an index."""
        asked: dict[str, Any] = {
            "TableName": self.table.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "file_shard = :shard AND file_on BETWEEN :since AND :until",
            "ExpressionAttributeValues": {
                ":shard": {"S": sweep.shard},
                ":since": {"S": sweep.since.isoformat()},
                ":until": {"S": sweep.until.isoformat()},
            },
            "Limit": limit,
        }
        if sweep.after is not None:
            asked["ExclusiveStartKey"] = json.loads(sweep.after)
        answer = self.table.client.query(**asked)
        last = answer.get("LastEvaluatedKey")
        ids = tuple(dict.fromkeys(item["pk"]["S"] for item in answer["Items"]))
        return ids, json.dumps(last) if last else None

    def add_batch(self, batch: FileBatch) -> None:
        """Known before it is worked, so that the file waits for it; what was done stays done."""
        try:
            self.table.transact([Write({**_batch(batch), "is_done": False})])
        except Stale:
            return

    def batch_done(self, batch: FileBatch) -> None:
        self.table.transact([Write({**_batch(batch), "is_done": True}, ANY)])

    def swept(self, sweep: FileSweep) -> None:
        self.table.transact([Write({"pk": sweep.run.key, "sk": f"{SWEPT}{sweep.shard}"}, ANY)])

    def unswept(self, run: Run, shards: Iterable[str]) -> tuple[str, ...]:
        known = {item["sk"].removeprefix(SWEPT) for item in self.table.query(run.key, SWEPT)}
        return tuple(shard for shard in shards if shard not in known)

    def is_worked(self, run: Run) -> bool:
        """Whether every batch that was found is done."""
        return all(item["is_done"] for item in self.table.query(run.key, BATCH))

    def last(self, loan_id: str) -> Reported | None:
        return self.reported(loan_id)[0]

    def reported(self, loan_id: str) -> tuple[Reported | None, date | None]:
        """The last line of a loan, and the last day on which something beside its books changed what is said of it."""
        found = {item["sk"]: item for item in self.table.query(_reported(loan_id), "")}
        last, news = found.get(LAST), found.get(TOUCHED)
        return load(Reported, last) if last else None, date.fromisoformat(news["on"]) if news else None

    def write_line(self, run: FileRun, line: Line, version: int | None, shard: str) -> bool:
        """False where somebody else has written it: the first stands."""
        loan_id = line.record.figures.loan_id
        name = {"pk": run.key, "sk": f"{LINE}{shard}#{loan_id}"}
        last = Write(record(Reported(line, version), _reported(loan_id), LAST), ANY)
        try:
            self.table.transact([Write(record(line, **name)), last])
        except Stale:
            return False
        return True

    def lines(self, run: FileRun, shard: str, size: int) -> Iterator[list[Line]]:
        """The lines of a shard by their loans' ids, so many at a time."""
        after: str | None = None
        while True:
            found, after = self.table.part(run.key, f"{LINE}{shard}#", after, size)
            if found:
                yield [load(Line, item) for item in found]
            if after is None:
                return


def touched(loan_id: str, on: date) -> Write:
    """Something beside the loan's books changes what the file says of it: a dispute, or what a bureau refused. The
    next file has a line of it."""
    return Write({"pk": _reported(loan_id), "sk": TOUCHED, "on": on.isoformat()}, ANY)


def row(line: Line, person: Person, born_on: date) -> Item:
    """A line as it stands in the file: amounts in minor units of `currency`, days as dates."""
    told = plain(line.record)
    figures = told.pop("figures")
    currency = line.record.figures.outstanding.currency
    amounts = {key: value["minor"] for key, value in figures.items() if isinstance(value, dict)}
    days = {key: value for key, value in figures.items() if not isinstance(value, dict)}
    who = {"name": person.name, "identity_number": person.identity_number, "birth_date": born_on.isoformat()}
    return {"lender": line.partner_id, "borrower": who, **days, **told, "currency": currency, **amounts} | {
        "is_disputed": line.is_disputed
    }


def _runs(market: str) -> str:
    return f"credit#{market}"


def _batch(batch: FileBatch) -> Item:
    return {"pk": batch.run.key, "sk": f"{BATCH}{batch.name}"}


def _reported(loan_id: str) -> str:
    return f"reported#{loan_id}"

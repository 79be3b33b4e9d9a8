"""A market whose credit files are built: its loans, the queue of the file, the bucket, and who knows the names."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from pydantic import TypeAdapter

from shared.adapters.credit_files import CreditFiles
from shared.adapters.file_store import FileStore
from shared.adapters.loans import Loans
from shared.adapters.notices import Notices
from shared.adapters.queue import Queue
from shared.adapters.table import ANY, Table, Write, record
from shared.application.build_credit_file import build_credit_file
from shared.application.sweep_file import sweep_file, take_apart, work_batch
from shared.domain.borrowers import Address, Person
from shared.domain.credit_file import preview_id
from shared.domain.file_run import FileBatch, FileRun, FileSweep
from shared.domain.telling import SENT, Message, Telling
from tests.application.desk import Death, Killed
from tests.application.post import at, opened
from tests.domain.lending import Life
from tests.memory import Dynamo, Sqs

MESSAGE = TypeAdapter[FileBatch | FileSweep](FileBatch | FileSweep)


class Bucket:
    """Keeps what is put, and counts how often each name was."""

    def __init__(self, death: Death) -> None:
        self.death, self.kept, self.puts = death, dict[str, bytes](), list[str]()

    def put_object(self, **asked: Any) -> None:
        self.death.before()
        self.kept[asked["Key"]] = asked["Body"]
        self.puts.append(asked["Key"])
        self.death.after()

    def list_objects_v2(self, **asked: Any) -> Mapping[str, Any]:
        names = sorted(name for name in self.kept if name.startswith(asked["Prefix"]))
        return {"Contents": [{"Key": name, "Size": len(self.kept[name])} for name in names]}

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=lambda **asked: [self.list_objects_v2(**asked)])


HOME = Address("14 Lake Road", "Pune", "MH", "411001")


@dataclass(slots=True)
class Vault:
    """Opens names, and remembers whose."""

    opened: list[str] = field(default_factory=list)

    def identity(self, borrower_id: str, at: datetime) -> tuple[Person, date]:
        assert at.tzinfo is not None
        self.opened.append(borrower_id)
        return Person(f"Name of {borrower_id}", "ABCPV1234D", HOME), date(1994, 6, 15)


class Bureau:
    """`lives` are loans by their ids; what happens in them is in the books after `booked`."""

    def __init__(self, *lives: Life) -> None:
        self.death, self.dynamo, self.sqs, self.vault = Death(), Dynamo(), Sqs(), Vault()
        self.bucket = Bucket(self.death)
        self.table = Table(self.dynamo, "loans")
        self.loans, self.files = Loans(self.table), CreditFiles(self.table)
        self.queue = Queue(self.sqs, "files")
        self.lives = {life.start.loan_id: life for life in lives}
        self.known = dict.fromkeys(self.lives, 0)
        for life in lives:
            opened(life, self.table)
        self.booked()
        self.dynamo.watched_by = self.death

    def booked(self, on: date | None = None) -> None:
        """What the lives have come to; `on` is the day on which it was known, where that is not the day itself."""
        for loan_id, life in self.lives.items():
            stored, terms = self.loans.get(loan_id)
            made, self.known[loan_id] = life.entries[self.known[loan_id] :], len(life.entries)
            known = [replace(entry, recorded_at=at(on or entry.effective_on)) for entry in made]
            if known:
                self.loans.book(replace(life.loan, version=stored.version), terms, known)

    def until(self, on: date) -> "Bureau":
        for life in self.lives.values():
            life.until(on)
        self.booked()
        return self

    def told(self, loan_id: str, since: date, on: date) -> None:
        """The borrower was told on a day that arrears since another are reported."""
        messages = (Message("sms", "As it is."),)
        name, messages = preview_id(since), (Message("sms", "As it is."),)
        sent: dict[str, Any] = {"state": SENT, "channel": "sms", "sent_at": at(on)}
        telling = Telling(name, "credit_report_preview", "duty", on, "en", messages, at(on), **sent)
        self.table.transact([Write(record(telling, loan_id, f"notice#{telling.notice_id}"), ANY)])
        assert preview_id(since) in Notices(self.table).of_loan(loan_id)

    def tick(self, on: date, hour: int = 5, has_time: Callable[[], bool] = lambda: True) -> FileRun:
        vault: Any = self.vault
        store = FileStore(self.bucket, "credit")
        moment = at(on, hour)
        return build_credit_file(
            "in", moment, has_time, files=self.files, store=store, queue=self.queue, borrowers=vault
        )

    def drain(self, on: date, times: int = 1) -> None:
        """Every message is handled, and what these send."""
        for [body] in self.sqs.taken("files", 1):
            try:
                self.handle(MESSAGE.validate_json(body), on, times)
            except Killed:
                self.sqs.bodies["files"].append(body)
                raise

    def handle(self, told: FileBatch | FileSweep, on: date, times: int = 1) -> None:
        if isinstance(told, FileSweep):
            sweep_file(told, lambda: False, files=self.files, queue=self.queue)
        elif times > 1 and len(told.loan_ids) > 1:
            take_apart(told, files=self.files, queue=self.queue)
        else:
            work_batch(told, at(on, 6), loans=self.loans, files=self.files)

    def built(self, on: date) -> dict[str, dict[str, Any]]:
        """The file that is finished on a day, as rows by their loans."""
        self.tick(on)
        self.drain(on)
        run = self.tick(on, 7)
        assert run.finished_at is not None, run
        return self.rows(run)

    def rows(self, run: FileRun) -> dict[str, dict[str, Any]]:
        parts = [body for name, body in self.bucket.kept.items() if name.startswith(run.name) and "json" in name[-6:]]
        found = [json.loads(line) for body in parts for line in body.decode().splitlines()]
        return {row["loan_id"]: row for row in found if "loan_id" in row}

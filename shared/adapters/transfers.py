"""Packs of lenders' books while they are built, in the loans book: the run, a line for each loan, parts as written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.adapters.table import ANY, Item, Stale, Table, Write, load, load_all, plain, record, squeezed, unsqueezed
from shared.domain.transfer import Packed, Part, TransferRun

RUN, LINE, PART = "run", "line#", "part#"
PREFIX, TASK = "transfer#", "transfer"
# Lines of one part. Some hundred entries a loan make ten megabytes of it.
TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A loan's row as the part has it, and what the manifest counts of it."""

    loan_id: str
    outstanding: int
    classification: str
    balances: Mapping[str, int]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Transfers:
    table: Table

    def find(self, key: str) -> TransferRun | None:
        item = self.table.get(key, RUN) if key.startswith(PREFIX) else None
        return load(TransferRun, item) if item else None

    def finish(self, run: TransferRun, at: datetime) -> bool:
        """False where somebody has asked for it again meanwhile: then that goes on."""
        done = replace(run, finished_at=at, version=run.version + 1)
        try:
            self.table.transact([Write(record(done, run.key, RUN), run.version)])
        except Stale:
            return False
        return True

    def write_line(self, run: TransferRun, line: Packed, shard: str) -> None:
        """Once: what is recorded by a day that is over does not change, so that the first stands."""
        item = {
            "loan_id": line.loan_id,
            "outstanding": line.outstanding.minor,
            "classification": line.classification,
            "balances": dict(line.balances),
            "row": squeezed(row(line)),
        }
        try:
            self.table.transact([Write({"pk": run.key, "sk": f"{LINE}{shard}#{line.loan_id}", **item})])
        except Stale:
            return

    def lines(self, run: TransferRun, shard: str, after: str | None) -> tuple[list[Line], str | None]:
        """Some of a shard's by the ids of their loans, and behind which the next begin."""
        found, then = self.table.part(run.key, f"{LINE}{shard}#", after, TOGETHER)
        return [load(Line, item | {"row": unsqueezed(item["row"])}) for item in found], then

    def parts(self, run: TransferRun, shard: str = "") -> list[Part]:
        """Those that are written, of a shard or of all, in their order."""
        return load_all(Part, self.table.query(run.key, f"{PART}{shard}"))

    def add_part(self, run: TransferRun, shard: str, number: int, part: Part) -> None:
        self.table.transact([Write(record(part, run.key, f"{PART}{shard}#{number:06}"), ANY)])


def asked(run: TransferRun) -> Write:
    """The run one version later, with its task: the stream makes it a message for whoever builds it."""
    kept = replace(run, version=run.version + 1)
    return Write(record(kept, run.key, RUN, task=TASK), run.version or None)


def row(line: Packed) -> Item:
    """As it stands in the file: who the borrower is stays out of it, and so does what our own indexes need."""
    told: Item = plain(line)
    for ours in ("borrower_id", "application_id", "offer_id", "version", "notice_on"):
        del told["head"][ours]
    return told

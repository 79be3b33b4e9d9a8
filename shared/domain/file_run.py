"""One credit file of a market: its run, the lines in it, and which loans have to be read for it.

A file is built from the loans that run and those that were closed since the file before, in shards and batches as the
night is. A line is written once for a loan and a reference date, and then stays as it is.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain.credit_file import CreditFileRules, Record
from shared.domain.loan import Loan
from shared.domain.night import shards
from shared.domain.transfer import TransferRun

# Loans of one message.
TOGETHER = 25
PAGE = 10 * TOGETHER
# Lines of one part of the file: so many borrowers' keys are opened between two writes.
PART = 50
OVER = "over"


@dataclass(frozen=True, slots=True)
class FileRun:
    """The latest of a market. Loans that were over by the file before, of `before`, are in none any more."""

    market: str
    reference_on: date
    before: date
    is_full: bool
    started_at: datetime
    finished_at: datetime | None = None
    version: int = 0

    @property
    def name(self) -> str:
        """Where the file lies: `in/2026-11-30-full`."""
        return f"{self.market}/{self.reference_on}-{'full' if self.is_full else 'part'}"

    @property
    def key(self) -> str:
        """Under which its lines and batches are kept."""
        return f"credit#{self.market}#{self.reference_on}"


# What loans are found and worked for: a market's credit file, or the pack of a lender's book.
Run = FileRun | TransferRun


@dataclass(frozen=True, slots=True)
class FileSweep:
    """A shard to read, of loans that run (`in#7`) or are over (`in#7#over`); `after` is where it was left."""

    run: Run
    shard: str
    until: date
    after: str | None = None

    @property
    def since(self) -> date:
        """Loans that run are listed under the day on which they were paid out, others under that of their end."""
        return self.run.before if self.shard.endswith(OVER) else date.min


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Loans of a shard whose lines are to be written; the first of them names it."""

    run: Run
    shard: str
    loan_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.shard}#{self.loan_ids[0]}"

    def apart(self) -> "list[FileBatch]":
        return [replace(self, loan_ids=(loan_id,)) for loan_id in self.loan_ids]


@dataclass(frozen=True, slots=True)
class Line:
    """A loan's record as it was written. Who the borrower is comes to it only where the file is written."""

    borrower_id: str
    partner_id: str
    record: Record
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Reported:
    """The last line of a loan; `version` is the head's that it was made of, None where the head knew more by then."""

    line: Line
    version: int | None = None


def next_reference(last: FileRun | None, rules: CreditFileRules, today: date) -> date | None:
    """The reference date whose file is to be begun: the one after the last file's, once it is over; None before."""
    if last is None:
        return rules.reference_before(today)
    following = rules.reference_from(last.reference_on + timedelta(days=1))
    return following if following < today else None


def begun(last: FileRun | None, market: str, rules: CreditFileRules, reference_on: date, at: datetime) -> FileRun:
    before = last.reference_on if last else rules.reference_before(reference_on)
    version = last.version if last else 0
    return FileRun(market, reference_on, before, rules.is_full(reference_on), at, version=version)


def all_shards(market: str) -> tuple[str, ...]:
    """Of the loans that run, and of those that are over."""
    return tuple(name for shard in shards(market) for name in (shard, f"{shard}#{OVER}"))


def may_have_line(loan: Loan, last: Reported | None, run: FileRun) -> bool:
    """Whether the whole loan has to be read: all of them for a full file, else what moved since, or is overdue.

    `loan` has its dues up to the reference date. For whom this is False, nothing has changed since his last line.
    """
    is_overdue = any(due.arrears and due.due_on < run.reference_on for due in loan.dues)
    return run.is_full or last is None or last.version != loan.version or is_overdue


def batches(run: Run, shard: str, loan_ids: tuple[str, ...]) -> list[FileBatch]:
    return [FileBatch(run, shard, loan_ids[start : start + TOGETHER]) for start in range(0, len(loan_ids), TOGETHER)]

"""What is debited by a mandate and told of it, worked out by hand: look after look, run after run.

At a look the next debit is planned and told, two days before it at the earliest; at a run, in an hour in which a bank
may be asked, the bank is asked, once in each such time, until it pays, refuses for good, or the times are over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.simulation.facts import Due
from tests.simulation.oracle import ByHand
from tests.simulation.packs import rule
from tests.simulation.told import Rules, coming

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Kolkata")
# What becomes of a debit that the bank takes, whether it tells so or is asked.
PAYS = ("ok", "duplicate_callback", "lose_reply")


@dataclass(slots=True)
class Planned:
    """A debit of one due. `outcome` is what the bank did at the last attempt, `tried_at` when."""

    number: int
    due_on: date
    amount: int
    at: datetime
    until: datetime
    state: str = "planned"
    attempts: int = 0
    tried_at: datetime | None = None
    outcome: str | None = None

    def notice(self, kind: str) -> str:
        return f"{kind}.{self.number}.{self.at.date()}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bank is asked for, and what it does."""

    on: date
    amount: int
    outcome: str

    @property
    def is_paid(self) -> bool:
        return self.outcome in PAYS


@dataclass(slots=True)
class Debits:
    """A mandate for debits of at most `limit` each, good through `until`. The bank does what `script` says, then pays.

    `asked` is all that it must have been asked for.
    """

    mandate_id: str
    limit: int
    until: date
    script: list[str]
    is_ended: bool = False
    last: Planned | None = None
    asked: list[Asked] = field(default_factory=list)

    def at_look(self, loan: ByHand, on: date, rules: Rules) -> Iterator[str]:
        """The ids of what is told of debits; one that is to come is planned."""
        if loan.state != "active":
            return
        failed, dues = self.last, self._open(loan, on, rules)
        if next_one := self._next(dues, on):
            if next_one.at.date() - 2 * DAY <= on:
                self.last = next_one
            if next_one.at.date() - 2 * DAY <= on < next_one.at.date():
                yield next_one.notice("debit_notice")
        if failed and failed.state == "failed" and any(due.on == failed.due_on for due in dues):
            yield failed.notice("debit_failed")

    def at_run(self, loan: ByHand, at: datetime) -> bool:
        """Whether the debit is over, which is told; else the bank may have been asked. `loan` is as known then."""
        debit = self.last
        if debit is None or debit.state != "planned":
            return False
        if debit.outcome is not None:
            may_try = debit.outcome in rule("in", "debits")["tried_again"] and debit.attempts < self.most_attempts
            if debit.outcome in PAYS or not may_try:
                debit.state = "settled" if debit.outcome in PAYS else "failed"
                return True
        is_active = loan.state == "active"
        unpaid = sum(due.unpaid for due in loan.dues if due.on <= debit.due_on) if is_active else 0
        if self.is_ended or at.date() > self.until or not unpaid or at >= debit.until:
            is_failed = debit.attempts and (unpaid or self.is_ended)
            debit.state = "failed" if is_failed else "dropped"
            return True
        window = next((start for start, end in _windows(at.date(), 1) if start <= at < end), None)
        if window and debit.at <= at and (debit.tried_at is None or debit.tried_at < window):
            debit.attempts, debit.tried_at = debit.attempts + 1, at
            debit.outcome = self.script.pop(0) if self.script else "ok"
            self.asked.append(Asked(at.date(), min(debit.amount, unpaid, self.limit), debit.outcome))
        return False

    @property
    def most_attempts(self) -> int:
        return int(rule("in", "debits")["attempts"])

    def waits(self, at: datetime) -> bool:
        """Whether a run at that instant has something to do."""
        return self.last is not None and self.last.state == "planned" and self.last.at <= at

    def _next(self, dues: list[Due], on: date) -> Planned | None:
        """The one that is planned, or would be: of the oldest due that no bank was asked for."""
        last = self.last
        if self.is_ended or on > self.until:
            return None
        if last and last.state == "planned":
            return last if any(due.on == last.due_on for due in dues) else None
        due = next((due for due in dues if last is None or not _had_its_turn(last, due)), None)
        if due is None:
            return None
        first = max(due.on, on + 2 * DAY)
        windows = list(_windows(first, self.most_attempts))[: self.most_attempts]
        if windows[-1][1].date() > self.until:
            return None
        return Planned(due.number, due.on, min(due.unpaid, self.limit), windows[0][0], windows[-1][1])

    def _open(self, loan: ByHand, on: date, rules: Rules) -> list[Due]:
        return [*sorted((due for due in loan.dues if due.unpaid), key=lambda due: due.on), *coming(loan, on, rules)]


def _had_its_turn(last: Planned, due: Due) -> bool:
    return due.on < last.due_on or (due.on == last.due_on and last.attempts > 0)


def _windows(first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The times in which a bank may be asked, from a day on."""
    hours: Any = rule("in", "debits")["windows"]
    for number in range(days):
        for opens, closes in hours:
            on = first + number * DAY
            start, end = (datetime.combine(on, time.fromisoformat(hour), ZONE) for hour in (opens, closes))
            yield start, end

"""How late a loan is: days past due, the class that follows, and its history. Derived from dues, never stored as truth.

RBI/2021-2022/125, 12 November 2021: judged at the day's end, by days since the oldest unpaid due date. A due of 31
March is overdue at that day's end (SMA-0), SMA-1 at the end of 30 April, SMA-2 of 30 May, NPA of 29 June. A loan that
is non-performing stays so until all arrears are paid, and all loans of its borrower with it. A loan that was
restructured has the market's class for that, if its own is not worse, until it was paid in time for long enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class DueHistory:
    """A due and the day on which its last component was paid; None while something of it is open."""

    number: int
    due_on: date
    settled_on: date | None = None

    def is_open(self, on: date) -> bool:
        """Whether something of it was demanded and unpaid at the end of that day."""
        return self.due_on <= on and (self.settled_on is None or self.settled_on > on)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, both ends included: a standstill that was granted. It has an end."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `since` on and before the day `until`; None is without an end so far."""

    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Account:
    """One loan as lateness sees it. `watches` are the times after a restructuring; `runs` is when it ran, None always.

    A loan that does not run takes no class from the other loans of its borrower.
    """

    dues: tuple[DueHistory, ...]
    pauses: tuple[Pause, ...] = ()
    watches: tuple[Span, ...] = ()
    runs: Span | None = None

    def is_watched(self, on: date) -> bool:
        return any(watch.holds(on) for watch in self.watches)


@dataclass(frozen=True, slots=True)
class Scale:
    """The market's classes from the mildest on, each with the days past due from which it holds.

    `non_performing` names the class that only the payment of all arrears ends, None where no class is like that.
    `restructured` is the class that a watched loan has at least; where it is none of the others it is milder than they.
    """

    buckets: tuple[tuple[str, int], ...]
    non_performing: str | None = None
    restructured: str | None = None

    def worse(self, one: str, other: str) -> str:
        """The worse of two classes."""
        names = [name for name, _ in self.buckets]
        own = () if self.restructured is None or self.restructured in names else (self.restructured,)
        return max(one, other, key=(STANDARD, *own, *names).index)

    def bucket(self, days: int) -> str:
        """The class of a loan that is overdue by so many days; no day yet at the due day's end."""
        return next((name for name, since in reversed(self.buckets) if days >= since), STANDARD)


@dataclass(frozen=True, slots=True)
class Change:
    """At the end of `on` the class became `now`. `due_on` is the oldest open due date then, None when all is paid.

    `cause`: `days` past due, `restructured`, or another loan of the borrower (`borrower`).
    """

    on: date
    was: str
    now: str
    days_past_due: int
    due_on: date | None
    cause: str = "days"


def days_past_due(account: Account, on: date) -> int:
    """Days from the oldest due date that is open at the day's end, without paused days; 0 while nothing is overdue."""
    oldest = oldest_open(account, on)
    return 0 if oldest is None else counted(oldest.due_on, on, account.pauses)


def oldest_open(account: Account, on: date) -> DueHistory | None:
    return min((due for due in account.dues if due.is_open(on)), key=lambda due: due.due_on, default=None)


def classification(accounts: Sequence[Account], scale: Scale, on: date) -> str:
    """The class of a borrower at a day's end: the worst of his loans; of one loan, when it is his only one."""
    return _at(history(accounts, scale, on), on)


def loan_class(account: Account, others: Sequence[Account], scale: Scale, on: date) -> str:
    """The class of one loan: its own, but non-performing with its borrower until all arrears of all loans are paid."""
    return _at(loan_history(account, others, scale, on), on)


def loan_history(
    account: Account, others: Sequence[Account], scale: Scale, through: date = date.max
) -> tuple[Change, ...]:
    """Every change of class of one loan among the others of its borrower; as `history`, with its own days past due."""
    own = history((account,), scale, through)
    if not others or scale.non_performing is None:
        return own
    whole, runs = history((account, *others), scale, through), account.runs or Span(date.min)
    turns = {change.on for change in (*own, *whole)} | {runs.since, runs.until or runs.since}
    changes: list[Change] = []
    now = STANDARD
    for on in sorted(turn for turn in turns if runs.since <= turn <= through):
        mine, all_of_them = _at(own, on), _at(whole, on)
        found = all_of_them if runs.holds(on) and all_of_them == scale.non_performing else mine
        if found != now:
            causes = (change.cause for change in reversed(own) if change.on <= on)
            cause = "borrower" if found != mine else next(causes, "days")
            changes.append(Change(on, now, found, *_worst([account], on), cause=cause))
            now = found
    return tuple(changes)


def history(accounts: Sequence[Account], scale: Scale, through: date = date.max) -> tuple[Change, ...]:
    """Every change of class up to a day's end, oldest first, from a time when nothing was owed.

    Days that are still to come are judged as if nothing more were paid.
    """
    changes: list[Change] = []
    now = STANDARD
    accounts = [replace(account, dues=tuple(filter(_is_ever_late, account.dues))) for account in accounts]
    for on in sorted({on for account in accounts for on in _turning_points(account, scale) if on <= through}):
        days, due_on = _worst(accounts, on)
        # Between two turning points nothing is settled, so that arrears are unbroken from one to the next.
        sticks = now == scale.non_performing and due_on is not None
        late = now if sticks else STANDARD if due_on is None else scale.bucket(days)
        is_watched = any(account.is_watched(on) for account in accounts)
        found = scale.worse(late, scale.restructured) if is_watched and scale.restructured else late
        if found != now:
            changes.append(Change(on, now, found, days, due_on, cause="days" if found == late else "restructured"))
            now = found
    return tuple(changes)


def next_change_on(accounts: Sequence[Account], scale: Scale, on: date) -> date | None:
    """The next day at whose end the class changes if nothing is paid after `on`; None when it stays as it is."""
    unpaid = [as_known(account, on) for account in accounts]
    return next((change.on for change in history(unpaid, scale) if change.on > on), None)


def as_known(account: Account, on: date) -> Account:
    """The account as it stood at the end of a day, with nothing paid after it: no watch ends."""
    watches = tuple(
        Span(watch.since, None if watch.until is None or watch.until > on else watch.until)
        for watch in account.watches
        if watch.since <= on
    )
    return replace(account, dues=tuple(_known(due, on) for due in account.dues), watches=watches)


def arrears_since(accounts: Sequence[Account], on: date) -> date | None:
    """The first day of the unbroken time at whose ends something was overdue; None when nothing is at the end of `on`.

    It is the due date that began it.
    """
    dues = [due for account in accounts for due in account.dues if _is_ever_late(due) and due.due_on <= on]
    since = None
    until = date.min
    for due in sorted(dues, key=lambda due: due.due_on):
        # A due that was settled on a day was open to the end of the day before: one that fell due then joins on.
        since = due.due_on if since is None or due.due_on > until else since
        until = max(until, due.settled_on or date.max)
    return since if until > on else None


def counted(due_on: date, on: date, pauses: Iterable[Pause]) -> int:
    """Days after a due date up to and with `on`, without the paused ones; a day in two pauses is left out once."""
    after = due_on + timedelta(days=1)
    paused = sum(max(0, (min(until, on) - max(since, after)).days + 1) for since, until in merged(pauses))
    return (on - due_on).days - paused


def merged(pauses: Iterable[Pause]) -> tuple[tuple[date, date], ...]:
    """The same days as intervals that share no day, oldest first."""
    apart: list[tuple[date, date]] = []
    for pause in sorted(pauses, key=lambda pause: pause.since):
        if apart and pause.since <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], pause.until))
        elif pause.since <= pause.until:
            apart.append((pause.since, pause.until))
    return tuple(apart)


def _turning_points(account: Account, scale: Scale) -> Iterable[date]:
    """The only days on which a class can change: something falls due, is settled, or is late by a bucket's days."""
    for watch in account.watches:
        yield watch.since
        if watch.until is not None:
            yield watch.until
    for due in account.dues:
        yield due.due_on
        if due.settled_on is not None:
            yield due.settled_on
        yield from (_reached(due.due_on, days, account.pauses) for _, days in scale.buckets if days > 0)


def _reached(due_on: date, days: int, pauses: Iterable[Pause]) -> date:
    """The day on which a due is late by so many counted days, at least one."""
    on = due_on + timedelta(days=days)
    for since, until in merged(pauses):
        first = max(since, due_on + timedelta(days=1))
        if first <= on and first <= until:
            on += until - first + timedelta(days=1)
    return on


def _at(changes: Iterable[Change], on: date) -> str:
    """The class at a day's end."""
    return next((change.now for change in reversed(tuple(changes)) if change.on <= on), STANDARD)


def _worst(accounts: Iterable[Account], on: date) -> tuple[int, date | None]:
    """The most days past due of all accounts, and the oldest open due date; (0, None) when nothing is open."""
    oldest = [due.due_on for account in accounts if (due := oldest_open(account, on))]
    return max((days_past_due(account, on) for account in accounts), default=0), min(oldest, default=None)


def _is_ever_late(due: DueHistory) -> bool:
    return due.settled_on is None or due.settled_on > due.due_on


def _known(due: DueHistory, on: date) -> DueHistory:
    return replace(due, settled_on=None) if due.settled_on is not None and due.settled_on > on else due

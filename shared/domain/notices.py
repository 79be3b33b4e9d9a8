"""Which notices a loan needs on a day, and when the next: before a due date, on it, after it, and what follows.

Each has a natural id, `upcoming.3.due.4`, so that it is sent once, whoever finds it first and however often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.credit_file import DefaultNotice, preview_id
from shared.domain.debits import Debit
from shared.domain.delinquency import STANDARD, Change
from shared.domain.money import Money, total
from shared.domain.notice_facts import Fact, Notice, OpenDue, Phrase, penal_facts
from shared.domain.penal import Penalty


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """Days before a due date; days after it with the tone of each, rising; classes that are told, with the way back.

    `debit_days` before a debit its notice comes at the earliest.
    """

    upcoming: tuple[int, ...]
    overdue: tuple[tuple[int, str], ...]
    classes: tuple[str, ...]
    debit_days: int


@dataclass(frozen=True, slots=True)
class Position:
    """What notices need to know of a loan on a day.

    `dues` are the open ones and the next that will demand anything, oldest first. `penal` is the penal charge unpaid
    as of the day, with tax. `changes` are those of class, with the ones that come if nothing is paid. `default` is
    what is still to be told of the credit file, None once it was. `debit` is the one to come, `failed` one that no
    bank will be asked for again.
    """

    dues: tuple[OpenDue, ...]
    penal: Money
    terms: Penalty | None
    changes: tuple[Change, ...] = ()
    default: DefaultNotice | None = None
    debit: Debit | None = None
    failed: Debit | None = None

    def overdue(self, on: date) -> tuple[OpenDue, ...]:
        return tuple(due for due in self.dues if due.due_on < on)


def due_on(position: Position, rules: NoticeRules, on: date) -> tuple[Notice, ...]:
    """The notices that make sense on a day, whether sent or not: whoever sends them does so once by their ids.

    A day that was missed is made up for only by what is still true: no announcement after the due date, and of the
    stages of lateness only the one that was reached last.
    """
    return tuple(_due(position, rules, on))


def next_notice_on(position: Position, rules: NoticeRules, after: date) -> date | None:
    """The next day on which there is a notice more, if nothing is paid until then; None when there will be none."""
    return min((day for day in _first_days(position, rules) if day > after), default=None)


def receipt(payment_id: str, amount: Money, received_on: date, outstanding: Money, *, is_last: bool) -> Notice:
    """The answer to a payment. `outstanding` is the principal still unpaid; the last payment closes the loan."""
    facts: dict[str, Fact] = {"amount": amount, "received_on": received_on, "outstanding": outstanding}
    text = "receipt.last" if is_last else "receipt"
    return Notice(f"receipt.{payment_id}", "receipt", text, received_on, facts)


def sanction_ended(amount: Money, on: date) -> Notice:
    """Of a loan that nobody took up in time, which is over."""
    return Notice("sanction_ended", "sanction_ended", "sanction_ended", on, {"amount": amount})


def refund(payout_id: str, amount: Money, paid_on: date) -> Notice:
    """Money that was the borrower's is on his account."""
    facts: dict[str, Fact] = {"amount": amount, "paid_on": paid_on}
    return Notice(f"refund.{payout_id}", "refund", "refund", paid_on, facts)


def payment_returned(payment_id: str, amount: Money, received_on: date) -> Notice:
    """A payment that was answered before did not stay."""
    kind = "payment_returned"
    facts: dict[str, Fact] = {"amount": amount, "received_on": received_on}
    return Notice(f"{kind}.{payment_id}", kind, kind, received_on, facts)


def merchant_refund(refund_id: str, amount: Money, received_on: date, merchant: str, owed: Money | None) -> Notice:
    """A merchant gave back what he was paid, or a part. `owed` is the principal unpaid of the rest; None where nothing
    is owed any more."""
    kind = "merchant_refund"
    facts: dict[str, Fact] = {"amount": amount, "received_on": received_on, "merchant": merchant}
    text, more = (f"{kind}.last", dict[str, Fact]()) if owed is None else (kind, {"outstanding": owed})
    return Notice(f"{kind}.{refund_id}", kind, text, received_on, facts | more)


def merchant_refund_returned(refund_id: str, amount: Money, received_on: date, merchant: str) -> Notice:
    """What a merchant gave back did not stay: the loan is as it was before."""
    kind = "payment_returned"
    facts: dict[str, Fact] = {"amount": amount, "received_on": received_on, "merchant": merchant}
    return Notice(f"{kind}.{refund_id}", kind, f"{kind}.merchant", received_on, facts)


def _due(position: Position, rules: NoticeRules, on: date) -> Iterator[Notice]:
    for due in position.dues:
        if due.due_on >= on:
            yield from _ahead(position, rules, due, on)
    is_overdue = bool(position.overdue(on))
    if is_overdue:
        yield from _late(position, rules, on)
    change = next((change for change in reversed(position.changes) if change.on < on), None)
    # Who has just paid does not hear of the class that his days had come to.
    holds = change is not None and (is_overdue or change.now == STANDARD or change.cause != "days")
    if change is not None and holds and _is_told(change, rules):
        yield _class_changed(position, change, on)
    if is_overdue and position.default is not None and position.default.on <= on <= position.default.reference_on:
        yield _preview(position, position.default, on)
    if position.debit is not None and _debit_from(position.debit, rules) <= on < position.debit.at.date():
        yield _debit_notice(position.debit, rules)
    if position.failed is not None:
        yield from _debit_failed(position, position.failed, on)


def _ahead(position: Position, rules: NoticeRules, due: OpenDue, on: date) -> Iterator[Notice]:
    days = (due.due_on - on).days
    facts: dict[str, Fact] = {"amount": due.amount, "due_on": due.due_on, **penal_facts(position.terms, "if_late")}
    if days == 0:
        yield Notice(f"due_today.due.{due.number}", "due_today", "due_today", on, facts)
        return
    stage = min((before for before in rules.upcoming if days <= before), default=None)
    if stage is not None:
        first = due.due_on - timedelta(days=stage)
        yield Notice(f"upcoming.{stage}.due.{due.number}", "upcoming", "upcoming", first, facts)


def _late(position: Position, rules: NoticeRules, on: date) -> Iterator[Notice]:
    oldest = position.overdue(on)[0]
    days = (on - oldest.due_on).days
    reached = [(after, tone) for after, tone in rules.overdue if after <= days]
    if reached:
        stage, tone = reached[-1]
        first = oldest.due_on + timedelta(days=stage)
        facts = _late_facts(position, on) | {"days": days}
        yield Notice(f"overdue.{stage}.due.{oldest.number}", "overdue", f"overdue.{tone}", first, facts)


def _class_changed(position: Position, change: Change, on: date) -> Notice:
    """A class is judged at a day's end, so that its notice is one of the day after."""
    facts: dict[str, Fact] = {"changed_on": change.on, "class": Phrase(change.now)}
    text = f"class_changed.{change.cause}"
    if change.now == STANDARD:
        text = "class_changed.cured"
    elif change.cause == "days":
        text, facts = "class_changed", facts | _late_facts(position, on)
    return Notice(
        notice_id=f"class_changed.{change.now}.{change.on}",
        kind="class_changed",
        text=text,
        on=change.on + timedelta(days=1),
        facts=facts,
    )


def _preview(position: Position, default: DefaultNotice, on: date) -> Notice:
    facts: dict[str, Fact] = {"reference_on": default.reference_on, "days": default.days_past_due}
    kind = "credit_report_preview"
    return Notice(preview_id(default.since), kind, kind, default.on, _late_facts(position, on) | facts)


def _debit_notice(debit: Debit, rules: NoticeRules) -> Notice:
    facts: dict[str, Fact] = {"amount": debit.amount, "due_on": debit.due_on, "debit_at": debit.at}
    facts |= {"tries_until": debit.until, "mandate": debit.mandate_id}
    return Notice(debit.notice_id, "debit_notice", "debit_notice", _debit_from(debit, rules), facts)


def _debit_failed(position: Position, debit: Debit, on: date) -> Iterator[Notice]:
    """While the due that was to be debited is open."""
    due = next((due for due in position.dues if due.due_on == debit.due_on), None)
    first = _failed_on(debit)
    if due is not None and first <= on:
        kind = "debit_failed"
        facts: dict[str, Fact] = {"amount": due.amount, "due_on": due.due_on, "mandate": debit.mandate_id}
        facts |= penal_facts(position.terms, "if_late")
        yield Notice(f"{kind}.{debit.debit_id}", kind, kind, first, facts)


def _late_facts(position: Position, on: date) -> dict[str, Fact]:
    overdue = position.overdue(on)
    amount = total((due.amount for due in overdue), position.penal.currency)
    sums: dict[str, Fact] = {"amount": amount, "penal": position.penal, "to_pay": amount + position.penal}
    return sums | {"due_on": overdue[0].due_on, **penal_facts(position.terms, "so_far")}


def _is_told(change: Change, rules: NoticeRules) -> bool:
    """The way back is told to whom the way there was."""
    return change.now in rules.classes and (change.now != STANDARD or change.was in rules.classes)


def _debit_from(debit: Debit, rules: NoticeRules) -> date:
    """A day on which every hour is long enough before the debit."""
    return debit.at.date() - timedelta(days=rules.debit_days)


def _failed_on(debit: Debit) -> date:
    """The day of its last attempt."""
    assert debit.tried_at is not None, debit
    return debit.tried_at.astimezone(debit.at.tzinfo).date()


def _first_days(position: Position, rules: NoticeRules) -> Iterator[date]:
    """The first day of each notice that can come, as `due_on` counts them."""
    for due in position.dues:
        yield due.due_on
        yield from (due.due_on - timedelta(days=before) for before in rules.upcoming)
    for due in position.dues[:1]:
        yield from (due.due_on + timedelta(days=after) for after, _ in rules.overdue)
    yield from (change.on + timedelta(days=1) for change in position.changes if _is_told(change, rules))
    if position.default is not None:
        yield position.default.on
    if position.debit is not None:
        yield _debit_from(position.debit, rules)
    if position.failed is not None and any(due.due_on == position.failed.due_on for due in position.dues):
        yield _failed_on(position.failed)

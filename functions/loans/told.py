"""What the routes about notices and the credit file answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shared.application.show_credit_file import Preview
from shared.domain.money import Money
from shared.domain.telling import Telling


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`on` is the day from which on it made sense. `state`: planned, sent, or failed when no channel took it.

    `channels` (push, sms) are those that took it, at `sent_at`; `text` is what was sent, or is to be.
    """

    notice_id: str
    kind: str
    on: date
    state: str
    language: str
    channels: tuple[str, ...]
    sent_at: datetime | None
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Notices:
    loan_id: str
    notices: tuple[NoticeView, ...]


@dataclass(frozen=True, slots=True)
class OwnNotices:
    notices: tuple[NoticeView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """One loan in the file as on `reference_on`, if nothing is paid until then; the file is sent by `file_by`.

    `is_default`: it says that the loan is overdue. A default is reported only after a notice: `notice_from` is the
    first day on which the borrower is told of it. `given_up`: settled_for_less or written_off, null for a loan that
    was or is to be repaid in full.
    """

    loan_id: str
    reference_on: date
    file_by: date
    classification: str
    days_past_due: int
    is_default: bool
    sanctioned: Money
    outstanding: Money
    overdue: Money
    opened_on: date
    closed_on: date | None
    last_paid_on: date | None
    notice_from: date | None
    given_up: str | None


@dataclass(frozen=True, slots=True)
class CreditFile:
    loans: tuple[FileLine, ...]


def notices(loan_id: str, told: Iterable[Telling]) -> Notices:
    """The oldest first."""
    shown = sorted(told, key=lambda telling: (telling.sent_at or telling.tried_at, telling.notice_id))
    return Notices(loan_id, tuple(map(_notice, shown)))


def own_notices(told: Iterable[Telling], then: str | None) -> OwnNotices:
    return OwnNotices(tuple(map(_notice, told)), then)


def credit_file(previews: Iterable[Preview]) -> CreditFile:
    return CreditFile(tuple(map(_line, previews)))


def _notice(telling: Telling) -> NoticeView:
    return NoticeView(
        notice_id=telling.notice_id,
        kind=telling.kind,
        on=telling.on,
        state=telling.state,
        language=telling.language,
        channels=telling.channels,
        sent_at=telling.sent_at,
        title=telling.message.title,
        text=telling.message.body,
    )


def _line(preview: Preview) -> FileLine:
    record, figures = preview.record, preview.record.figures
    return FileLine(
        loan_id=figures.loan_id,
        reference_on=record.reference_on,
        file_by=preview.rules.file_by(record.reference_on),
        classification=record.classification,
        days_past_due=record.days_past_due,
        is_default=record.is_default,
        sanctioned=figures.sanctioned,
        outstanding=figures.outstanding,
        overdue=figures.overdue,
        opened_on=figures.opened_on,
        closed_on=figures.closed_on,
        last_paid_on=figures.last_paid_on,
        notice_from=preview.notice.on if preview.notice else None,
        given_up=figures.given_up,
    )

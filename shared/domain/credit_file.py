"""What credit bureaus are told of a loan, as on which day, and what the borrower is told before.

India: as on the 9th, 16th, 23rd and last day of a month; the last one is the full file, the others hold what changed
or is overdue (Credit Information Reporting Amendment Directions of 4 December 2025, since 1 July 2026). A default is
told to the borrower (RBI/2023-24/72); an error that is not repaired in 30 days costs 100 rupees a day (RBI/2023-24/73).
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.calendar import add_months
from shared.domain.delinquency import Account, Scale, arrears_since, as_known, days_past_due, loan_class
from shared.domain.money import Money


@dataclass(frozen=True, slots=True)
class CreditFileRules:
    """`reference_days` of a month, rising; 31 is its last day, and the last of them has the full file.

    A file is due so many days after its reference date. `notice_days` before the reference date of a first default,
    or as soon as there is one, the borrower is told. `leaves_out_promised`: penal charges that a waiver gives up, once
    its condition is met, are not reported as overdue while it runs.
    """

    reference_days: tuple[int, ...]
    part_file_days: int
    full_file_days: int
    notice_days: int
    leaves_out_promised: bool = False

    def reference_from(self, on: date) -> date:
        """The first reference date on or after a day."""
        months = (on.replace(day=1), add_months(on.replace(day=1), 1))
        return min(day for month in months for day in self._of_month(month) if day >= on)

    def reference_before(self, on: date) -> date:
        """The last reference date before a day."""
        months = (add_months(on.replace(day=1), -1), on.replace(day=1))
        return max(day for month in months for day in self._of_month(month) if day < on)

    def is_full(self, reference_on: date) -> bool:
        return reference_on == self._of_month(reference_on)[-1]

    def file_by(self, reference_on: date) -> date:
        """The last day on which the file of a reference date may be sent."""
        return reference_on + timedelta(days=self.full_file_days if self.is_full(reference_on) else self.part_file_days)

    def _of_month(self, month: date) -> list[date]:
        last = calendar.monthrange(month.year, month.month)[1]
        return [month.replace(day=min(day, last)) for day in self.reference_days]


@dataclass(frozen=True, slots=True)
class DisputeRules:
    """An error is repaired within `days`; each day after them costs `per_day_minor` in the market's currency."""

    days: int
    per_day_minor: int

    def repair_by(self, raised_on: date) -> date:
        return raised_on + timedelta(days=self.days)

    def compensation_minor(self, raised_on: date, on: date) -> int:
        """What is owed to the borrower when the error was repaired on a day, or is still there at its end."""
        return max(0, (on - self.repair_by(raised_on)).days) * self.per_day_minor


@dataclass(frozen=True, slots=True)
class Figures:
    """A loan's amounts at the end of a reference date. `outstanding` is unpaid principal, `overdue` unpaid dues.

    `given_up`: settled_for_less or written_off, for a loan that was not repaid in full; None for any other.
    `written_off` is what of it is still owed, `left_out` what a waiver that runs keeps out of `overdue`.
    """

    loan_id: str
    sanctioned: Money
    outstanding: Money
    overdue: Money
    opened_on: date
    closed_on: date | None = None
    last_paid_on: date | None = None
    given_up: str | None = None
    written_off: Money | None = None
    left_out: Money | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the file. Who the borrower is comes to it where the file is written, from the vault."""

    reference_on: date
    classification: str
    days_past_due: int
    figures: Figures

    @property
    def is_default(self) -> bool:
        return self.days_past_due > 0


@dataclass(frozen=True, slots=True)
class DefaultNotice:
    """From `on` to `reference_on` the borrower is told that the record of that date will say so many days.

    `since` is the day on which the arrears began: it is told once for each such time.
    """

    since: date
    on: date
    reference_on: date
    days_past_due: int


def record(figures: Figures, account: Account, others: Sequence[Account], scale: Scale, reference_on: date) -> Record:
    """The loan as the file of a reference date shows it; of a date to come, as it will be if nothing more is paid."""
    named = loan_class(account, others, scale, reference_on)
    return Record(reference_on, named, days_past_due(account, reference_on), figures)


def belongs(
    figures: Figures, rules: CreditFileRules, reference_on: date, *, touched_on: Iterable[date], is_default: bool
) -> bool:
    """Whether the loan is in the file of a reference date. `touched_on` are the days on which anything of it changed.

    What was touched since the reference date before is in every file. A part file has every default too, since its
    days have moved; the full file has every loan that is not closed.
    """
    since = rules.reference_before(reference_on)
    if any(since < on <= reference_on for on in touched_on):
        return True
    is_closed = figures.closed_on is not None and figures.closed_on <= reference_on
    return not is_closed and figures.opened_on <= reference_on and (is_default or rules.is_full(reference_on))


def default_notice(account: Account, rules: CreditFileRules, on: date) -> DefaultNotice | None:
    """What the borrower is to be told before arrears are first reported; None when nothing is overdue on the day.

    The reference date is the first whose record shows a default and by which there is time to pay still.
    """
    since = arrears_since([account], on)
    if since is None:
        return None
    unpaid = as_known(account, on)
    reference_on = rules.reference_from(since)
    while reference_on < on or days_past_due(unpaid, reference_on) == 0:
        reference_on = rules.reference_from(reference_on + timedelta(days=1))
    first = max(since + timedelta(days=1), reference_on - timedelta(days=rules.notice_days))
    return DefaultNotice(
        since=since,
        on=first,
        reference_on=reference_on,
        days_past_due=days_past_due(unpaid, reference_on),
    )


def preview_id(since: date) -> str:
    """Of the notice that tells of arrears since a day before they are reported."""
    return f"credit_report_preview.{since}"


def may_be_sent(record: Record, told_on: date | None, on: date) -> bool:
    """Whether the record may go out on a day: a default only after a day on which the borrower was told of it."""
    return not record.is_default or (told_on is not None and told_on < on)

"""The credit file: reference dates, what is in which file, what is told before, the clock of a dispute."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.credit_file import Figures, belongs, default_notice, may_be_sent, record
from shared.domain.delinquency import Account, DueHistory, Pause, Scale, days_past_due
from shared.markets import CODES, market
from tests.domain.lending import rupees

INDIA = market("in", date(2026, 11, 22))
RULES = INDIA.credit_file
SCALE = Scale(INDIA.buckets, INDIA.non_performing)
LATE = Account((DueHistory(4, date(2026, 9, 5)),))
FIGURES = Figures("loan_1", rupees("20000"), rupees("15000"), rupees("969.73"), opened_on=date(2026, 5, 5))


@pytest.mark.parametrize(
    ("on", "before", "following"),
    [
        ("2026-09-09", "2026-08-31", "2026-09-09"),
        ("2026-09-10", "2026-09-09", "2026-09-16"),
        ("2026-09-17", "2026-09-16", "2026-09-23"),
        ("2026-09-24", "2026-09-23", "2026-09-30"),
        ("2026-10-01", "2026-09-30", "2026-10-09"),
        ("2026-12-31", "2026-12-23", "2026-12-31"),
        ("2027-02-24", "2027-02-23", "2027-02-28"),
        ("2028-02-29", "2028-02-23", "2028-02-29"),
    ],
)
def test_the_reference_dates_are_the_9th_16th_23rd_and_last_day(on: str, before: str, following: str) -> None:
    day = date.fromisoformat(on)

    assert RULES.reference_before(day) == date.fromisoformat(before)
    assert RULES.reference_from(day) == date.fromisoformat(following)


def test_until_june_2026_the_file_was_fortnightly() -> None:
    rules = market("in", date(2026, 6, 30)).credit_file

    assert INDIA.rule("credit_file").since == date(2026, 7, 1)
    assert rules.reference_from(date(2026, 6, 10)) == date(2026, 6, 15)
    assert rules.file_by(date(2026, 6, 15)) == date(2026, 6, 22)


def test_a_part_file_is_due_in_four_days_and_the_full_one_by_the_fifth() -> None:
    assert RULES.file_by(date(2026, 9, 9)) == date(2026, 9, 13)
    assert RULES.file_by(date(2026, 9, 30)) == date(2026, 10, 5)
    assert RULES.file_by(date(2027, 2, 28)) == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("touched_on", "is_in"),
    [("2026-08-31", False), ("2026-09-01", True), ("2026-09-09", True), ("2026-09-10", False)],
)
def test_the_file_of_the_9th_has_what_was_touched_since_the_last_day_of_the_month_before(
    touched_on: str, is_in: bool
) -> None:
    touched = [date.fromisoformat(touched_on)]

    assert belongs(FIGURES, RULES, date(2026, 9, 9), touched_on=touched, is_default=False) == is_in


def test_a_part_file_has_every_default_and_the_full_file_every_loan() -> None:
    assert belongs(FIGURES, RULES, date(2026, 9, 16), touched_on=[], is_default=True)
    assert not belongs(FIGURES, RULES, date(2026, 9, 16), touched_on=[], is_default=False)
    assert belongs(FIGURES, RULES, date(2026, 9, 30), touched_on=[], is_default=False)


def test_a_closed_loan_is_reported_once_more_and_then_never() -> None:
    closed = replace(FIGURES, closed_on=date(2026, 9, 12))

    assert belongs(closed, RULES, date(2026, 9, 16), touched_on=[date(2026, 9, 12)], is_default=False)
    assert not belongs(closed, RULES, date(2026, 9, 30), touched_on=[date(2026, 9, 12)], is_default=False)


def test_a_loan_is_in_no_file_before_it_was_opened() -> None:
    assert not belongs(FIGURES, RULES, date(2026, 4, 30), touched_on=[date(2026, 5, 5)], is_default=False)


@given(st.dates(date(2026, 5, 5), date(2027, 12, 31)))
def test_whatever_is_touched_is_in_exactly_one_part_or_full_file_for_it(touched: date) -> None:
    days = [date(2026, 5, 1) + timedelta(days=n) for n in range(700)]
    part_files = [on for on in days if RULES.reference_from(on) == on and not RULES.is_full(on)]
    found = [on for on in part_files if belongs(FIGURES, RULES, on, touched_on=[touched], is_default=False)]

    following = RULES.reference_from(touched)
    assert found == ([] if RULES.is_full(following) else [following])


def test_a_record_has_the_class_and_the_days_of_its_reference_date() -> None:
    now = record(FIGURES, LATE, (), SCALE, date(2026, 9, 9))
    preview = record(FIGURES, LATE, (), SCALE, date(2026, 12, 9))

    assert (now.classification, now.days_past_due, now.is_default) == ("SMA-0", 4, True)
    assert (preview.classification, preview.days_past_due) == ("NPA", 95)


def test_a_record_is_non_performing_with_another_loan_of_its_borrower() -> None:
    other = Account((DueHistory(1, date(2026, 5, 1)),))

    assert record(FIGURES, LATE, (other,), SCALE, date(2026, 9, 9)).classification == "NPA"
    assert record(FIGURES, LATE, (other,), SCALE, date(2026, 9, 9)).days_past_due == 4


def test_unpaid_at_the_end_of_its_due_day_is_no_default_yet() -> None:
    due_on_the_reference_date = Account((DueHistory(4, date(2026, 9, 9)),))

    assert not record(FIGURES, due_on_the_reference_date, (), SCALE, date(2026, 9, 9)).is_default


@pytest.mark.parametrize(
    ("due_on", "told_on", "reference_on", "days"),
    [
        ("2026-09-05", "2026-09-06", "2026-09-09", 4),
        ("2026-09-01", "2026-09-06", "2026-09-09", 8),
        ("2026-09-08", "2026-09-09", "2026-09-09", 1),
        ("2026-09-09", "2026-09-13", "2026-09-16", 7),
    ],
)
def test_the_borrower_is_told_three_days_before_a_first_default_counts_or_as_soon_as_there_is_one(
    due_on: str, told_on: str, reference_on: str, days: int
) -> None:
    due = date.fromisoformat(due_on)
    notice = default_notice(Account((DueHistory(4, due),)), RULES, due)

    assert notice is not None
    assert (notice.since, notice.on) == (due, date.fromisoformat(told_on))
    assert (notice.reference_on, notice.days_past_due) == (date.fromisoformat(reference_on), days)


def test_a_notice_that_was_missed_speaks_of_the_next_reference_date() -> None:
    on_the_last_day = default_notice(LATE, RULES, date(2026, 9, 9))
    later = default_notice(LATE, RULES, date(2026, 9, 10))

    assert on_the_last_day is not None and on_the_last_day.reference_on == date(2026, 9, 9)
    assert later is not None and (later.since, later.reference_on) == (date(2026, 9, 5), date(2026, 9, 16))


def test_paused_days_are_no_default() -> None:
    paused = replace(LATE, pauses=(Pause(date(2026, 9, 6), date(2026, 9, 16)),))
    notice = default_notice(paused, RULES, date(2026, 9, 5))

    assert notice is not None and (notice.reference_on, notice.days_past_due) == (date(2026, 9, 23), 7)


def test_nothing_is_told_where_nothing_is_overdue() -> None:
    paid = Account((DueHistory(4, date(2026, 9, 5), date(2026, 9, 7)),))

    assert default_notice(paid, RULES, date(2026, 9, 6)) is not None
    assert default_notice(paid, RULES, date(2026, 9, 7)) is None


def test_a_default_goes_out_only_after_a_day_on_which_the_borrower_was_told() -> None:
    default = record(FIGURES, LATE, (), SCALE, date(2026, 9, 9))
    in_order = record(FIGURES, Account(()), (), SCALE, date(2026, 9, 9))

    assert not may_be_sent(default, None, date(2026, 9, 13))
    assert not may_be_sent(default, date(2026, 9, 13), date(2026, 9, 13))
    assert may_be_sent(default, date(2026, 9, 9), date(2026, 9, 10))
    assert may_be_sent(in_order, None, date(2026, 9, 9))


@pytest.mark.parametrize("code", CODES)
@given(due_on=st.dates(date(2026, 7, 1), date(2028, 12, 31)))
def test_a_notice_leaves_time_before_the_first_file_that_shows_the_default(code: str, due_on: date) -> None:
    rules, account = market(code, date(2026, 11, 22)).credit_file, Account((DueHistory(1, due_on),))
    notice = default_notice(account, rules, due_on)

    assert notice is not None
    assert due_on < notice.on <= notice.reference_on
    assert (rules.file_by(notice.reference_on) - notice.on).days >= rules.notice_days
    assert days_past_due(account, rules.reference_before(notice.reference_on)) == 0


def test_an_error_that_is_not_repaired_in_30_days_costs_100_rupees_a_day() -> None:
    rules, raised_on = INDIA.credit_dispute, date(2026, 9, 1)

    assert INDIA.rule("credit_dispute").value == {"days": 30, "per_day_minor": 10_000}
    assert rules.repair_by(raised_on) == date(2026, 10, 1)
    assert [rules.compensation_minor(raised_on, date(2026, 10, day)) for day in (1, 2, 11)] == [0, 10_000, 100_000]


def test_in_china_an_error_is_answered_in_20_days() -> None:
    rules = market("cn", date(2026, 11, 22)).credit_dispute

    assert rules.repair_by(date(2026, 9, 1)) == date(2026, 9, 21)
    assert rules.compensation_minor(date(2026, 9, 1), date(2026, 12, 1)) == 0

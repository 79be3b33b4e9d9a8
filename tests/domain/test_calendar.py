"""Dates of business."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar import add_months, add_working_days, business_date, is_working_day

WEEKEND = (5, 6)
REPUBLIC_DAY = date(2026, 1, 26)


def test_months_keep_their_anchor_through_a_short_month() -> None:
    anchor = date(2024, 1, 31)

    assert [add_months(anchor, k) for k in (1, 2, 3)] == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert add_months(anchor, -2) == date(2023, 11, 30)


@given(anchor=st.dates(date(1950, 1, 1), date(2100, 1, 1)), months=st.integers(-600, 600))
def test_a_month_later_is_in_the_right_month_and_never_on_a_later_day(anchor: date, months: int) -> None:
    moved = add_months(anchor, months)

    assert moved.year * 12 + moved.month == anchor.year * 12 + anchor.month + months
    assert moved.day == anchor.day or (moved.day < anchor.day and (moved + timedelta(days=1)).day == 1)


def test_the_evening_in_utc_is_tomorrow_in_india() -> None:
    assert business_date(datetime(2026, 1, 5, 18, 29, tzinfo=UTC), "Asia/Kolkata") == date(2026, 1, 5)
    assert business_date(datetime(2026, 1, 5, 18, 30, tzinfo=UTC), "Asia/Kolkata") == date(2026, 1, 6)


def test_an_instant_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(AssertionError):
        business_date(datetime(2026, 1, 5, 18, 30), "Asia/Kolkata")  # noqa: DTZ001


def test_working_days_skip_weekends_and_holidays() -> None:
    friday = date(2026, 1, 23)

    assert not is_working_day(REPUBLIC_DAY, {REPUBLIC_DAY}, WEEKEND)
    assert add_working_days(friday, 1, {REPUBLIC_DAY}, WEEKEND) == date(2026, 1, 27)
    assert add_working_days(friday, 0, {REPUBLIC_DAY}, WEEKEND) == friday

"""Dates of business: months that keep their anchor, the market's today, working days."""

from calendar import isleap
from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(anchor: date, months: int) -> date:
    """The same day `months` later, clipped to the month's end: 31 Jan + 1 is 28 or 29 Feb, + 2 is 31 Mar.

    Count from the anchor each time; a chain of single months would lose the 31st for ever.
    """
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, anchor.day if anchor.day <= 28 else min(anchor.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and isleap(year) else _DAYS[month - 1]


def business_date(at: datetime, time_zone: str) -> date:
    """The market's date at an aware instant: 18:30 UTC is already tomorrow in Asia/Kolkata."""
    assert at.tzinfo is not None, at
    return at.astimezone(ZoneInfo(time_zone)).date()


def is_working_day(day: date, holidays: Collection[date], weekend: Collection[int]) -> bool:
    """`weekend` holds weekdays as `date.weekday()` numbers them: Monday 0, Sunday 6."""
    return day.weekday() not in weekend and day not in holidays


def add_working_days(start: date, days: int, holidays: Collection[date], weekend: Collection[int]) -> date:
    """The `days`-th working day after `start`; `start` itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays, weekend)
    return day

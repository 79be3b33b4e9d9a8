"""The days at which the simulation stops: those on which loans are paid out and fall due, market by market."""

from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
# Zero is the last day of the month, so that loans of a 31st meet every month's end.
DAYS_OF_MONTH = {"in": (5, 12, 20, 0), "cn": (10, 15, 25)}


def stops(market: str, first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if day.day in DAYS_OF_MONTH[market] or (0 in DAYS_OF_MONTH[market] and (day + DAY).day == 1):
            yield day
        day += DAY

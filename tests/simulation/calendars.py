"""The days at which the simulation stops: loans are paid out and fall due on them, and reminders look around.

The markets' days lie so close to each other that a due date of one is met by the other's stop a day or three before
it, or one, three or seven days after: each reminder has its turn. On all other days there would be nothing to see.
"""

from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
# Zero is the last day of the month, so that loans of a 31st meet every month's end.
DAYS_OF_MONTH = {"in": (5, 12, 0), "cn": (4, 15)}


def stops(market: str, first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        if day.day in DAYS_OF_MONTH[market] or (0 in DAYS_OF_MONTH[market] and (day + DAY).day == 1):
            yield day
        day += DAY

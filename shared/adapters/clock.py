"""Where a door gets the time: the system's, or, in a stage that declares it, the system's moved by some days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def test_clock(ssm: Any, parameter: str) -> Clock:
    """The system's time plus the number of days that the parameter holds, read at each call; `1.25` is 30 hours."""

    def moved() -> datetime:
        days = float(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
        return system_clock() + timedelta(days=days)

    return moved

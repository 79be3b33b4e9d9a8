"""A rail tells us something: verified over the bytes as they came, kept once, worked off from a queue."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.rail_events import RailEvents
from shared.adapters.rails import TASKS, Rail, news


def hear_rail(raw: bytes, body: Any, headers: Mapping[str, str], *, rail: Rail, events: RailEvents) -> bool:
    """Whether the message is new. Raises `Malformed` for a false signature or a message that makes no sense."""
    event_id = rail.verify(raw, headers)
    told = news(body, rail.name)
    return events.keep(rail.name, event_id, body, TASKS[told.type])

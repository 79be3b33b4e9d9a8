"""A borrower's devices that take push messages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Device:
    """`address` is where its messages are pushed to. A device that was taken away keeps its item."""

    device_id: str
    platform: str
    address: str
    registered_at: datetime
    removed_at: datetime | None = None

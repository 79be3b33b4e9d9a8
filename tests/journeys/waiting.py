"""Waiting for what happens by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

from infra.local.client import PATIENCE_SECONDS

T = TypeVar("T")


def until(what: str, read: Callable[[], T], is_so: Callable[[T], bool], seconds: float = PATIENCE_SECONDS) -> T:
    """What is read once it is so."""
    deadline = time.monotonic() + seconds
    while not is_so(found := read()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}; at last it was {found}"
        time.sleep(0.1)
    return found

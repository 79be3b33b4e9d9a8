"""What a sandbox service does while its caller has had an answer already: money that moves, callbacks on their way."""

from collections.abc import Callable
from threading import Thread, enumerate
from typing import Any

NAME = "meanwhile"


def meanwhile(do: Callable[..., None], *arguments: Any) -> None:
    Thread(target=do, args=arguments, name=NAME, daemon=True).start()


def under_way() -> int:
    """How much of it is not done yet."""
    return sum(thread.name == NAME for thread in enumerate())

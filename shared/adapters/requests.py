"""Idempotent requests: a caller's key, the body it came with, and the answer it got, kept for ever.

The record is written in the transaction of the effect, so that there is no moment at which one exists without
the other. Only final successes are kept: a refusal changes nothing and may be asked again.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request that changes something. `route` is the path as called; `body_hash` is of canonical JSON."""

    caller: str
    route: str
    key: str
    body_hash: str
    status: int

    @property
    def pk(self) -> str:
        return f"request#{self.caller}"

    @property
    def sk(self) -> str:
        return f"{self.route}#{self.key}"

    def record(self, answer: Any) -> dict[str, Any]:
        return {
            "pk": self.pk,
            "sk": self.sk,
            "body_hash": self.body_hash,
            "status": self.status,
            "answer": answer,
        }


class Replayed(Exception):
    """The request was answered before: its status and the same answer."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"answered {status} before")
        self.status = status
        self.answer = answer

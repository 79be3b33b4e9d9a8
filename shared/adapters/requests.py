"""Idempotent requests: a caller's key, the body it came with, and the answer it got, kept for ever.

The record is written in the transaction of the effect, so that there is no moment at which one exists without
the other; where the effect is one new thing, the record is a part of that thing's item. Only final successes are kept:
a refusal changes nothing and may be asked again.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

# The sort key of a thing that is its request's record too.
MADE = "order"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request that changes something. `route` is the path as called; `body_hash` is of canonical JSON.

    `makes` is the kind of the one thing that the request makes, where nothing else is changed: `pay`.
    """

    caller: str
    route: str
    key: str
    body_hash: str
    status: int
    makes: str | None = None

    @property
    def made_id(self) -> str:
        """The id of what the request makes. It follows from the request, so that asked again it makes the same."""
        assert self.makes, self
        named = "\n".join((self.caller, self.route, self.key))
        return f"{self.makes}_{hashlib.sha256(named.encode()).hexdigest()[:26].upper()}"

    @property
    def pk(self) -> str:
        return self.made_id if self.makes else f"request#{self.caller}"

    @property
    def sk(self) -> str:
        return MADE if self.makes else f"{self.route}#{self.key}"

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

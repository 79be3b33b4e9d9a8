"""The HTTPS API as an app sees it: one call, one answer, nothing hidden."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import urllib3

SECONDS = 35
NEW_KEY = "new"


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, what came back, and how long it took. `body` is parsed JSON, or None."""

    verb: str
    path: str
    status: int
    seconds: float
    headers: Mapping[str, str]
    body: Any

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The problem's code, or nothing."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class CallFailed(Exception):
    """A call that had to succeed did not; the message has the whole answer."""

    def __init__(self, call: Call) -> None:
        super().__init__(f"{call.verb} {call.path} was answered {call.status}: {json.dumps(call.body, indent=2)}")
        self.call = call


def unheard(call: Call) -> None:
    """For those who do not watch the calls."""


class Client:
    """Calls of one caller. `told` hears of each."""

    def __init__(self, api_url: str, token: str | None = None, told: Callable[[Call], None] = unheard) -> None:
        self.api_url = api_url
        self.token = token
        self.told = told
        self.pool = urllib3.PoolManager(maxsize=32, retries=False, timeout=SECONDS)

    def send(
        self,
        verb: str,
        path: str,
        body: Any = None,
        *,
        key: str = NEW_KEY,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Call:
        """One call, whatever its answer. `raw` is sent as it is instead of `body`; an empty `key` sends none."""
        sent = {"content-type": "application/json"} if raw is not None or body is not None else {}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if verb == "POST" and key:
            sent["idempotency-key"] = str(uuid4()) if key == NEW_KEY else key
        if raw is None and body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
        began = time.monotonic()
        answer = self.pool.request(verb, self.api_url + path, body=raw, headers={**sent, **(headers or {})})
        made = Call(verb, path, answer.status, time.monotonic() - began, answer.headers, _parsed(answer.data))
        self.told(made)
        return made

    def get(self, path: str) -> Any:
        """The answer's body. Raises `CallFailed` unless it is a success; so do the next two."""
        return _succeeded(self.send("GET", path))

    def post(self, path: str, body: Any = None, *, key: str = NEW_KEY) -> Any:
        return _succeeded(self.send("POST", path, {} if body is None else body, key=key))

    def put(self, path: str, body: Any) -> Any:
        return _succeeded(self.send("PUT", path, body))


def _succeeded(call: Call) -> Any:
    if not call.is_success:
        raise CallFailed(call)
    return call.body


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")

"""The HTTPS API as an app sees it: one call, one answer, nothing hidden."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import urllib3

from infra.local.device import Device

NEW_KEY = "new"
TRIES = 3
POLL_SECONDS = 0.1
# What happens by itself passes several functions, each of which may have to start first, on a machine that is busy.
PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, what came back, and how long it took. `body` is parsed JSON, or None.

    `times` is how often it was asked until the answer was the one waited for; `seconds` are those of the last.
    """

    verb: str
    path: str
    status: int
    seconds: float
    headers: Mapping[str, str]
    body: Any
    times: int = 1

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_retryable(self) -> bool:
        return self.status == 503 and isinstance(self.body, dict) and bool(self.body.get("retryable"))

    @property
    def code(self) -> str:
        """The problem's code, or nothing."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class CallFailed(Exception):
    """A call that had to succeed did not; the message has the whole answer."""

    def __init__(self, call: Call) -> None:
        super().__init__(f"{call.verb} {call.path} was answered {call.status}: {json.dumps(call.body, indent=2)}")
        self.call = call


class TooLate(Exception):
    """What was waited for did not come; the message says what, and how it stood at last."""


def unheard(call: Call) -> None:
    """For those who do not watch the calls."""


class Client:
    """Calls of one caller, each signed by the device that makes it. `told` hears of each."""

    def __init__(
        self,
        api_url: str,
        token: str | None = None,
        told: Callable[[Call], None] = unheard,
        device: Device | None = None,
    ) -> None:
        self.api_url = api_url
        self.token = token
        self.told = told
        self.device = device or Device()
        self.pool = urllib3.PoolManager(maxsize=32, retries=False, timeout=PATIENCE_SECONDS)

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
        made = self._sent(verb, path, body, key=key, raw=raw, headers=headers or {})
        self.told(made)
        return made

    def get(self, path: str) -> Any:
        """The answer's body. Raises `CallFailed` unless it is a success; so do the next ones."""
        return self._insist("GET", path, None, "")

    def get_until(self, what: str, path: str, is_so: Callable[[Any], bool], seconds: float = PATIENCE_SECONDS) -> Any:
        """Asks until the answer is so; told of as one call. Raises `TooLate` after as many seconds."""
        deadline, times = time.monotonic() + seconds, 0
        while True:
            made = self._sent("GET", path, None, key="", raw=None, headers={})
            times += 1
            if is_so(_succeeded(made)):
                self.told(replace(made, times=times))
                return made.body
            if time.monotonic() > deadline:
                raise TooLate(f"Waited {seconds:.0f} s for {what}; at last it was {json.dumps(made.body)}.")
            time.sleep(POLL_SECONDS)

    def post(self, path: str, body: Any = None, *, key: str = NEW_KEY) -> Any:
        return self._insist("POST", path, {} if body is None else body, str(uuid4()) if key == NEW_KEY else key)

    def put(self, path: str, body: Any) -> Any:
        return self._insist("PUT", path, body, "")

    def _insist(self, verb: str, path: str, body: Any, key: str) -> Any:
        """What an app does with a problem that may be retried: the same call again, under the same key."""
        for _ in range(TRIES - 1):
            made = self.send(verb, path, body, key=key)
            if not made.is_retryable:
                return _succeeded(made)
            time.sleep(int(made.headers.get("retry-after", 1)))
        return _succeeded(self.send(verb, path, body, key=key))

    def _sent(
        self, verb: str, path: str, body: Any, *, key: str, raw: bytes | None, headers: Mapping[str, str]
    ) -> Call:
        sent = {"content-type": "application/json"} if raw is not None or body is not None else {}
        sent["dpop"] = self.device.proof(verb, self.api_url + path, self.token)
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if verb == "POST" and key:
            sent["idempotency-key"] = str(uuid4()) if key == NEW_KEY else key
        if raw is None and body is not None:
            raw = json.dumps(body, ensure_ascii=False).encode()
        began = time.monotonic()
        answer = self.pool.request(verb, self.api_url + path, body=raw, headers={**sent, **headers})
        return Call(verb, path, answer.status, time.monotonic() - began, answer.headers, _parsed(answer.data))


def _succeeded(call: Call) -> Any:
    if not call.is_success:
        raise CallFailed(call)
    return call.body


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")

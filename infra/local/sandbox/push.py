"""A push service for the sandbox: devices register by a token, take messages, and show them to whoever looks.

A token that begins with `bad` is refused. What it does with the next messages is told it by
`POST /sandbox/behaviour {"messages": ["fail", "ok", …]}`:

    ok          shown on the device; a notice that comes again is shown once
    fail        answered 503, and nothing is shown
    lose_reply  shown, but nobody answers
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer, serve

BEHAVIOURS = frozenset("ok fail lose_reply".split())


class Push:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer:
        match verb, steps:
            case "POST", ["devices"]:
                return self._register(str(body["token"]))
            case "POST", ["devices", device, "messages"]:
                return self._show(device, body)
            case "GET", ["sandbox", "devices", token]:
                device = _device(token)
                shown = [each for each in self.memory.every("message") if each["device"] == device]
                return Answer(200, {"messages": shown})
            case "POST", ["sandbox", "behaviour"]:
                self.memory.put("behaviour", "messages", [name for name in body["messages"] if name in BEHAVIOURS])
                return Answer(200, body)
        return Answer(404, {"code": "not_found"})

    def _register(self, token: str) -> Answer:
        if token.startswith("bad"):
            return Answer(422, {"code": "token_unknown"})
        self.memory.put("device", _device(token), {"device": _device(token)})
        return Answer(201, {"address": f"/devices/{_device(token)}"})

    def _show(self, device: str, message: dict[str, str]) -> Answer:
        if self.memory.get("device", device) is None:
            return Answer(404, {"code": "not_found"})
        first, *rest = self.memory.get("behaviour", "messages") or ["ok"]
        self.memory.put("behaviour", "messages", rest)
        if first == "fail":
            return Answer(503, {"code": "temporarily_unavailable"})
        self.memory.put("message", f"{device} {message['notice_id']}", {"device": device, **message})
        return Answer(202, {"status": "shown"}, is_lost=first == "lose_reply")


def _device(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def main(directory: Path) -> None:
    settings = json.loads((directory / "push.json").read_text())
    serve(Push(Memory(directory / "push.sqlite")).answer, settings["port"], settings["secret"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

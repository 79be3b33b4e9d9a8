"""Lending partners for the sandbox: rating desks that are asked for offers, an endpoint for events of their loans, and
the statements of their accounts, with what their bank says (see `statements`).

How the desk of `kaveri` answers next is told it by `POST /sandbox/behaviour {"offers": ["slow", "ok", …]}`. Two others
never answer well: `nilgiri` is slow, `vindhya` talks nonsense of another kind each time.

    ok             a rate by grade
    slow           the same, after a while
    nonsense       a rate below nothing, a product that was not asked for
    bad_signature  signed with a secret that is not ours
    silent         the connection is closed without an answer
    page           a web page
    flood          ten megabytes

How the endpoint takes the next events of a loan is told it by `POST /sandbox/events/{loan_id}/behaviour
{"events": ["refuse", "ok", …]}`; what it got shows `GET /sandbox/events/{loan_id}`.

    ok      taken
    refuse  answered 503
    slow    answered after a while
    gone    answered 410: the partner wants no more
"""

import json
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from infra.local.sandbox import statements
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer, serve

BEHAVIOURS = {
    "offers": frozenset("ok slow nonsense bad_signature silent page flood".split()),
    "events": frozenset("ok refuse slow gone".split()),
}
# Those that are never told how to behave.
ALWAYS = {"nilgiri": ("slow",), "vindhya": ("nonsense", "page", "bad_signature", "flood")}
SLOW_SECONDS = 4
# Shares per year, as text so that no float comes near a rate.
RATES = {"A": "0.18", "B": "0.20", "C": "0.23", "D": "0.26", "E": "0.29"}
ANOTHER_SECRET = "whsec_bm90IHRoZSBzZWNyZXQgdGhhdCB3YXMgYWdyZWVk"
PAGE = b"<!doctype html><title>Rates</title><p>Our rates are being updated."


class Partner:
    def __init__(self, memory: Memory, rails: dict[str, str]) -> None:
        self.memory, self.rails = memory, rails
        self.numbers = count()

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer:
        match verb, steps:
            case "POST", ["offers"]:
                return self._offer(body)
            case "POST", ["events"]:
                return self._take(body)
            case "POST", ["sandbox", "behaviour"]:
                return self._behave("offers", "offers", body)
            case "POST", ["sandbox", "events", loan_id, "behaviour"]:
                return self._behave(loan_id, "events", body)
            case "GET", ["statements", account, on, page]:
                rail_url = self.rails.get(statements.market_of(account) or "")
                lines = statements.asked_of(rail_url, account, on) if rail_url else None
                return statements.answer(self.memory, lines, account, on, int(page))
            case "POST", ["sandbox", "statements"]:
                return statements.told(self.memory, body)
            case "GET", ["sandbox", "offers"]:
                return Answer(200, {"offers": self.memory.every("offer")})
            case "GET", ["sandbox", "events", loan_id]:
                got = [each for each in self.memory.every("event") if each["event"]["subject"] == loan_id]
                return Answer(200, {"events": got})
        return Answer(404, {"code": "not_found"})

    def _offer(self, asked: dict[str, Any]) -> Answer:
        behaviour = self._of_desk(asked["partner_id"])
        key = f"{asked['application_id']}.{asked['partner_id']}"
        self.memory.put("offer", key, {**asked, "behaviour": behaviour})
        offered = {"product_id": asked["product_ids"][0], "annual_rate": RATES[asked["grade"]]}
        if behaviour == "slow":
            time.sleep(SLOW_SECONDS)
        if behaviour == "nonsense":
            offered = {"product_id": "not_asked_for", "annual_rate": "-0.05"}
        raw = {"page": PAGE, "flood": b"9" * 10_000_000}.get(behaviour)
        secret = ANOTHER_SECRET if behaviour == "bad_signature" else None
        return Answer(200, offered, is_lost=behaviour == "silent", secret=secret, raw=raw)

    def _of_desk(self, partner_id: str) -> str:
        always = ALWAYS.get(partner_id)
        return always[next(self.numbers) % len(always)] if always else self._next("offers")

    def _take(self, event: dict[str, Any]) -> Answer:
        """An event is kept with how often it was brought, in the order in which the first of each came."""
        behaviour = self._next(event["subject"])
        if behaviour == "slow":
            time.sleep(SLOW_SECONDS)
        status = {"refuse": 503, "gone": 410}.get(behaviour, 204)
        with self.memory.lock:
            known = self.memory.get("event", event["id"]) or {"event": event, "answers": []}
            self.memory.put("event", event["id"], {**known, "answers": [*known["answers"], status]})
        return Answer(status, None, raw=b"")

    def _behave(self, whose: str, kind: str, body: dict[str, list[str]]) -> Answer:
        self.memory.put("behaviour", whose, [name for name in body[kind] if name in BEHAVIOURS[kind]])
        return Answer(200, body)

    def _next(self, whose: str) -> str:
        with self.memory.lock:
            behaviour, *rest = self.memory.get("behaviour", whose) or ["ok"]
            self.memory.put("behaviour", whose, rest)
        return str(behaviour)


def main(directory: Path) -> None:
    settings = json.loads((directory / "partner.json").read_text())
    partner = Partner(Memory(directory / "partner.sqlite"), settings["rails"])
    serve(partner.answer, settings["port"], settings["secret"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

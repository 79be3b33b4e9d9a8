"""A lending partner for the sandbox: asked for an offer, it answers with a product and a yearly rate; asked for the
statement of its account, with what its bank says (see `statements`).

How it answers next is told it by `POST /sandbox/behaviour {"offers": ["slow", "ok", …]}`:

    ok             a rate by grade
    slow           the same, after a while
    nonsense       a rate below nothing, a product that was not asked for
    bad_signature  signed with a secret that is not ours
    silent         the connection is closed without an answer
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from infra.local.sandbox import statements
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer, serve

BEHAVIOURS = frozenset("ok slow nonsense bad_signature silent".split())
SLOW_SECONDS = 4
# Shares per year, as text so that no float comes near a rate.
RATES = {"A": "0.18", "B": "0.20", "C": "0.23", "D": "0.26", "E": "0.29"}
ANOTHER_SECRET = "whsec_bm90IHRoZSBzZWNyZXQgdGhhdCB3YXMgYWdyZWVk"


class Partner:
    def __init__(self, memory: Memory, rail_url: str) -> None:
        self.memory, self.rail_url = memory, rail_url

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer:
        match verb, steps:
            case "POST", ["offers"]:
                return self._offer(body)
            case "POST", ["sandbox", "behaviour"]:
                self.memory.put("behaviour", "offers", [name for name in body["offers"] if name in BEHAVIOURS])
                return Answer(200, body)
            case "GET", ["statements", account, on, page]:
                lines = statements.asked_of(self.rail_url, account, on)
                return statements.answer(self.memory, lines, account, on, int(page))
            case "POST", ["sandbox", "statements"]:
                return statements.told(self.memory, body)
            case "GET", ["sandbox", "offers"]:
                return Answer(200, {"offers": self.memory.every("offer")})
        return Answer(404, {"code": "not_found"})

    def _offer(self, asked: dict[str, Any]) -> Answer:
        with self.memory.lock:
            behaviour, *rest = self.memory.get("behaviour", "offers") or ["ok"]
            self.memory.put("behaviour", "offers", rest)
            self.memory.put("offer", asked["application_id"], {**asked, "behaviour": behaviour})
        offered = {"product_id": asked["product_ids"][0], "annual_rate": RATES[asked["grade"]]}
        if behaviour == "slow":
            time.sleep(SLOW_SECONDS)
        if behaviour == "nonsense":
            offered = {"product_id": "not_asked_for", "annual_rate": "-0.05"}
        secret = ANOTHER_SECRET if behaviour == "bad_signature" else None
        return Answer(200, offered, is_lost=behaviour == "silent", secret=secret)


def main(directory: Path) -> None:
    settings = json.loads((directory / "partner.json").read_text())
    partner = Partner(Memory(directory / "partner.sqlite"), settings["rail_url"])
    serve(partner.answer, settings["port"], settings["secret"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

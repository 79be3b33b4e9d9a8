"""The rail sends payments back to where they came from, and what merchants gave back to them, each order once.

What becomes of the next refunds is told it by `POST /sandbox/behaviour {"refunds": ["fail", "ok", …]}`:

    ok          the money is back
    fail        the account that it came from is closed
    lose_reply  the money is back, but nobody answers the call
    lose_both   the money is back, and only asking for it tells
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.sandbox.meanwhile import meanwhile
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer

BEHAVIOURS = frozenset("ok fail lose_reply lose_both".split())
REASON = "payer_account_closed"
# What a merchant gives back is another thing, and kept apart.
KIND = "payment_refund"
# The money that goes back: the kind under which it is kept, by the field of the order that names it.
KEPT_AS = {"of_payment": "payment", "of_merchant_refund": "refund"}
PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Refunds:
    """`tells` makes an event, `delivers` calls back with it; `behaviour` is the next one of a name, `today` the
    bank's date."""

    memory: Memory
    tells: Callable[..., dict[str, Any]]
    delivers: Callable[[dict[str, Any]], None]
    behaviour: Callable[[str], str]
    today: Callable[[], str]

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer | None:
        """None for what is none of its paths."""
        match verb, steps:
            case "POST", ["refunds"]:
                return self._refund(body)
            case "GET", ["refunds", reference]:
                refund = self.memory.get(KIND, reference)
                return Answer(200, _shown(refund)) if refund else Answer(404, {"code": "not_found"})
            case "GET", ["sandbox", "refunds"]:
                return Answer(200, {"refunds": self.memory.every(KIND)})
        return None

    def _refund(self, order: dict[str, Any]) -> Answer:
        reference = order["reference"]
        with self.memory.lock:
            known = self.memory.get(KIND, reference)
            if known:
                same = known["order"] == order
                return Answer(202, _shown(known)) if same else Answer(409, {"code": "reference_reused"})
            if came(self.memory, order) is None:
                return Answer(422, {"code": "no_such_payment"})
            behaviour = self.behaviour("refunds")
            refund = {"reference": reference, "status": "accepted", "order": order, "behaviour": behaviour}
            self.memory.put(KIND, reference, refund)
        meanwhile(self._finish, refund)
        return Answer(202, _shown(refund), is_lost=behaviour in ("lose_reply", "lose_both"))

    def _finish(self, refund: dict[str, Any]) -> None:
        time.sleep(PAUSE_SECONDS)
        reference, behaviour = refund["reference"], refund["behaviour"]
        failed, settled = {"status": "failed", "reason": REASON}, {"status": "settled", "settled_on": self.today()}
        over = failed if behaviour == "fail" else settled
        self.memory.put(KIND, reference, refund | over)
        if behaviour != "lose_both":
            why = {"reason": REASON} if behaviour == "fail" else {}
            rail = (came(self.memory, refund["order"]) or {}).get("rail")
            self.delivers(self.tells(f"refund.{over['status']}", rail, reference=reference, **why))


def came(memory: Memory, order: dict[str, Any]) -> dict[str, Any] | None:
    """The money that an order sends back, None when it never came."""
    [field] = KEPT_AS.keys() & order.keys()
    found: dict[str, Any] | None = memory.get(KEPT_AS[field], order[field])
    return found


def _shown(refund: dict[str, Any]) -> dict[str, Any]:
    return {name: refund[name] for name in ("reference", "status", "reason") if name in refund}

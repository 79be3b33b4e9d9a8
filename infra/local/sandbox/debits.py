"""The rail's mandates and debits: borrowers authorise a link or sign on a page, and Minnow debits by it until it is
taken back.

What becomes of the next debits is told it by `POST /sandbox/behaviour {"debits": ["insufficient_funds", "ok", …]}`, or
of those by one mandate by `POST /sandbox/mandates/{id}/behaviour`, which comes first:

    ok                  the money comes
    insufficient_funds  the account is empty
    account_closed      there is no such account any more
    lose_reply          the money comes, but nobody answers the call
    lose_callback       the money comes and the call is answered, but nothing is ever told
    lose_both           the money comes, and only asking for it tells
    duplicate_callback  the money comes and is told three times
    unavailable         is answered 503, and nothing is done

It takes no debit in the hours of its own clock in which it is `busy`.
"""

import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from infra.local.sandbox.meanwhile import meanwhile
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer

BEHAVIOURS = frozenset(
    "ok insufficient_funds account_closed lose_reply lose_callback lose_both duplicate_callback unavailable".split()
)
REFUSALS = ("insufficient_funds", "account_closed")
# What a borrower does in his bank's app with a mandate that he gave.
MOVES = {"pause": "paused", "resume": "active", "revoke": "revoked"}
PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Debits:
    """`tells` makes an event, `delivers` calls back with it; `behaviour` is the next one of a name. `busy` are pairs of
    `HH:MM`, each up to the second."""

    memory: Memory
    tells: Callable[..., dict[str, Any]]
    delivers: Callable[[dict[str, Any]], None]
    behaviour: Callable[[str], str]
    now: Callable[[], datetime]
    busy: list[list[str]]
    port: int

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer | None:
        """None for what is none of its paths."""
        match verb, steps:
            case "POST", ["debits"]:
                return self._debit(body)
            case "GET", ["debits", reference]:
                debit = self.memory.get("debit", reference)
                return Answer(200, _shown(debit)) if debit else _nothing()
            case "POST", ["mandates", mandate_id, "revocation"]:
                return self._end(mandate_id)
            case "POST", ["agreements"]:
                self.memory.put("agreement", body["reference"], body)
                return Answer(201, {"url": f"http://127.0.0.1:{self.port}/sandbox/agreements/{body['reference']}"})
            case "POST", ["sandbox", "agreements", mandate_id, "sign"]:
                asked = self.memory.get("agreement", mandate_id)
                return self._begin(mandate_id, asked["limit"], asked["payee_vpa"]) if asked else _nothing()
            case "POST", ["sandbox", "mandates"]:
                return self._authorise(body["link"])
            case "POST", ["sandbox", "mandates", mandate_id, "behaviour"]:
                self.memory.put("behaviour", mandate_id, body["debits"])
                return Answer(200, body)
            case "POST", ["sandbox", "mandates", mandate_id, move] if move in MOVES:
                return self._move(mandate_id, move)
            case "GET", ["sandbox", "mandates" | "debits" as kind]:
                return Answer(200, {kind: self.memory.every(kind.removesuffix("s"))})
        return None

    def _authorise(self, link: str) -> Answer:
        """The borrower opens the link in his bank's app and agrees."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
        whole, _, cents = asked["am"].partition(".")
        return self._begin(asked["tr"], {"minor": int(whole + cents), "currency": asked["cu"]}, asked["pa"])

    def _begin(self, mandate_id: str, limit: dict[str, Any], payee_vpa: str) -> Answer:
        mandate = {"mandate_id": mandate_id, "limit_minor": limit["minor"], "currency": limit["currency"]}
        mandate |= {"state": "active", "payee_vpa": payee_vpa}
        self.memory.put("mandate", mandate_id, mandate)
        events = [self.tells(f"mandate.{state}", reference=mandate_id) for state in ("pending", "active")]
        meanwhile(self._deliver_all, events)
        return Answer(202, mandate)

    def _deliver_all(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            self.delivers(event)

    def _move(self, mandate_id: str, move: str) -> Answer:
        mandate = self.memory.get("mandate", mandate_id)
        if mandate is None or mandate["state"] == "revoked":
            return _nothing()
        mandate |= {"state": MOVES[move]}
        self.memory.put("mandate", mandate_id, mandate)
        event = self.tells(f"mandate.{mandate['state']}", reference=mandate_id)
        meanwhile(self.delivers, event)
        return Answer(202, mandate)

    def _end(self, mandate_id: str) -> Answer:
        """Minnow says that the borrower took it back."""
        mandate = self.memory.get("mandate", mandate_id)
        if mandate is None:
            return _nothing()
        self.memory.put("mandate", mandate_id, mandate | {"state": "revoked"})
        return Answer(200, {"reference": mandate_id, "state": "revoked"})

    def _debit(self, order: dict[str, Any]) -> Answer:
        reference = order["reference"]
        with self.memory.lock:
            known = self.memory.get("debit", reference)
            if known:
                return Answer(202, _shown(known)) if known["order"] == order else _refused("reference_reused", 409)
            why = self._obstacle(order)
            if why is not None:
                return _refused(why, 422)
            has_own = bool(self.memory.get("behaviour", order["mandate"]))
            behaviour = self.behaviour(order["mandate"] if has_own else "debits")
            if behaviour == "unavailable":
                return _refused("temporarily_unavailable", 503)
            debit = {"reference": reference, "status": "accepted", "order": order, "behaviour": behaviour}
            debit |= {"asked_at": self.now().isoformat()}
            self.memory.put("debit", reference, debit)
        meanwhile(self._finish, debit)
        return Answer(202, _shown(debit), is_lost=behaviour in ("lose_reply", "lose_both"))

    def _obstacle(self, order: dict[str, Any]) -> str | None:
        mandate, amount = self.memory.get("mandate", order["mandate"]), order["amount"]
        if mandate is None or mandate["state"] != "active":
            return "mandate_not_active"
        if amount["currency"] != mandate["currency"] or amount["minor"] > mandate["limit_minor"]:
            return "beyond_the_mandate"
        hour = f"{self.now():%H:%M}"
        return "busy_hours" if any(start <= hour < end for start, end in self.busy) else None

    def _finish(self, debit: dict[str, Any]) -> None:
        """The bank pays or does not, and it is told."""
        clock.sleep(PAUSE_SECONDS)
        reference, behaviour = debit["reference"], debit["behaviour"]
        if behaviour in REFUSALS:
            self.memory.put("debit", reference, debit | {"status": "failed", "reason": behaviour})
            self.delivers(self.tells("debit.failed", reference=reference, reason=behaviour))
            return
        payment = {"payment_id": f"mnd_{uuid4().hex[:12]}", "reference": reference, "amount": debit["order"]["amount"]}
        payment |= {"received_on": self.now().date().isoformat()}
        event = self.tells("payment.received", **payment, payer="a***a")
        payee = {"payee_vpa": self.memory.get("mandate", debit["order"]["mandate"])["payee_vpa"]}
        self.memory.put("payment", payment["payment_id"], {**payment, **payee, "event_id": event["event_id"]})
        self.memory.put("debit", reference, {**debit, **payment, "status": "settled"})
        if behaviour in ("lose_callback", "lose_both"):
            return
        for _ in range(3 if behaviour == "duplicate_callback" else 1):
            self.delivers(event)


def _shown(debit: dict[str, Any]) -> dict[str, Any]:
    told = ("reference", "status", "reason", "payment_id", "amount", "received_on")
    return {name: debit[name] for name in told if name in debit}


def _refused(code: str, status: int) -> Answer:
    return Answer(status, {"code": code})


def _nothing() -> Answer:
    return Answer(404, {"code": "not_found"})

"""A bank rail for the sandbox: pays out once per reference, takes payments, and tells Minnow by signed callbacks.

Each market has one, a process of its own with its own clock: `RAILS` in `infra/local/sandbox` lists them.

What it does with the next payouts is told it by `POST /sandbox/behaviour {"payouts": ["fail", "ok", …]}`:

    ok                  settles
    fail                is refused by the beneficiary's bank after it was accepted
    return              settles, and the money comes back afterwards
    delay               stays accepted until POST /sandbox/payouts/{reference}/release
    lose_reply          is done, but nobody answers the order
    lose_callback       is done and answered, but never called back
    lose_both           is done, and only asking for it tells
    callback_first      settles and calls back before it answers
    duplicate_callback  calls back three times
    unavailable         is answered 503, and nothing is done

An account whose number ends with 0013 is somebody else's, one with 0014 is nobody's, and of 0015 no bank answers.
Mandates and debits, which have behaviours of their own, are `debits.py`, the pages for cards `cards.py`, payments that
are sent back `refunds.py`.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from infra.local import cloud as local_cloud
from infra.local.sandbox import debits, refunds, statements
from infra.local.sandbox.cards import Cards
from infra.local.sandbox.debits import Debits
from infra.local.sandbox.meanwhile import meanwhile, under_way
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.refunds import Refunds
from infra.local.sandbox.signed import Answer, serve, signature

BEHAVIOURS = frozenset(
    "ok fail return delay lose_reply lose_callback lose_both callback_first duplicate_callback unavailable".split()
)
# A bank does not call back before it has answered, unless it is told to.
PAUSE_SECONDS = 0.1
RETRY_SECONDS = (0.2, 0.5, 1, 2, 4, 8, 16)
REASON = "beneficiary_account_closed"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the rail listens and calls back, under the name of the `{rail}` that it plays, and which clock it follows:
    the deployed stage's own, in its zone.

    `pages` is the name under which it has pages for borrowers, `busy` the hours in which it takes no debit.
    """

    port: int
    secret: str
    callback_url: str
    clock_parameter: str
    market: str
    rail: str
    pages: str
    time_zone: str
    busy: list[list[str]]


class Rail:
    def __init__(self, settings: Settings, memory: Memory, parameters: Any) -> None:
        self.settings = settings
        self.memory = memory
        self.parameters = parameters
        self.debits = Debits(
            memory, self._event, self._deliver, self._next_behaviour, self._now, settings.busy, settings.port
        )
        self.refunds = Refunds(memory, self._event, self._deliver, self._next_behaviour, self._today)
        self.cards = Cards(memory, settings.port, settings.pages, self._event, self._deliver, self._today)
        for event in memory.every("event"):
            if not event["is_delivered"]:
                meanwhile(self._deliver, event)

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer:
        match verb, steps:
            case "POST", ["payouts"]:
                return self._pay(body)
            case "GET", ["payouts", reference]:
                payout = self.memory.get("payout", reference)
                return Answer(200, _shown(payout)) if payout else _nothing()
            case "POST", ["account-checks"]:
                return _holder(body["beneficiary"])
            case "POST", ["sandbox", "payments"]:
                return self._receive(body)
            case "POST", ["sandbox", "payments", payment_id, "redeliver"]:
                return self._redeliver(payment_id)
            case "POST", ["sandbox", "payments", payment_id, "return"]:
                return self._return(payment_id)
            case "POST", ["sandbox", "payouts", reference, "refund"]:
                return self._refund(reference, body)
            case "POST", ["sandbox", "payouts", reference, "release"]:
                return self._release(reference)
            case "POST", ["sandbox", "behaviour"]:
                return self._behave(body)
            case "GET", ["sandbox", "payouts" | "payments" as kind]:
                return Answer(200, {kind: self.memory.every(kind.removesuffix("s"))})
            case "GET", ["statements", account, on, page]:
                return statements.answer(
                    self.memory, statements.of_rail(self.memory, account, on), account, on, int(page)
                )
            case "GET", ["sandbox", "statements", account, on]:
                return Answer(200, {"lines": statements.of_rail(self.memory, account, on)})
            case "POST", ["sandbox", "statements"]:
                return statements.told(self.memory, body)
            case "GET", ["sandbox", "today"]:
                return Answer(200, {"today": self._today()})
            case "GET", ["sandbox", "under-way"]:
                return Answer(200, {"under_way": under_way()})
        others = (self.debits, self.cards, self.refunds)
        return next((found for other in others if (found := other.answer(verb, steps, body))), _nothing())

    def _pay(self, order: dict[str, Any]) -> Answer:
        reference = order["reference"]
        with self.memory.lock:
            known = self.memory.get("payout", reference)
            if known:
                same = known["order"] == order
                return Answer(202, _shown(known)) if same else Answer(409, {"code": "reference_reused"})
            behaviour = self._next_behaviour("payouts")
            if behaviour == "unavailable":
                return Answer(503, {"code": "temporarily_unavailable"})
            payout = {"reference": reference, "rail_id": f"rail_{uuid4().hex[:12]}", "status": "accepted"}
            payout |= {"order": order, "behaviour": behaviour, "accepted_on": self._today()}
            self.memory.put("payout", reference, payout)
        if behaviour == "callback_first":
            self._finish(payout)
        elif behaviour != "delay":
            meanwhile(self._finish, payout, PAUSE_SECONDS)
        return Answer(202, _shown(payout), is_lost=behaviour in ("lose_reply", "lose_both"))

    def _finish(self, payout: dict[str, Any], pause: float = 0) -> None:
        """Moves the money, or finds that it cannot, and says so."""
        time.sleep(pause)
        behaviour, today = payout["behaviour"], self._today()
        facts = {"reference": payout["reference"], "amount": payout["order"]["amount"], "rail_id": payout["rail_id"]}
        if behaviour == "fail":
            payout |= {"status": "failed", "reason": REASON}
            event = self._event("payout.failed", **facts, reason=REASON, failed_on=today)
        else:
            payout |= {"status": "settled", "settled_on": today}
            event = self._event("payout.settled", **facts, settled_on=today)
        self.memory.put("payout", payout["reference"], payout)
        if behaviour in ("lose_callback", "lose_both"):
            return
        for _ in range(3 if behaviour == "duplicate_callback" else 1):
            self._deliver(event)
        if behaviour == "return":
            payout |= {"status": "returned", "reason": REASON, "returned_on": today}
            self.memory.put("payout", payout["reference"], payout)
            self._deliver(self._event("payout.returned", **facts, reason=REASON, returned_on=today))

    def _receive(self, payment: dict[str, Any]) -> Answer:
        """The borrower pays in an app of his; the reference is that of the link or the transfer."""
        payment_id, received_on = (
            f"{self.settings.rail}_{uuid4().hex[:12]}",
            payment.get("received_on") or self._today(),
        )
        event = self._event(
            "payment.received",
            payment_id=payment_id,
            reference=payment["reference"],
            amount=payment["amount"],
            received_on=received_on,
            payer="a***a",
        )
        known = {"payment_id": payment_id, "event_id": event["event_id"], "received_on": received_on}
        self.memory.put("payment", payment_id, {**payment, **known})
        meanwhile(self._deliver, event)
        return Answer(202, {"payment_id": payment_id})

    def _redeliver(self, payment_id: str) -> Answer:
        """Sends a payment's event again, as banks do, and says how it was answered."""
        payment = self.memory.get("payment", payment_id)
        if payment is None:
            return _nothing()
        return Answer(200, {"status": self._call(self.memory.get("event", payment["event_id"]))})

    def _return(self, payment_id: str) -> Answer:
        """The payer's bank calls the money back, as it does when a debit bounces; so may that of a merchant."""
        kind, payment = next(
            ((kind, known) for kind in ("payment", "refund") if (known := self.memory.get(kind, payment_id))),
            ("", None),
        )
        if payment is None:
            return _nothing()
        self.memory.put(kind, payment_id, {**payment, "returned_on": self._today()})
        facts = {"payment_id": payment_id, "reference": payment["reference"], "reason": "insufficient_funds"}
        event = self._event("payment.returned", payment.get("rail"), **facts, returned_on=self._today())
        meanwhile(self._deliver, event)
        return Answer(202, {"payment_id": payment_id})

    def _refund(self, reference: str, body: dict[str, Any]) -> Answer:
        """A merchant gives back what was paid into his account, or a part of it."""
        payout = self.memory.get("payout", reference)
        if payout is None or payout["status"] != "settled":
            return _nothing()
        refund_id = f"refund_{uuid4().hex[:12]}"
        facts = {"refund_id": refund_id, "reference": reference, "amount": body["amount"]}
        facts["received_on"] = self._today()
        self.memory.put("refund", refund_id, {**facts, "account": payout["order"]["from_account"]})
        event = self._event("refund.received", **facts)
        meanwhile(self._deliver, event)
        return Answer(202, {"refund_id": refund_id})

    def _release(self, reference: str) -> Answer:
        payout = self.memory.get("payout", reference)
        if payout is None or payout["status"] != "accepted":
            return _nothing()
        meanwhile(self._finish, payout)
        return Answer(202, _shown(payout))

    def _behave(self, body: dict[str, list[str]]) -> Answer:
        known = {"payouts": BEHAVIOURS, "debits": debits.BEHAVIOURS, "refunds": refunds.BEHAVIOURS}
        unknown = sorted(each for kind, wanted in body.items() for each in set(wanted) - known.get(kind, frozenset()))
        if unknown:
            return Answer(422, {"unknown": unknown, "known": {kind: sorted(all) for kind, all in known.items()}})
        for kind, wanted in body.items():
            self.memory.put("behaviour", kind, wanted)
        return Answer(200, body)

    def _next_behaviour(self, kind: str) -> str:
        first, *rest = self.memory.get("behaviour", kind) or ["ok"]
        self.memory.put("behaviour", kind, rest)
        return str(first)

    def _event(self, kind: str, rail: str | None = None, /, **facts: Any) -> dict[str, Any]:
        """Told under the name of that rail, or of the one that moves money."""
        event_id = f"evt_{uuid4().hex[:16]}"
        event = {"event_id": event_id, "is_delivered": False, "rail": rail or self.settings.rail}
        event["body"] = {"type": kind, **facts}
        self.memory.put("event", event_id, event)
        return event

    def _deliver(self, event: dict[str, Any]) -> None:
        """Calls back until it is understood."""
        for pause in (*RETRY_SECONDS, None):
            if 200 <= self._call(event) < 300:
                self.memory.put("event", event["event_id"], {**event, "is_delivered": True})
                return
            if pause is not None:
                time.sleep(pause)

    def _call(self, event: dict[str, Any]) -> int:
        """The status of one callback; 0 when nobody answered."""
        raw = json.dumps(event["body"]).encode()
        headers = {"content-type": "application/json", **signature(self.settings.secret, event["event_id"], raw)}
        url = self.settings.callback_url.format(rail=event["rail"])
        request = urllib.request.Request(url, raw, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def _today(self) -> str:
        """The bank's business date."""
        return self._now().date().isoformat()

    def _now(self) -> datetime:
        """The bank's clock, in the stage's time: now plus the days of its test clock."""
        days = float(self.parameters.get_parameter(Name=self.settings.clock_parameter)["Parameter"]["Value"])
        return (datetime.now(UTC) + timedelta(days=days)).astimezone(ZoneInfo(self.settings.time_zone))


def _shown(payout: dict[str, Any]) -> dict[str, Any]:
    return {name: payout[name] for name in ("reference", "status", "reason", "rail_id", "settled_on") if name in payout}


def _holder(account: dict[str, Any]) -> Answer:
    """Whose the account is."""
    match account["account_number"][-4:]:
        case "0013":
            return Answer(200, {"name": "Mohan Iyer"})
        case "0014":
            return Answer(404, {"code": "no_such_account"})
        case "0015":
            return Answer(503, {"code": "temporarily_unavailable"})
    return Answer(200, {"name": account["holder_name"]})


def _nothing() -> Answer:
    return Answer(404, {"code": "not_found"})


def main(directory: Path, name: str) -> None:
    settings = Settings(**json.loads((directory / f"{name}.json").read_text()))
    cloud = local_cloud.find(directory.parent)
    if cloud is None:
        sys.exit("The local cloud of this rail does not run.")
    rail = Rail(settings, Memory(directory / f"{name}.sqlite"), cloud.client("ssm"))
    serve(rail.answer, settings.port, settings.secret)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

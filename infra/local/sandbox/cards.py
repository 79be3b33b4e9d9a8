"""The rail's pages for cards: Minnow asks for one by its order's reference, the borrower types in his card there.

Minnow never sees a card. The sandbox asks for none: `POST /sandbox/payment-pages/{page}/pay` is the borrower's yes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from infra.local.sandbox.meanwhile import meanwhile
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer


@dataclass(frozen=True, slots=True)
class Cards:
    """`rail` is the name under which they are known. `tells` makes an event, `delivers` calls back with it, `today` is
    the bank's date."""

    memory: Memory
    port: int
    rail: str
    tells: Callable[..., dict[str, Any]]
    delivers: Callable[[dict[str, Any]], None]
    today: Callable[[], str]

    def answer(self, verb: str, steps: list[str], body: Any) -> Answer | None:
        """None for what is none of its paths."""
        match verb, steps:
            case "POST", ["payment-pages"]:
                return self._page(body)
            case "POST", ["sandbox", "payment-pages", page_id, "pay"]:
                return self._pay(page_id)
        return None

    def _page(self, order: dict[str, Any]) -> Answer:
        """One for each order, while it is unpaid."""
        with self.memory.lock:
            pages = [page for page in self.memory.every("page") if page["order"] == order]
            page: dict[str, Any] = pages[0] if pages else {"page_id": uuid4().hex, "order": order, "payment_id": None}
            self.memory.put("page", page["page_id"], page)
        return Answer(201, {"url": f"http://127.0.0.1:{self.port}/sandbox/payment-pages/{page['page_id']}"})

    def _pay(self, page_id: str) -> Answer:
        """A page is paid once, however often the button is pressed."""
        with self.memory.lock:
            page = self.memory.get("page", page_id)
            if page is None:
                return Answer(404, {"code": "not_found"})
            if page["payment_id"]:
                return Answer(202, {"payment_id": page["payment_id"]})
            payment = {**page["order"], "payment_id": f"card_{uuid4().hex[:12]}", "received_on": self.today()}
            self.memory.put("page", page_id, page | {"payment_id": payment["payment_id"]})
        event = self.tells("payment.received", self.rail, **payment)
        self.memory.put("payment", payment["payment_id"], {**payment, "rail": self.rail, "event_id": event["event_id"]})
        meanwhile(self.delivers, event)
        return Answer(202, {"payment_id": payment["payment_id"]})

"""A partner with a webhook on this machine, and one loan of its own, on tables in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from shared.adapters import partners as listed
from shared.adapters.addresses import Addresses
from shared.adapters.loans import CONTRACT, Loans
from shared.adapters.outbox import Outbox
from shared.adapters.partners import Partners, store
from shared.adapters.table import Table, unpack
from shared.adapters.webhooks import Webhooks
from shared.application.tell_partner import retry, tell_step
from shared.domain.loan import sanctioned
from shared.domain.partner_events import Delivery
from tests.application.desk import AT, Death
from tests.domain.lending import Life, contract
from tests.memory import Dynamo
from tests.sandbox import TODAY, WRITTEN

SECRET, OLDER = "whsec_c2VjcmV0IG9mIHRoZSBsZW5kZXI=", "whsec_b2xkZXIgc2VjcmV0IG9mIHRoZSBsZW5kZXI="
PARTNER = "tapti"
LATER = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


class Parameters:
    """The secrets as Systems Manager would give them."""

    value = f"{SECRET} {OLDER}"

    def get_parameter(self, **_: Any) -> Any:
        return {"Parameter": {"Value": self.value}}


class Receiver:
    """What the partner's endpoint got, and the status that it answers next; the last goes on."""

    def __init__(self) -> None:
        self.statuses: list[int] = [200]
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    def answer(self, headers: dict[str, str], raw: bytes) -> int:
        self.got.append((headers, raw))
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def events(self) -> list[Any]:
        return [json.loads(raw) for _, raw in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            status = receiver.answer({name.lower(): value for name, value in self.headers.items()}, raw)
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.01,)).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/events"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


class PartnerDesk:
    """`webhook_url` None: the partner is not told. The loan is disbursed, and told nothing of yet."""

    def __init__(self, webhook_url: str | None, death: Death | None = None, addresses: Addresses | None = None) -> None:
        self.client = Dynamo(death)
        self.table = Table(self.client, "loans")
        listed._read.cache_clear()
        for written in WRITTEN:
            store(self.table, {**written, "webhook_url": webhook_url}, TODAY)
        self.loans, self.outbox = Loans(self.table), Outbox(self.table)
        self.partners = Partners(self.table)
        self.hooks = Webhooks(Parameters(), "/test", addresses or Addresses(allows_loopback=True))
        life = Life(contract(partner_id=PARTNER))
        self.loan_id, self.contract = "loan_1", life.contract
        start = sanctioned("loan_1", "brw_asha", life.contract, "app_1", "off_1", AT)
        self.table.transact(self.loans.sanction_writes(start, life.contract))
        self.loans.book(start, life.contract, life.entries)

    def tell(self, place: str = CONTRACT, at: datetime = LATER) -> list[Delivery]:
        given: dict[str, Any] = {"partners": self.partners, "outbox": self.outbox, "hooks": self.hooks}
        return tell_step(self.loan_id, place, at, loans=self.loans, **given)

    def retry(self, at: datetime) -> int:
        return retry(PARTNER, at, lambda: True, partners=self.partners, outbox=self.outbox, hooks=self.hooks)

    def steps(self) -> list[str]:
        """Places in the journal that bear a word for the relay, and the contract's."""
        items = [unpack(item) for item in self.client.items[self.loan_id].values()]
        return sorted(str(item["sk"]) for item in items if item.get("tells") == "partner")

    def events(self) -> list[Delivery]:
        return self.outbox.since(PARTNER, "2000", 100)[0]

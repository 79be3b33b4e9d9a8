"""A lender that prices each case: asked by signed HTTP; what is not a signed price in time is no answer."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from shared.adapters.parameters import parameter
from shared.adapters.pricing import PATIENCE_SECONDS, Pricing, price_in
from shared.domain.offers import Ask, Price
from tests.sandbox import rupees

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBsZW5kZXI="
OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="
ASK = Ask("app_1", "kaveri", "in", rupees(20_000), 12, "A", ("kaveri_personal",))
GOOD = {"product_id": "kaveri_personal", "annual_rate": "0.17"}


@dataclass
class Reply:
    """What the lender says, and how."""

    body: Any = None
    status: int = 200
    secret: str = SECRET
    age: timedelta = timedelta(0)
    message: str | None = None
    after_seconds: float = 0


@contextmanager
def lender(reply: Reply, asked: list[Any]) -> Iterator[str]:
    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            Webhook(SECRET).verify(raw, dict(self.headers))
            asked.append(json.loads(raw))
            time.sleep(reply.after_seconds)
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            message, at = reply.message or self.headers["webhook-id"], datetime.now(UTC) - reply.age
            self.send_response(reply.status)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("webhook-id", message)
            self.send_header("webhook-timestamp", str(int(at.timestamp())))
            self.send_header("webhook-signature", Webhook(reply.secret).sign(message, at, text))
            # Who waited long enough is gone by now.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.end_headers()
                self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.01,)).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/offers"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def priced(aws: Callable[[str], Any]) -> Callable[..., dict[str, Price]]:
    ssm = aws("ssm")

    def ask(reply: Reply, asked: list[Any]) -> dict[str, Price]:
        with lender(reply, asked) as url:
            for name, value in (("url", url), ("secret", SECRET)):
                ssm.put_parameter(Name=f"/test/partner/kaveri/{name}", Value=value, Type="String", Overwrite=True)
            parameter.cache_clear()
            return Pricing(ssm, "/test").prices([ASK])

    return ask


def test_a_signed_price_is_taken(priced: Any) -> None:
    asked: list[Any] = []

    assert priced(Reply(GOOD), asked) == {"kaveri": Price("kaveri_personal", Decimal("0.17"))}
    assert asked[0]["amount"] == {"minor": 2_000_000, "currency": "INR"}
    assert asked[0]["product_ids"] == ["kaveri_personal"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(GOOD, secret=OTHER_SECRET),
        Reply(GOOD, age=timedelta(minutes=10)),
        Reply(GOOD, message="app_0.kaveri"),
        Reply(GOOD, status=500),
        Reply(GOOD, status=302),
        Reply("no price today"),
        Reply("[" * 10_000),
        Reply([]),
        Reply({"product_id": "kaveri_personal"}),
        Reply(GOOD | {"annual_rate": 0.17}),
        Reply(GOOD | {"annual_rate": "cheap"}),
        Reply(GOOD | {"annual_rate": "NaN"}),
        Reply(GOOD | {"product_id": 7}),
        Reply(GOOD | {"padding": "x" * 20_000}),
    ],
    ids=lambda reply: f"{str(reply.body)[:40]} {reply.status}",
)
def test_what_is_not_a_signed_price_for_this_question_is_no_answer(priced: Any, reply: Reply) -> None:
    assert priced(reply, []) == {}


def test_a_late_answer_is_no_answer_and_is_not_waited_for(priced: Any) -> None:
    began = time.monotonic()

    assert priced(Reply(GOOD, after_seconds=PATIENCE_SECONDS + 1), []) == {}
    assert time.monotonic() - began < PATIENCE_SECONDS + 1.5


def test_a_lender_whose_address_nobody_stored_gives_no_answer(aws: Callable[[str], Any]) -> None:
    assert Pricing(aws("ssm"), "/nowhere").prices([ASK]) == {}


def test_a_lender_that_does_not_listen_gives_no_answer(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    for name, value in (("url", "http://127.0.0.1:1/offers"), ("secret", SECRET)):
        ssm.put_parameter(Name=f"/silent/partner/kaveri/{name}", Value=value, Type="String")

    assert Pricing(ssm, "/silent").prices([ASK]) == {}


def test_a_rate_is_read_without_losing_a_digit() -> None:
    price = price_in(b'{"product_id": "p", "annual_rate": "0.1712345678901234567890"}')

    assert price.annual_rate == Decimal("0.1712345678901234567890")

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

from shared.adapters.addresses import Addresses
from shared.adapters.parameters import parameter
from shared.adapters.pricing import Pricing, price_in
from shared.domain.offers import Ask, Price
from shared.domain.partner_health import REASONS
from tests.sandbox import rupees

HERE = Addresses(allows_loopback=True)
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBsZW5kZXI="
OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="
ASK = Ask("app_1", "kaveri", "in", rupees(20_000), 12, "A", ("kaveri_personal",))
GOOD = {"product_id": "kaveri_personal", "annual_rate": "0.17"}
# In seconds: so long that no machine is slow enough to take one of a few seconds for it.
AN_HOUR = 3600


@dataclass
class Reply:
    """What the lender says, and how."""

    body: Any = None
    status: int = 200
    secret: str = SECRET
    age: timedelta = timedelta(0)
    message: str | None = None
    after_seconds: float = 0
    drips: bool = False


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
                for part in text if reply.drips else (text,):
                    self.wfile.write(part.encode())
                    time.sleep(0.3 if reply.drips else 0)

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
def priced(aws: Callable[[str], Any]) -> Callable[..., dict[str, Price | str]]:
    ssm = aws("ssm")

    def ask(reply: Reply, asked: list[Any]) -> dict[str, Price | str]:
        with lender(reply, asked) as url:
            for name, value in (("url", url), ("secret", SECRET)):
                ssm.put_parameter(Name=f"/test/partner/kaveri/{name}", Value=value, Type="String", Overwrite=True)
            parameter.cache_clear()
            return Pricing(ssm, "/test", HERE).prices([ASK])

    return ask


def test_a_signed_price_is_taken(priced: Any) -> None:
    asked: list[Any] = []

    assert priced(Reply(GOOD), asked) == {"kaveri": Price("kaveri_personal", Decimal("0.17"))}
    assert asked[0]["amount"] == {"minor": 2_000_000, "currency": "INR"}
    assert asked[0]["product_ids"] == ["kaveri_personal"]


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        (Reply(GOOD, secret=OTHER_SECRET), "signature_invalid"),
        (Reply(GOOD, age=timedelta(minutes=10)), "signature_invalid"),
        (Reply(GOOD, message="app_0.kaveri"), "signature_invalid"),
        (Reply(GOOD, status=500), "refused"),
        (Reply(GOOD, status=302), "refused"),
        (Reply("no price today"), "not_a_price"),
        (Reply("<!doctype html><title>Under maintenance</title>"), "not_a_price"),
        (Reply("[" * 10_000), "not_a_price"),
        (Reply([]), "not_a_price"),
        (Reply({"product_id": "kaveri_personal"}), "not_a_price"),
        (Reply(GOOD | {"annual_rate": 0.17}), "not_a_price"),
        (Reply(GOOD | {"annual_rate": "cheap"}), "not_a_price"),
        (Reply(GOOD | {"annual_rate": "NaN"}), "not_a_price"),
        (Reply(GOOD | {"product_id": 7}), "not_a_price"),
        (Reply(GOOD | {"padding": "x" * 20_000}), "not_a_price"),
        (Reply(GOOD | {"padding": "x" * 10_000_000}), "not_a_price"),
    ],
    ids=lambda given: f"{str(given.body)[:40]} {given.status}" if isinstance(given, Reply) else given,
)
def test_what_is_not_a_signed_price_for_this_question_is_no_answer(priced: Any, reply: Reply, word: str) -> None:
    assert priced(reply, []) == {"kaveri": word}
    assert word in REASONS


def test_a_late_answer_is_no_answer_and_is_not_waited_for(priced: Any) -> None:
    began = time.monotonic()

    assert priced(Reply(GOOD, after_seconds=AN_HOUR), []) == {"kaveri": "late"}
    assert time.monotonic() - began < AN_HOUR / 10


def test_an_answer_that_drips_is_cut_when_the_time_for_all_of_it_is_over(priced: Any) -> None:
    """Each byte comes in time for a socket's patience, the whole would take an hour."""
    began = time.monotonic()

    assert priced(Reply(GOOD | {"padding": "x" * 10_000}, drips=True), []) == {"kaveri": "late"}
    assert time.monotonic() - began < AN_HOUR / 10


def test_a_lender_whose_address_nobody_stored_gives_no_answer(aws: Callable[[str], Any]) -> None:
    assert Pricing(aws("ssm"), "/nowhere").prices([ASK]) == {"kaveri": "no_address"}


def test_a_lender_that_does_not_listen_gives_no_answer(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    for name, value in (("url", "http://127.0.0.1:1/offers"), ("secret", SECRET)):
        ssm.put_parameter(Name=f"/silent/partner/kaveri/{name}", Value=value, Type="String")

    assert Pricing(ssm, "/silent", HERE).prices([ASK]) == {"kaveri": "unreachable"}


def test_a_rate_is_read_without_losing_a_digit() -> None:
    price = price_in(b'{"product_id": "p", "annual_rate": "0.1712345678901234567890"}')

    assert price.annual_rate == Decimal("0.1712345678901234567890")

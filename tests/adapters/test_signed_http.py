"""Signed messages go to the declared address and nowhere else."""

import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest
from standardwebhooks.webhooks import Webhook

from shared.adapters.signed_http import call

SECRET = "whsec_dGVzdHMgb25seSwgbm8gc2VjcmV0"


class Mover(BaseHTTPRequestHandler):
    """Sends every caller on to `/elsewhere`, and remembers who went there."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Mover.asked.append(self.path)
        self.send_response(302 if self.path != "/elsewhere" else 200)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Mover)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("verb", "body"), [("GET", None), ("POST", {"reference": "pout_1"})])
def test_nobody_can_send_a_message_on_to_another_address(address: str, verb: str, body: dict[str, str] | None) -> None:
    Mover.asked.clear()
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(verb, f"{address}/payouts", Webhook(SECRET), "pout_1", body, 2)

    assert refused.value.code == 302
    assert Mover.asked == ["/payouts"]

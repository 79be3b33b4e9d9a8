"""Signed HTTP between Minnow and a sandbox service: standard webhooks over the raw bytes, in both directions.

Paths under `/sandbox` are for whoever plays with the service on this machine, and need no signature.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says. `is_lost`: the connection is closed instead. `secret`: signed with another one.

    `raw` are bytes to say instead of the body as JSON.
    """

    status: int
    body: Any
    is_lost: bool = False
    secret: str | None = None
    raw: bytes | None = None


Service = Callable[[str, list[str], Any], Answer]


def signature(secret: str, message_id: str, raw: bytes) -> dict[str, str]:
    """The three headers of a message sent now."""
    at = datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, raw.decode()),
    }


def is_signed(secret: str, headers: dict[str, str], raw: bytes) -> bool:
    try:
        Webhook(secret).verify(raw, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def serve(service: Service, port: int, secret: str) -> None:
    """Answers on the loopback port until `POST /sandbox/stop`."""
    with _Server(("127.0.0.1", port), _handler(service, secret)) as server:
        server.serve_forever()


class _Server(ThreadingHTTPServer):
    # Many may call at once.
    request_queue_size = 128
    daemon_threads = True


def _handler(service: Service, secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An idle connection does not keep a thread for ever.
        timeout: ClassVar[int] = 60

        def do_GET(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = self._answer(raw)
            if answer.is_lost:
                self.close_connection = True
                return
            self._send(answer)

        do_POST = do_PUT = do_GET

        def _answer(self, raw: bytes) -> Answer:
            steps = self.path.partition("?")[0].strip("/").split("/")
            if steps == ["sandbox", "stop"]:
                Thread(target=self.server.shutdown).start()
                return Answer(200, {"stopping": True})
            if steps[0] != "sandbox" and not is_signed(secret, dict(self.headers), raw):
                return Answer(401, {"code": "signature_invalid"})
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                return Answer(400, {"code": "body_not_json"})
            return service(self.command, steps, body)

        def _send(self, answer: Answer) -> None:
            raw = json.dumps(answer.body).encode() if answer.raw is None else answer.raw
            message_id = self.headers.get("webhook-id", "sandbox")
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            for name, value in signature(answer.secret or secret, message_id, raw).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *arguments: Any) -> None:
            """One line per call, and nothing of what was in it."""
            print(f"{time.strftime('%H:%M:%S')} {format % arguments}", file=sys.stderr, flush=True)

    return Handler

"""One HTTP exchange that ends in time, however slowly the other side drips, and that reads no more than it needs.

A time-out of a socket is for each read; here the connection is cut when the time for all of it is over. Nobody is
followed elsewhere: a redirect is an answer like any other.
"""

import http.client
import logging
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import cache
from threading import Timer
from urllib.parse import SplitResult

from shared.adapters.addresses import Addresses
from shared.domain.errors import Refused

logger = logging.getLogger(__name__)

LARGEST_ANSWER = 16 * 1024

# Status, bytes, and headers with their names in lower case.
Reply = tuple[int, bytes, dict[str, str]]


def ask(
    verb: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    patience: float,
    addresses: Addresses,
    largest: int = LARGEST_ANSWER,
) -> Reply:
    """As `exchange`, of an address that somebody stored or named: the machine that was judged is called, and no other.

    Raises `ConnectionRefusedError` too, where the address leads to our own network.
    """
    try:
        parts, machine = addresses.guarded(url)
    except Refused as refusal:
        # What an operator stored is wrong, or its name leads elsewhere by now: to its callers nobody is there.
        logger.error("address_forbidden %s", refusal.detail)
        raise ConnectionRefusedError(refusal.detail) from refusal
    return exchange(verb, parts, headers, body, patience, machine, largest)


def exchange(
    verb: str,
    url: SplitResult,
    headers: Mapping[str, str],
    body: bytes,
    patience: float,
    address: str | None = None,
    largest: int = LARGEST_ANSWER,
) -> Reply:
    """The answer of an `https` or `http` address. `address` is the machine to call, where its name was looked up.

    Raises `TimeoutError` when the time is over, `ValueError` for an answer of more than `largest` bytes, `OSError` or
    `http.client.HTTPException` when nobody answered.
    """
    assert url.scheme in ("http", "https") and url.hostname, url.scheme
    until = time.monotonic() + patience
    port = url.port or (443 if url.scheme == "https" else 80)
    with closing(socket.create_connection((address or url.hostname, port), patience)) as plain:
        channel = plain if url.scheme == "http" else _sealed(plain, url.hostname)
        watch = Timer(max(0.0, until - time.monotonic()), _cut, (channel,))
        watch.start()
        try:
            with closing(channel):
                reply = _talk(channel, verb, url, headers, body, largest)
        except (OSError, ValueError, http.client.HTTPException) as error:
            if time.monotonic() >= until:
                raise TimeoutError("the time for the answer is over") from error
            raise
        finally:
            watch.cancel()
    if time.monotonic() >= until:
        # What was read last may be cut short.
        raise TimeoutError("the time for the answer is over")
    return reply


def _talk(
    channel: socket.socket, verb: str, url: SplitResult, headers: Mapping[str, str], body: bytes, largest: int
) -> Reply:
    if isinstance(channel, ssl.SSLSocket):
        channel.do_handshake()
    connection = http.client.HTTPConnection(url.netloc.rpartition("@")[2])
    connection.sock = channel
    place = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
    connection.request(verb, place, body or None, {"host": url.netloc.rpartition("@")[2], **headers})
    with connection.getresponse() as answer:
        raw = answer.read(largest + 1)
        if len(raw) > largest:
            raise ValueError("the answer is too large")
        return answer.status, raw, {name.lower(): value for name, value in answer.headers.items()}


def _sealed(plain: socket.socket, name: str) -> ssl.SSLSocket:
    return _trust().wrap_socket(plain, server_hostname=name, do_handshake_on_connect=False)


def _cut(channel: socket.socket) -> None:
    """Whoever reads from it has an end of it."""
    with suppress(OSError):
        socket.socket.shutdown(channel, socket.SHUT_RDWR)


@cache
def _trust() -> ssl.SSLContext:
    """Made once: to read the certificates that are trusted takes longer than most calls."""
    return ssl.create_default_context()

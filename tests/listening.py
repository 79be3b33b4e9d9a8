"""A service of the sandbox in a thread of the test, on a port of its own."""

import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(port: int, serve: Callable[[], None]) -> Iterator[str]:
    """The address while `serve` listens on the port; it ends by itself on `POST /sandbox/stop`."""
    running = Thread(target=serve)
    running.start()
    while not _listens(port):
        pass
    url = f"http://127.0.0.1:{port}"
    try:
        yield url
    finally:
        urllib.request.urlopen(f"{url}/sandbox/stop", b"{}", timeout=5).close()
        running.join()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

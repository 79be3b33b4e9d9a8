"""A service of the sandbox in a thread of the test, on a port of its own."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from infra.local.ports import is_heard


@contextmanager
def listening(port: int, serve: Callable[[], None]) -> Iterator[str]:
    """The address while `serve` listens on the port; it ends by itself on `POST /sandbox/stop`."""
    running = Thread(target=serve)
    running.start()
    while not is_heard(port):
        assert running.is_alive(), "the service did not start"
        time.sleep(0.01)
    url = f"http://127.0.0.1:{port}"
    try:
        yield url
    finally:
        urllib.request.urlopen(f"{url}/sandbox/stop", b"{}", timeout=60).close()
        running.join()

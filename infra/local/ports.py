"""Ports of this machine for the processes of a stage.

They lie below those that systems give to outgoing connections by themselves: one of these would now and then hold the
port that was found free a moment before, or the one that a stopped stage is to have again.
"""

import random
import socket
from collections.abc import Iterable

LOWEST, HIGHEST = 20_000, 32_000


def free_port(wanted: int | None = None, taken: Iterable[int] = ()) -> int:
    """The one that is wanted while nobody listens there, else any other that is free; none of those `taken`."""
    known = {*taken}
    port = wanted or random.randrange(LOWEST, HIGHEST)
    while port in known or not _is_free(port):
        port = random.randrange(LOWEST, HIGHEST)
    return port


def is_heard(port: int) -> bool:
    """Whether somebody listens on it."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections that have just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

"""A bank that says whose an account is, for the door of a borrower: the sandbox's rail on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from infra.local.ports import free_port
from infra.local.sandbox import RAILS
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.rail import Rail, Settings
from infra.local.sandbox.signed import serve
from tests.listening import listening

NAMES = [rail["rail"] for rail in RAILS.values()]
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzYW5kYm94"


@contextmanager
def bank(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Doors find its address and secret where an operator stores them."""
    port = free_port()
    with TemporaryDirectory() as directory:
        settings = Settings(0, SECRET, "", "", **RAILS["rail"])
        rail = Rail(settings, Memory(Path(directory) / "rail.sqlite"), None)
        monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
        monkeypatch.setenv("MINNOW_ALLOWS_LOOPBACK", "yes")
        with listening(port, lambda: serve(rail.answer, port, SECRET)) as url:
            for known_as, (name, value) in product(NAMES, (("url", url), ("secret", SECRET))):
                aws("ssm").put_parameter(Name=f"/test/rail/{known_as}/{name}", Value=value, Type="String")
            yield

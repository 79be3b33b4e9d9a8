"""A bank that says whose an account is, for the door of a borrower: the sandbox's rail on a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from infra.local.sandbox.memory import Memory
from infra.local.sandbox.rail import Rail, Settings
from infra.local.sandbox.signed import serve
from tests.listening import free_port, listening

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBzYW5kYm94"


@contextmanager
def bank(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Doors find its address and secret where an operator stores them."""
    port = free_port()
    with TemporaryDirectory() as directory:
        rail = Rail(Settings(0, SECRET, "", ""), Memory(Path(directory) / "rail.sqlite"), None)
        monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
        with listening(port, lambda: serve(rail.answer, port, SECRET)) as url:
            for name, value in (("url", url), ("secret", SECRET)):
                aws("ssm").put_parameter(Name=f"/test/rail/upi/{name}", Value=value, Type="String")
            yield

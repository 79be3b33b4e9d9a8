"""The environment, read once. A name that a function was not given raises `KeyError` at its first use."""

import os
from functools import cache


@cache
def setting(name: str) -> str:
    """The value of `MINNOW_<NAME>`."""
    return os.environ[f"MINNOW_{name}"]


def optional(name: str) -> str:
    """The value of `MINNOW_<NAME>`, or an empty string in a stage that does not declare it."""
    return os.environ.get(f"MINNOW_{name}", "")

"""India's bank branches by IFSC, as published: 257 banks, 176,918 branches. `python -m infra.ifsc` makes the list."""

import gzip
import re
from functools import cache
from pathlib import Path

_FORM = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}", re.ASCII)
_LIST = Path(__file__).with_name("branches.gz")


def is_known_branch(ifsc: str) -> bool:
    """Whether a branch has this code, in capitals: `SBIN0000001`."""
    if not _FORM.fullmatch(ifsc):
        return False
    numbers, names = _branches(ifsc[:4])
    branch = ifsc[5:]
    # A code of digits is a number in the list; the other codes stand as they are.
    return int(branch) in numbers if branch.isdigit() else branch in names


@cache
def _branches(bank: str) -> tuple[frozenset[int], frozenset[str]]:
    numbers: set[int] = set()
    names: set[str] = set()
    number = 0
    for branch in _banks().get(bank, "").split():
        if branch.startswith("="):
            names.add(branch[1:])
        else:
            number += int(branch)
            numbers.add(number)
    return frozenset(numbers), frozenset(names)


@cache
def _banks() -> dict[str, str]:
    lines = gzip.decompress(_LIST.read_bytes()).decode().splitlines()
    return {line[:4]: line[5:] for line in lines}

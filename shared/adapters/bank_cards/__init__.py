"""China's bank cards by their first digits, as published: 123 banks. `python -m infra.bank_cards` makes the list."""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DEBIT = "DC"
_LIST = Path(__file__).with_name("cards.gz")


@dataclass(frozen=True, slots=True)
class Card:
    """`kind`: `DC` debit, `CC` credit, `SCC` both in one, `PC` prepaid."""

    bank: str
    kind: str


def card(number: str) -> Card | None:
    """What the longest known first digits of a card of that length say; None where the list, which ages, has none."""
    starts = _cards().get(len(number), {})
    return next((starts[number[:end]] for end in range(len(number), 0, -1) if number[:end] in starts), None)


@cache
def _cards() -> dict[int, dict[str, Card]]:
    """By length, then by first digits."""
    found: dict[int, dict[str, Card]] = {}
    for line in gzip.decompress(_LIST.read_bytes()).decode().splitlines():
        bank, kind, length, *starts = line.split(" ")
        found.setdefault(int(length), {}).update(dict.fromkeys(starts, Card(bank, kind)))
    return found

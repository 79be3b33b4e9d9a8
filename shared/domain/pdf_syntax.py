"""The words of which a PDF is written (ISO 32000-1, 7.2 and 7.3): names, numbers, strings, arrays, dictionaries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SPACE = rb"[\s\0]*(?:%[^\r\n]*[\s\0]*)*"
TOKEN = re.compile(
    SPACE + rb"(<<|>>|[\[\](]|<[0-9A-Fa-f\s]*>|/[^\s\0<>\[\]()/%{}]*|[+-]?(?:\d+\.?\d*|\.\d+)|[^\s\0<>\[\]()/%{}]+)"
)
OCTAL = re.compile(rb"[0-7]{1,3}")
CODED = re.compile(rb"#([0-9A-Fa-f]{2})")
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}
DEEPEST = 20


class Unreadable(Exception):
    """What is written here is more than is read here."""


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword or operator, or a number as it is written: nothing is reckoned with it."""

    text: str


@dataclass(frozen=True, slots=True)
class Ref:
    number: int


def parsed(content: bytes, *, most: int) -> list[Any]:
    """Names as `/Name`, strings as bytes, arrays and dictionaries; all else as a `Word`, references as a `Ref`.

    Raises `Unreadable` for what is not well formed, and for more than `most` tokens.
    """
    return _items(_tokens(content, most), None, 0)


def _items(tokens: Iterator[Any], end: str | None, depth: int) -> list[Any]:
    """All up to the sign that ends them, or to the end of the text."""
    if depth > DEEPEST:
        raise Unreadable
    kept: list[Any] = []
    for token in tokens:
        match token:
            case Word(text="["):
                kept.append(_items(tokens, "]", depth + 1))
            case Word(text="<<"):
                kept.append(_dictionary(_items(tokens, ">>", depth + 1)))
            case Word(text=text) if text == end:
                return kept
            case Word(text="]" | ">>"):
                raise Unreadable
            case Word(text="R") if len(kept) >= 2 and isinstance(kept[-2], Word) and kept[-2].text.isdigit():
                kept[-2:] = [Ref(int(kept[-2].text))]
            case _:
                kept.append(token)
    if end is not None:
        raise Unreadable
    return kept


def _dictionary(items: list[Any]) -> dict[str, Any]:
    if len(items) % 2 or not all(isinstance(name, str) for name in items[::2]):
        raise Unreadable
    return dict(zip(items[::2], items[1::2], strict=True))


def _tokens(content: bytes, most: int) -> Iterator[Any]:
    place = 0
    for _ in range(most):
        found = TOKEN.match(content, place)
        if found is None:
            if content[place:].strip(b"\0\t\n\f\r "):
                raise Unreadable
            return
        text, place = found[1], found.end()
        if text == b"(":
            string, place = _string(content, place)
            yield string
        elif text.startswith(b"/"):
            yield CODED.sub(lambda code: bytes([int(code[1], 16)]), text).decode("latin-1")
        elif text.startswith(b"<") and text != b"<<":
            digits = b"".join(text[1:-1].split())
            yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
        else:
            yield Word(text.decode("latin-1"))
    raise Unreadable


def _string(content: bytes, place: int) -> tuple[bytes, int]:
    """A string in round brackets, which may hold balanced ones, and the place behind it."""
    made, depth = bytearray(), 1
    while place < len(content):
        each = content[place : place + 1]
        place += 1
        if each == b"\\":
            octal = OCTAL.match(content, place)
            if octal:
                made.append(int(octal[0], 8) % 256)
                place = octal.end()
            else:
                made += ESCAPES.get(content[place : place + 1], content[place : place + 1])
                place += 1
            continue
        depth += (each == b"(") - (each == b")")
        if depth == 0:
            return bytes(made), place
        made += each
    raise Unreadable

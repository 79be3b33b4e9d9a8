"""The text of a PDF as its pages say it, line by line; only of one that is so plain that it can say nothing else.

Whatever a viewer might show otherwise is not read: files that were changed after they were made, invisible text (as
over a scan), parts within parts, fonts that do not say their letters. Text that is covered or has the paper's colour
is not found out: the text says what the paper says, not that it is genuine. ISO 32000-1, 7.5 to 7.8 and 9.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.pdf_syntax import Ref, Unreadable, Word, parsed

OBJECT = re.compile(rb"(?<![0-9])(\d{1,9})\s+(\d{1,5})\s+obj\b")
STREAM = re.compile(rb"\bstream\r?\n")
# A paper of a few pages has a few KB of each.
MOST_INFLATED = 2 * 1024 * 1024
MOST_TOKENS = 100_000
MOST_OBJECTS = 5_000
DEEPEST = 20
SIMPLE = ("/Type1", "/TrueType")
RANGES = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
SPACES = re.compile(rb"begincodespacerange\s*<([0-9A-Fa-f]+)>")


@dataclass(frozen=True, slots=True)
class _Object:
    value: Any
    stream: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Font:
    """How many bytes a letter has, and which letter: None where a simple font writes Latin letters as they are."""

    width: int
    letters: Mapping[bytes, str] | None

    def text(self, string: bytes) -> str:
        if self.letters is None:
            return string.decode("cp1252", "replace")
        codes = (string[place : place + self.width] for place in range(0, len(string), self.width))
        return "".join(self.letters.get(code, "\ufffd") for code in codes)


def lines(content: bytes) -> tuple[str, ...] | None:
    """The lines of all pages, None where the file is more than is read here. Never more than a second's work."""
    try:
        objects = _objects(content)
        return tuple(line for page in _pages(objects) for line in _read(page, objects))
    except (Unreadable, zlib.error, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return None


def _objects(content: bytes) -> dict[int, _Object]:
    """All objects by number, those in object streams too. One that is there twice was changed afterwards."""
    found: dict[int, _Object] = {}
    place = 0
    while start := OBJECT.search(content, place):
        end, stream = content.find(b"endobj", start.end()), None
        if end < 0 or len(found) > MOST_OBJECTS:
            raise Unreadable
        begun = STREAM.search(content, start.end(), end)
        body = content[start.end() : begun.start() if begun else end]
        if begun:
            stop = content.find(b"endstream", begun.end())
            end = content.find(b"endobj", stop)
            stream = content[begun.end() : stop]
        values = parsed(body, most=MOST_TOKENS)
        if len(values) != 1 or int(start[1]) in found or end < 0:
            raise Unreadable
        found[int(start[1])] = _Object(values[0], stream)
        place = end
    for each in [one for one in found.values() if isinstance(one.value, dict) and one.value.get("/Type") == "/ObjStm"]:
        for number, inner in _inner(each):
            if number in found:
                raise Unreadable
            found[number] = inner
    return found


def _inner(packed: _Object) -> Iterator[tuple[int, _Object]]:
    data, first = _inflated(packed), int(packed.value["/First"].text)
    head = [int(each) for each in data[:first].split()]
    starts = [*head[1::2], len(data) - first]
    for number, start, end in zip(head[::2], starts, starts[1:], strict=False):
        [value] = parsed(data[first + start : first + end], most=MOST_TOKENS)
        yield number, _Object(value)


def _inflated(packed: _Object) -> bytes:
    packing = packed.value.get("/Filter")
    if packed.stream is None or "/DecodeParms" in packed.value:
        raise Unreadable
    if packing is None:
        return packed.stream
    if packing not in ("/FlateDecode", ["/FlateDecode"]):
        raise Unreadable
    reader = zlib.decompressobj()
    data = reader.decompress(packed.stream, MOST_INFLATED)
    if not reader.eof:
        raise Unreadable
    return data


def _at(value: Any, objects: Mapping[int, _Object]) -> Any:
    if not isinstance(value, Ref):
        return value
    if value.number not in objects:
        raise Unreadable
    return objects[value.number].value


def _pages(objects: Mapping[int, _Object]) -> list[dict[str, Any]]:
    """As the one catalogue lists them, each with the resources that it inherits."""
    catalogues = [
        each.value
        for each in objects.values()
        if isinstance(each.value, dict) and each.value.get("/Type") == "/Catalog"
    ]
    if len(catalogues) != 1:
        raise Unreadable
    return list(_leaves(_at(catalogues[0].get("/Pages"), objects), {}, objects, 0))


def _leaves(node: Any, above: Any, objects: Mapping[int, _Object], depth: int) -> Iterator[dict[str, Any]]:
    if not isinstance(node, dict) or depth > DEEPEST or "/Annots" in node:
        raise Unreadable
    resources = _at(node.get("/Resources", above), objects)
    if node.get("/Type") == "/Page":
        yield {**node, "/Resources": resources}
        return
    for kid in _at(node.get("/Kids"), objects) or ():
        yield from _leaves(_at(kid, objects), resources, objects, depth + 1)


def _read(page: Mapping[str, Any], objects: Mapping[int, _Object]) -> list[str]:
    contents = page.get("/Contents")
    whole = _at(contents, objects)
    streams: list[Any] = whole if isinstance(whole, list) else [contents]
    if not all(isinstance(each, Ref) and each.number in objects for each in streams):
        raise Unreadable
    data = b"\n".join(_inflated(objects[each.number]) for each in streams)
    written = _written(parsed(data, most=MOST_TOKENS), page["/Resources"], objects)
    return [text for line in "".join(written).split("\n") if (text := " ".join(line.split()))]


def _written(tokens: list[Any], resources: Mapping[str, Any], objects: Mapping[int, _Object]) -> Iterator[str]:
    """What the operators write, in their order (ISO 32000-1, tables 105 to 109); a new height is a new line."""
    fonts, pictures = (_at(resources.get(name, {}), objects) for name in ("/Font", "/XObject"))
    font: _Font | None = None
    height, operands = "", list[Any]()
    for token in tokens:
        if not isinstance(token, Word) or _is_number(token):
            operands.append(token)
            continue
        match token.text, operands:
            case "Tf", [name, _]:
                font = _font(_at(fonts.get(name), objects), objects)
            case "Tj" | "TJ" | "'" | '"', [*_, shown]:
                yield "\n" if token.text in "'\"" else ""
                yield "".join(_piece(each, font) for each in (shown if isinstance(shown, list) else [shown]))
            case "Td" | "TD", [_, Word(text=up)]:
                yield "\n" if up.strip("+-0.") else " "
            case "Tm", [*_, Word(text=now)]:
                yield " " if now == height else "\n"
                height = now
            case "T*" | "BT", _:
                yield "\n"
            case "Tr", [Word(text="0")]:
                pass
            case "Do", [name] if _at(pictures.get(name), objects).get("/Subtype") == "/Image":
                pass
            case "Tf" | "Tj" | "TJ" | "'" | '"' | "Td" | "TD" | "Tm" | "Tr" | "Do" | "BI", _:
                raise Unreadable
        operands = []


def _is_number(word: Word) -> bool:
    return word.text.lstrip("+-").replace(".", "", 1).isdigit()


def _piece(shown: Any, font: _Font | None) -> str:
    """A string, or the room between two: a wide one parts words. A thousandth of the letters' size is the unit."""
    if font is None:
        raise Unreadable
    if isinstance(shown, bytes):
        return font.text(shown)
    return " " if shown.text.startswith("-") and len(shown.text.partition(".")[0]) > 3 else ""


def _font(told: Any, objects: Mapping[int, _Object]) -> _Font:
    if not isinstance(told, dict):
        raise Unreadable
    if isinstance(unicode := told.get("/ToUnicode"), Ref) and unicode.number in objects:
        return _mapped(_inflated(objects[unicode.number]))
    if told.get("/Subtype") in SIMPLE and told.get("/Encoding", "/WinAnsiEncoding") == "/WinAnsiEncoding":
        return _Font(1, None)
    raise Unreadable


def _mapped(cmap: bytes) -> _Font:
    """Which letters the codes of a font mean (ISO 32000-1, 9.10.3)."""
    space = SPACES.search(cmap)
    if space is None:
        raise Unreadable
    width, letters = len(space[1]) // 2, dict[bytes, str]()
    for part in RANGES.finditer(cmap):
        items, size = parsed(part[2], most=MOST_TOKENS), 2 if part[1] == b"bfchar" else 3
        for place in range(0, len(items) - size + 1, size):
            letters |= _letters(items[place : place + size])
    return _Font(width, letters)


def _letters(row: list[Any]) -> dict[bytes, str]:
    first, last, told = row[0], row[-2], row[-1]
    start, count = int.from_bytes(first), int.from_bytes(last) - int.from_bytes(first) + 1
    if not 0 < count <= 65_536:
        raise Unreadable
    codes = [(start + step).to_bytes(len(first)) for step in range(count)]
    if isinstance(told, list):
        return {code: each.decode("utf-16-be") for code, each in zip(codes, told, strict=False)}
    text = told.decode("utf-16-be")
    return {code: text[:-1] + chr(ord(text[-1]) + step) for step, code in enumerate(codes)}

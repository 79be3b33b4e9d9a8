"""What is wrong with an uploaded file: its structure is walked, nothing of it is rendered or run.

PNG: ISO/IEC 15948. JPEG: ITU-T T.81, annex B. PDF: ISO 32000-1; whatever acts by itself is refused.
"""

import re
import struct
import zlib
from collections.abc import Iterator

# Unpacked in four colours that is a hundred MB, and three times that while a picture is made anew.
MOST_PIXELS = 25_000_000
MOST_INFLATED = 20 * 1024 * 1024
MOST_PAGES = 20

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SIGNATURES = {"image/png": PNG_SIGNATURE, "image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-1."}
# Starts of a frame; C4, C8 and CC are tables among them.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN = 0xDA
JPEG_END = b"\xff\xd9"

ACTIVE = re.compile(
    rb"/(JavaScript|Launch|OpenAction|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|Encrypt)\b|/(JS|AA)(?=[\s/(<\[])"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
# The end of an archive of ZIP's kind, which may have a comment of 64 KB behind it: a PDF that is an archive too.
ARCHIVE_END, LONGEST_COMMENT = b"PK\x05\x06", 66_000
STREAM = re.compile(rb"(?<!end)stream\r?\n")
EXOTIC = re.compile(rb"/(LZWDecode|ASCIIHexDecode|ASCII85Decode|RunLengthDecode|LZW|AHx|A85|RL)\b")
LONGEST_HEADER = 4096
MOST_STREAMS = 10_000
ZLIB = b"\x78"


class _Broken(Exception):
    """The file is not of the form that it claims."""


def faults(content: bytes, content_type: str) -> list[str]:
    """Reasons to reject, in words for machines; none when the file is sound."""
    if not content.startswith(SIGNATURES[content_type]):
        return ["type_differs"]
    if content_type == "application/pdf":
        return _pdf_faults(content)
    try:
        width, height = _png_size(content) if content_type == "image/png" else _jpeg_size(content)
    except (_Broken, struct.error, IndexError):
        return ["structure_broken"]
    return [] if 0 < width * height <= MOST_PIXELS else ["too_many_pixels"]


def _png_size(content: bytes) -> tuple[int, int]:
    """From the header; every chunk's length and checksum must hold up to the end, and nothing may follow it."""
    names: list[bytes] = []
    for name, data in _png_chunks(content):
        if not names and (name != b"IHDR" or len(data) != 13):
            raise _Broken
        if not names:
            width, height = struct.unpack_from(">II", data)
        names.append(name)
    if b"IDAT" not in names or names[-1] != b"IEND":
        raise _Broken
    return width, height


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(PNG_SIGNATURE)
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(name + data) != checksum or (name == b"IEND" and place + 12 + length != len(content)):
            raise _Broken
        yield name, data
        place += 12 + length


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """From the frame's header; the segments must lead to a scan, and the file must end where the image ends."""
    place, size = 2, (0, 0)
    if not content.endswith(JPEG_END):
        raise _Broken
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, place)
        if mark != 0xFF or length < 2:
            raise _Broken
        if kind in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            size = (width, height)
        if kind == JPEG_SCAN:
            return size
        place += 2 + length


def _pdf_faults(content: bytes) -> list[str]:
    if not content.rstrip(b"\r\n\t \0").endswith(b"%%EOF") or b"startxref" not in content[-2048:]:
        return ["structure_broken"]
    if ARCHIVE_END in content[-LONGEST_COMMENT:]:
        return ["two_in_one"]
    plain, inflated = _pdf_parts(content)
    if inflated is None:
        return ["structure_broken"]
    parts = [_unescaped(part) for part in (plain, inflated)]
    if any(ACTIVE.search(part) for part in parts):
        return ["active_content"]
    return ["too_many_pages"] if sum(len(PAGE.findall(part)) for part in parts) > MOST_PAGES else []


def _pdf_parts(content: bytes) -> tuple[bytes, bytes | None]:
    """All bytes, and the object streams inflated; None for these when one cannot be read within bounds.

    Objects may lie compressed in object streams, where their names would not be seen. Other ways of packing them
    are not in use by what scans or prints, so they are refused.
    """
    if b"/ObjStm" in (unescaped := _unescaped(content)) and EXOTIC.search(unescaped):
        return content, None
    inflated = b""
    for number, start in enumerate(STREAM.finditer(content)):
        if number == MOST_STREAMS:
            return content, None
        if b"/ObjStm" not in _unescaped(content[max(0, start.start() - LONGEST_HEADER) : start.start()]):
            continue
        packed = memoryview(content)[start.end() :]
        reader = zlib.decompressobj()
        try:
            inflated += reader.decompress(packed, MOST_INFLATED - len(inflated))
        except zlib.error:
            if packed[:1] == ZLIB:
                return content, None
            # An image after an object stream, or objects that are not packed at all.
            continue
        if not reader.eof:
            return content, None
    return content, inflated


def _unescaped(text: bytes) -> bytes:
    """Names may be written with codes: `/J#53` is `/JS`."""
    return ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)

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

# What is followed by anything else is bytes of a picture, as often as not.
ACTIVE = re.compile(
    rb"/(JavaScript|Launch|OpenAction|EmbeddedFiles?|FileAttachment|RichMedia|XFA|SubmitForm|ImportData|Encrypt)\b"
    rb"|/(GoTo[RE]|Rendition|Movie|Sound)\b"
    rb"|/JS(?=[\s\0]*(?:[(<%]|\d[\d\s\0%]))|/(AA|EF)(?=[\s\0]*(?:<<|%|\d[\d\s\0%]))"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
# The end of an archive of ZIP's kind, which may have a comment of 64 KB behind it: a PDF that is an archive too.
ARCHIVE_END, LONGEST_COMMENT = b"PK\x05\x06", 66_000
OPENING = rb"stream[ \t]*(?:\r\n|\n|\r)"
STREAM = re.compile(rb"(?<!end)" + OPENING)
EXOTIC = re.compile(rb"/(LZWDecode|ASCIIHexDecode|ASCII85Decode|RunLengthDecode|LZW|AHx|A85|RL)\b")
# A name may be written with codes. Behind that of an object stream its dictionary ends, and its bytes begin.
OBJECTS = re.compile(b"/" + b"".join(b"(?:%c|#(?i:%02x))" % (each, each) for each in b"ObjStm"))
OBJECTS_BEGIN = re.compile(rb"[^(%]{0,4096}?>>[\s\0]*" + OPENING)
# Unpacked, it begins with the numbers of its objects and where each lies.
INDEX = re.compile(rb"\s*\d+\s+\d+")
FIRST_BYTES = 64
MOST_STREAMS = 10_000
CHUNK = 64 * 1024


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

    Objects may lie compressed in object streams, where their names would not be seen. Whatever a stream is called, it
    is looked into where it begins like one; one that is called so has to. Other ways of packing objects are not in use
    by what scans or prints, so they are refused.
    """
    if b"/ObjStm" in (unescaped := _unescaped(content)) and EXOTIC.search(unescaped):
        return content, None
    inflated, read = b"", set[int]()
    for number, start in enumerate(STREAM.finditer(content)):
        if number == MOST_STREAMS:
            return content, None
        objects = _objects(memoryview(content)[start.end() :], MOST_INFLATED - len(inflated))
        if objects is not None:
            inflated += objects
            read.add(start.end())
    place = 0
    while named := OBJECTS.search(content, place):
        begins = OBJECTS_BEGIN.match(content, named.end())
        if begins is None or begins.end() not in read:
            return content, None
        place = begins.end()
    return content, inflated


def _objects(packed: memoryview, most: int) -> bytes | None:
    """An object stream's, unpacked: at most so many bytes. None for a stream that is none, or does not end well.

    Of one that is not packed there is nothing to add to the file's own bytes.
    """
    if INDEX.match(packed[:FIRST_BYTES]):
        return b""
    try:
        first = zlib.decompressobj().decompress(packed[: 2 * FIRST_BYTES], FIRST_BYTES)
        if not INDEX.match(first):
            return None
        reader, made = zlib.decompressobj(), bytearray()
        for place in range(0, len(packed), CHUNK):
            made += reader.decompress(packed[place : place + CHUNK], max(1, most - len(made)))
            if reader.eof:
                return bytes(made)
            if reader.unconsumed_tail:
                return None
    except zlib.error:
        return None
    return None


def _unescaped(text: bytes) -> bytes:
    """Names may be written with codes: `/J#53` is `/JS`."""
    return ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)

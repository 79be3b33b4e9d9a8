"""Uploaded files: sound ones pass, and each way of being broken, oversized or active is refused."""

import struct
import zlib
from time import perf_counter

import pytest

from shared.domain.files import faults


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 2, height: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"pixels"
    return b"\xff\xd8" + b"\xff\xe0" + struct.pack(">H", 4) + b"JF" + frame + scan + b"\xff\xd9"


def pdf(body: bytes = b"1 0 obj\n<< /Type /Catalog >>\nendobj\n") -> bytes:
    return b"%PDF-1.7\n" + body + b"startxref\n9\n%%EOF\n"


def packed(hidden: bytes, head: bytes = b"/Type /ObjStm", begins: bytes = b"stream\n") -> bytes:
    stream = zlib.compress(b"4 0 " + hidden)
    return b"1 0 obj\n<< " + head + b" /Filter /FlateDecode >>\n" + begins + stream + b"\nendstream\nendobj\n"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (pdf(), "application/pdf"),
        (pdf(packed(b"<< /Type /Page >>")), "application/pdf"),
    ],
)
def test_a_sound_file_has_no_fault(content: bytes, content_type: str) -> None:
    assert faults(content, content_type) == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(png(), "image/jpeg"), (jpeg(), "application/pdf"), (b"", "image/png"), (b"MZ\x90", "application/pdf")],
)
def test_a_file_of_another_type_is_refused(content: bytes, content_type: str) -> None:
    assert faults(content, content_type) == ["type_differs"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (png()[:-4], "image/png"),
        (png()[:30], "image/png"),
        (png() + b"tail", "image/png"),
        (png().replace(b"IDAT", b"IDOT"), "image/png"),
        (jpeg()[:-2], "image/jpeg"),
        (b"\xff\xd8\xff\xd9", "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", "image/jpeg"),
        (b"%PDF-1.7\nnothing more", "application/pdf"),
        (pdf(b"1 0 obj\n<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nxx\nendstream\n"), "application/pdf"),
    ],
)
def test_a_broken_file_is_refused(content: bytes, content_type: str) -> None:
    assert faults(content, content_type) == ["structure_broken"]


@pytest.mark.parametrize(
    ("content", "content_type"), [(png(100_000, 100_000), "image/png"), (jpeg(65_535, 65_535), "image/jpeg")]
)
def test_an_image_of_too_many_pixels_is_refused_before_anyone_opens_it(content: bytes, content_type: str) -> None:
    assert faults(content, content_type) == ["too_many_pixels"]


PAGES = b"1 0 obj\n<< /Type /Pages >>\nendobj\n"


@pytest.mark.parametrize("page", [b"<< /Type /Page >>\n", b"<< /Type/Page/Parent 1 0 R >>\n", b"<< /#54ype /Page >>\n"])
def test_a_pdf_has_so_many_pages_at_most(page: bytes) -> None:
    assert faults(pdf(PAGES + page * 20), "application/pdf") == []
    assert faults(pdf(PAGES + page * 21), "application/pdf") == ["too_many_pages"]
    assert faults(pdf(PAGES + packed(page * 21)), "application/pdf") == ["too_many_pages"]


@pytest.mark.parametrize("hidden", [b"PK\x05\x06" + bytes(18), b"PK\x05\x06" + bytes(18) + b"a comment " * 100])
def test_a_pdf_that_is_an_archive_too_is_refused(hidden: bytes) -> None:
    assert faults(pdf(b"1 0 obj\nendobj\n" + hidden), "application/pdf") == ["two_in_one"]


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04", b"%PDF-1.7"])
def test_nothing_follows_the_end_of_a_pdf(tail: bytes) -> None:
    assert faults(pdf() + tail, "application/pdf") == ["structure_broken"]
    assert faults(pdf() + b"\r\n \n", "application/pdf") == []


def test_an_image_of_no_size_is_refused() -> None:
    assert faults(png(0, 2), "image/png") == ["too_many_pixels"]


@pytest.mark.parametrize(
    "name",
    [
        *(b"/JavaScript", b"/JS (alert)", b"/Launch", b"/OpenAction", b"/EmbeddedFile", b"/EmbeddedFiles", b"/Encrypt"),
        *(b"/J#53 (alert)", b"/Java#53cript", b"/AA <<", b"/AA\0<<", b"/AA%\n<<", b"/AA 4 0 R", b"/JS%\n(alert)"),
        *(b"/EF << /F 4 0 R >>", b"/Subtype /FileAttachment", b"/S /GoToR", b"/S /GoToE", b"/S /Rendition"),
    ],
)
def test_a_pdf_that_acts_by_itself_is_refused(name: bytes) -> None:
    assert faults(pdf(b"1 0 obj\n<< " + name + b" >>\nendobj\n"), "application/pdf") == ["active_content"]


def test_a_pdf_that_hides_an_action_in_packed_objects_is_refused() -> None:
    assert faults(pdf(packed(b"<< /S /JavaScript >>")), "application/pdf") == ["active_content"]


@pytest.mark.parametrize("begins", [b"stream\r\n", b"stream\r", b"stream \n"])
@pytest.mark.parametrize("head", [b"/Type /ObjStm", b"/Type /Obj#53tm", b"/Type /Other"])
def test_it_is_found_however_its_stream_begins_and_whatever_it_is_called(head: bytes, begins: bytes) -> None:
    assert faults(pdf(packed(b"<< /S /JavaScript >>", head, begins)), "application/pdf") == ["active_content"]


HIDING = b"<< /S /JavaScript >>"
DEFLATED = zlib.compress(b"4 0 " + HIDING)


@pytest.mark.parametrize(
    "body",
    [
        packed(HIDING, b"/Type /ObjStm %" + b"A" * 5_000 + b"\n").replace(b"stream\n", b"stream\nx", 1),
        packed(HIDING, b"/Type /ObjStm /X (>> stream\n4 0 endstream)").replace(DEFLATED, DEFLATED[:-8] + b"\xff" * 8),
        packed(HIDING).replace(DEFLATED, DEFLATED[:-8] + b"\xff" * 8),
        packed(HIDING).replace(DEFLATED, DEFLATED[:-6]),
        packed(HIDING).replace(DEFLATED, zlib.compress(b"".join(b"\2" + bytes([each]) for each in b"4 0 " + HIDING))),
        b"1 0 obj\n<< /Type /ObjStm >>\nendobj\n",
    ],
    ids=[
        "a long header",
        "a string that looks like the beginning",
        "broken",
        "cut off",
        "rows of its own",
        "no stream",
    ],
)
def test_objects_that_cannot_be_looked_into_are_refused(body: bytes) -> None:
    assert faults(pdf(body), "application/pdf") == ["structure_broken"]


def test_objects_that_are_not_packed_are_read_as_they_are() -> None:
    plain = b"1 0 obj\n<< /Type /ObjStm /N 1 /First 4 >>\nstream\n4 0 << /Type /Page >>\nendstream\nendobj\n"

    assert faults(pdf(plain), "application/pdf") == []


def test_a_pdf_of_many_streams_is_looked_through_in_no_time() -> None:
    """Neither copies of all that follows, nor names without a stream, multiply."""
    started = perf_counter()
    for each in (packed(b"x", b"/Type /Other"), b"/ObjStm", b"<< /ObjStm >> stream\n4 0 "):
        faults(pdf(each * (2_000_000 // len(each))), "application/pdf")

    assert perf_counter() - started < 5


def test_a_pdf_that_unpacks_without_end_is_refused() -> None:
    assert faults(pdf(packed(b"\0" * 30_000_000)), "application/pdf") == ["structure_broken"]

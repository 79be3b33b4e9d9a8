"""PDFs as programs write them, for tests: objects one after another, no table, as nothing here reads one."""

import zlib

HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def written(text: list[str], *, font: str = HELVETICA, extra: str = "", packs: bool = True) -> bytes:
    """A page with these lines, in the letters of cp1252."""
    shown = b"".join(b"0 -14 Td (" + _escaped(line) + b") Tj\n" for line in text)
    return drawn(b"BT /F1 12 Tf 72 720 Td\n" + shown + b"ET", font=font, extra=extra, packs=packs)


def drawn(content: bytes, *, font: str = HELVETICA, extra: str = "", packs: bool = True) -> bytes:
    """A page with this content."""
    stream = zlib.compress(content) if packs else content
    packing = "/Filter /FlateDecode " if packs else ""
    page = "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.encode(),
        f"<< {packing}/Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream",
        font.encode(),
    ]
    numbered = (f"{number} 0 obj\n".encode() + each + b"\nendobj\n" for number, each in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + extra.encode() + b"startxref\n9\n%%EOF\n"


def _escaped(line: str) -> bytes:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")

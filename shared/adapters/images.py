"""Pictures made anew from their pixels: what else a file carried, places, comments, another file, is not copied.

Only for what `domain.files` found sound: its pixels are counted before anything is unpacked.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
JPEG_QUALITY = 90
# What the library raises on a broken file, besides its own errors, which are of these too.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error, zlib.error)
# Rows that are looked at together, so that a large picture is in memory once.
ROWS = 256


@dataclass(frozen=True, slots=True)
class Picture:
    """`content` is the new file; `fingerprint` is of the pixels, the same whatever the old file said around them."""

    content: bytes
    fingerprint: str


def remade(content: bytes, content_type: str) -> Picture | None:
    """The picture upright, without transparency, in its own format; None when it cannot be unpacked."""
    try:
        with Image.open(BytesIO(content), formats=[FORMATS[content_type]]) as opened:
            ImageOps.exif_transpose(opened, in_place=True)
            plain = _plain(opened)
    except (*BROKEN, Image.DecompressionBombError):
        return None
    plain.info.clear()
    made = BytesIO()
    plain.save(made, FORMATS[content_type], quality=JPEG_QUALITY)
    return Picture(made.getvalue(), _fingerprint(plain))


def _plain(opened: Image.Image) -> Image.Image:
    """Grey or colour; what shines through becomes white paper."""
    if opened.mode.startswith("I"):
        # A scanner's sixteen bits; the library would cut off what is brighter than the darkest of them.
        return opened.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if opened.mode == "L" and "transparency" not in opened.info:
        return opened.copy()
    if not opened.has_transparency_data:
        return opened.convert("RGB")
    seen = opened.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def _fingerprint(picture: Image.Image) -> str:
    hashed = hashlib.sha256(f"{picture.mode} {picture.width} {picture.height} ".encode())
    for top in range(0, picture.height, ROWS):
        rows = picture.crop((0, top, picture.width, min(top + ROWS, picture.height)))
        hashed.update(rows.tobytes())
    return hashed.hexdigest()

"""Pictures are made anew: what they show stays, and what was hidden in the file is gone."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from shared.adapters.images import remade
from shared.domain.files import faults
from tests.domain.test_files import chunk, jpeg, png

PAGE = b"<html><script>alert(1)</script></html>"
ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
Size = tuple[int, int]


def picture(mode: str = "RGB", size: Size = (64, 32)) -> Image.Image:
    """Black with a white left upper quarter."""
    made = Image.new(mode, size)
    white: Any = {"P": 1, "1": 1, "I;16": 65_535}.get(mode, 255 if len(made.getbands()) == 1 else "white")
    made.paste(white, (0, 0, size[0] // 2, size[1] // 2))
    return made


def written(image: Image.Image, form: str = "PNG", **more: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def located() -> Image.Exif:
    """A phone's remarks: its maker, and where it was."""
    exif = Image.Exif()
    exif[MAKER] = "Xiaomi"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (12.0, 58.0, 17.0)
    return exif


def with_text(page: bytes) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", page.decode())
    return info


def animated() -> bytes:
    return written(picture(), save_all=True, append_images=[Image.new("RGB", (64, 32), "red")])


HOSTILE: dict[str, Callable[[], tuple[bytes, str]]] = {
    "a photograph that says where it was taken": lambda: (written(picture(), "JPEG", exif=located()), "image/jpeg"),
    "a PNG with a page in its text": lambda: (written(picture(), pnginfo=with_text(PAGE)), "image/png"),
    "a JPEG with a page in its comment": lambda: (written(picture(), "JPEG", comment=PAGE), "image/jpeg"),
    "a PNG with an archive in a private chunk": lambda: (
        written(picture())[:33] + chunk(b"prVt", b"PK\x03\x04" + PAGE) + written(picture())[33:],
        "image/png",
    ),
    "a PNG with a profile": lambda: (written(picture(), icc_profile=PAGE * 10), "image/png"),
    "an animated PNG": lambda: (animated(), "image/png"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hidden_in_a_file_that_looks_sound_is_gone(name: str) -> None:
    content, content_type = HOSTILE[name]()
    made = remade(content, content_type)

    assert faults(content, content_type) == []
    assert made is not None and faults(made.content, content_type) == []
    assert not [each for each in (b"script", b"Xiaomi", b"GPS", b"PK\x03\x04", b"acTL") if each in made.content]
    assert len(opened(made.content).getexif()) == 0
    assert getattr(opened(made.content), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_shows_what_it_showed(mode: str) -> None:
    made = remade(written(picture(mode)), "image/png")

    assert made is not None
    shown = opened(made.content)
    assert shown.size == (64, 32) and shown.mode in ("L", "RGB")


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_kind_stays_one(mode: str) -> None:
    made = remade(written(picture(mode), "JPEG"), "image/jpeg")

    assert made is not None
    assert opened(made.content).format == "JPEG"


def test_sixteen_bits_of_grey_become_eight() -> None:
    made = remade(written(Image.new("I;16", (4, 4), 32_768)), "image/png")

    assert made is not None
    assert opened(made.content).getpixel((0, 0)) == 128


def test_what_shines_through_becomes_white_paper() -> None:
    made = remade(written(Image.new("RGBA", (4, 4), (0, 0, 0, 0))), "image/png")

    assert made is not None
    assert opened(made.content).getpixel((0, 0)) == (255, 255, 255)


def test_a_photograph_is_put_upright_before_its_orientation_is_forgotten() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = remade(written(picture(), "JPEG", exif=exif), "image/jpeg")

    assert made is not None
    assert opened(made.content).size == (32, 64)


def test_the_same_picture_has_one_fingerprint_whatever_its_file_says() -> None:
    files = [
        written(picture()),
        written(picture(), pnginfo=with_text(b"another")),
        written(picture(), compress_level=1),
    ]
    made = [remade(file, "image/png") for file in files]

    assert len(set(files)) == 3
    assert len({each.fingerprint for each in made if each}) == 1


def test_other_pictures_have_other_fingerprints() -> None:
    images = [picture(), picture(size=(32, 64)), picture("L"), Image.new("RGB", (64, 32))]

    assert len({made.fingerprint for image in images if (made := remade(written(image), "image/png"))}) == 4


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (jpeg(), "image/jpeg"),
        (written(picture())[:60], "image/png"),
        (png().replace(b"IDAT", b"IDAX"), "image/png"),
        (written(picture(), "GIF"), "image/png"),
        (written(picture(), "JPEG"), "image/png"),
        (b"", "image/png"),
    ],
)
def test_what_cannot_be_unpacked_is_no_picture(content: bytes, content_type: str) -> None:
    assert remade(content, content_type) is None

"""The text of a plain PDF is read, and one that could say something else to a viewer is not."""

import pytest

from shared.domain.files import faults
from shared.domain.pdf_text import lines
from tests.domain.written_pdf import drawn, written

CARD = ["Permanent Account Number", "ABCPV1234D", "Name: Asha Verma (the borrower)"]
HINDI = "<< /Type /Font /Subtype /Type0 /ToUnicode 6 0 R >>"
CMAP = (
    "6 0 obj\n<< >>\nstream\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    "1 beginbfchar <0001> <0906> endbfchar\n1 beginbfrange <0002> <0003> <0936> <0005> <0006> [<093E> <0939>] "
    "endbfrange\nendstream\nendobj\n"
)


@pytest.mark.parametrize("packs", [True, False])
def test_the_lines_of_a_plain_page_are_read(packs: bool) -> None:
    content = written(CARD, packs=packs)

    assert faults(content, "application/pdf") == []
    assert lines(content) == tuple(CARD)


def test_letters_of_another_script_are_read_by_the_fonts_own_table() -> None:
    content = drawn(b"BT /F1 12 Tf <000100020005> Tj ET", font=HINDI, extra=CMAP)

    assert lines(content) == ("आशा",)


def test_pieces_of_a_line_stay_one_line() -> None:
    content = (
        b"BT /F1 9 Tf 1 0 0 1 9 700 Tm [(As) 20 (ha) -600 (Verma)] TJ 1 0 0 1 99 700 Tm (PAN) Tj 0 -9 Td (2) Tj ET"
    )

    assert lines(drawn(content)) == ("Asha Verma PAN", "2")


@pytest.mark.parametrize(
    "content",
    [
        drawn(b"BT 3 Tr /F1 12 Tf (Asha) Tj ET"),
        drawn(b"BT (Asha) Tj ET"),
        drawn(b"/X1 Do"),
        drawn(b"BT /F1 12 Tf (Asha Tj ET"),
        drawn(b"BT /F2 12 Tf (Asha) Tj ET"),
        drawn(b"BT /F1 12 Tf (A) Tj ET", font="<< /Type /Font /Subtype /Type0 >>"),
        written(CARD, extra="4 0 obj\n<< >>\nendobj\n"),
        written(CARD, extra="9 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"),
        written(CARD)[:-200] + b"%%EOF",
        b"%PDF-1.7\n",
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n",
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Kids [2 0 R] >>\nendobj\n",
        b"%PDF-1.7\n1 0 obj\n" + b"[" * 10_000 + b"\nendobj\n",
    ],
)
def test_what_a_viewer_could_show_otherwise_is_not_read(content: bytes) -> None:
    assert not lines(content)

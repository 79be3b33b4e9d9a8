"""What a paper says is compared with who the borrower says he is; what cannot be read is for a person."""

from dataclasses import replace
from datetime import date

import pytest

from shared.domain.mrz import check_digit, zone
from shared.domain.papers import Holder, Stated, examined

TODAY = date(2026, 11, 22)
ASHA = Holder("Asha Verma", "ABCPV1234D", date(1994, 6, 15))
WANG = Holder("王小明", "11010519491231002X", date(1949, 12, 31))
CARD = ("INCOME TAX DEPARTMENT", "ABCPV1234D", "Name: ASHA VERMA", "Father's Name: MOHAN VERMA", "15/06/1994")
LICENCE = ("MH12 20110012345", "Name ASHA VERMA", "DOB : 15-06-1994", "Valid till: 14 Jun 2034")
FULL = ("name", "number", "birth_date", "expiry")
# The specimen of ICAO Doc 9303, part 4, appendix A.
SPECIMEN = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def passport(name: str = "VERMA<<ASHA", born: str = "940615", ends: str = "310102") -> tuple[str, ...]:
    """A made-up passport's two lines, with the right check digits."""
    number, optional = "Z12345678", "<" * 14
    parts = [f"{each}{check_digit(each)}" for each in (number, born, ends, optional)]
    whole = check_digit("".join(parts))
    return f"P<IND{name}".ljust(44, "<"), f"{parts[0]}IND{parts[1]}F{parts[2]}{parts[3]}{whole}"


@pytest.mark.parametrize(
    ("text", "against", "doubts"),
    [
        (CARD, (), ()),
        (("abcpv 1234 d", "श्रीमती आशा वर्मा"), (), ()),
        (("ABCPV1234D", "Name", "ASHA VERMA"), (), ()),
        (("ABCPV1234D", "Father's Name", "ASHA VERMA"), (), ("name_not_found",)),
        (("ABCPV1234D", "S/o Asha Verma"), (), ("name_not_found",)),
        (("ABCPV1234D", "Name: MOHAN VERMA"), (), ("name_differs",)),
        (("ABCPV1234D", "14 Asha Verma Marg, Pune"), (), ("name_not_found",)),
        (("ABCPX9999Z", "Name: ASHA VERMA"), ("number_differs",), ()),
        (("XABCPV1234D", "Name: ASHA VERMA"), (), ("number_not_found",)),
        ((), (), ("name_not_found", "number_not_found")),
        (None, (), ("not_readable",)),
    ],
)
def test_a_card_shows_the_borrowers_name_and_number(
    text: tuple[str, ...] | None, against: tuple[str, ...], doubts: tuple[str, ...]
) -> None:
    found = examined(("name", "identity_number"), "pan", ASHA, Stated(), text, TODAY)

    assert (found.against, found.doubts) == (against, doubts)


@pytest.mark.parametrize(
    ("stated", "against", "doubts"),
    [
        (Stated("MH12 20110012345", None, date(2034, 6, 14)), (), ()),
        (Stated("MH1220110012345", "Asha Verma", date(2034, 6, 14)), (), ()),
        (Stated("MH99 20110012345", None, date(2034, 6, 14)), (), ("number_not_found",)),
        (Stated("MH12 20110012345", "Asha Sharma", date(2034, 6, 14)), (), ("name_differs",)),
        (Stated("MH12 20110012345", None, date(2036, 6, 14)), (), ("expiry_not_found",)),
        (Stated("MH12 20110012345", None, date(2026, 11, 21)), ("expired",), ("expiry_not_found",)),
        (Stated(), (), ("number_not_stated", "expiry_not_stated")),
    ],
)
def test_what_the_borrower_says_of_a_paper_has_to_be_on_it(
    stated: Stated, against: tuple[str, ...], doubts: tuple[str, ...]
) -> None:
    found = examined(FULL, "pan", ASHA, stated, LICENCE, TODAY)

    assert (found.against, found.doubts) == (against, doubts)


def test_a_paper_with_another_birth_date_is_not_his_for_certain() -> None:
    found = examined(("birth_date",), "pan", replace(ASHA, birth_date=date(1994, 6, 16)), Stated(), LICENCE, TODAY)

    assert found.doubts == ("birth_date_not_found",)


@pytest.mark.parametrize(
    ("lines", "against", "doubts"),
    [
        (passport(), (), ()),
        (passport("SHARMA<<ASHA"), (), ("name_differs",)),
        (passport(born="940616"), ("birth_date_differs",), ()),
        (passport(ends="200101"), ("expired",), ()),
        (
            (passport()[0], passport()[1].replace("940615", "940616")),
            (),
            ("name_not_found", "number_not_stated", "birth_date_not_found", "expiry_not_stated"),
        ),
    ],
)
def test_a_passports_zone_says_all_that_it_shows(
    lines: tuple[str, ...], against: tuple[str, ...], doubts: tuple[str, ...]
) -> None:
    found = examined(FULL, "pan", ASHA, Stated(), ("REPUBLIC OF INDIA", *lines), TODAY)

    assert (found.against, found.doubts) == (against, doubts)


def test_the_published_specimen_of_a_zone_is_read() -> None:
    read = zone(SPECIMEN, date(2012, 1, 1))

    assert read
    assert (read.name, read.number) == ("ANNA MARIA ERIKSSON", "L898902C3")
    assert (read.birth_date, read.expires_on) == (date(1974, 8, 12), date(2012, 4, 15))
    assert zone((SPECIMEN[0], SPECIMEN[1].replace("7408122", "7408123")), TODAY) is None
    assert zone(SPECIMEN[:1], TODAY) is None


@pytest.mark.parametrize(
    ("text", "against", "doubts"),
    [
        (("姓名 王小明", "出生 1949年12月31日", "公民身份号码 11010519491231002X"), (), ()),
        (("姓名：王小明", "11010519491231002x", "有效期限 2010.01.01-2030.01.01", "1949-12-31"), (), ()),
        (("姓名 王小红", "1949年12月31日", "11010519491231002X"), (), ("name_differs",)),
        (("姓名 王小明", "1949年12月31日", "110105194912310011"), ("number_differs",), ()),
        (("Wang Xiaoming", "1949年12月31日", "11010519491231002X"), (), ("name_not_found",)),
    ],
)
def test_a_chinese_identity_card_shows_name_number_and_birth_date(
    text: tuple[str, ...], against: tuple[str, ...], doubts: tuple[str, ...]
) -> None:
    found = examined(("name", "identity_number", "birth_date"), "resident", WANG, Stated(), text, TODAY)

    assert (found.against, found.doubts) == (against, doubts)


def test_a_kind_that_no_rule_describes_is_for_a_person() -> None:
    assert examined((), "pan", ASHA, Stated(), CARD, TODAY).doubts == ("not_readable",)

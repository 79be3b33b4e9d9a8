"""Numbers that states give to people, checked by their published form: PAN in India, resident identity in China."""

import re
from collections.abc import Iterable
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.in_ import aadhaar, pan

from shared.domain.errors import Refused

WHOLE_AADHAAR = re.compile(r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)")


def identity_number(text: str, scheme: str, birth_date: date) -> str:
    """The number in its plain form; `scheme` is the market's. Raises `pan_invalid` or `identity_number_invalid`."""
    return _SCHEMES[scheme](text, birth_date)


def _pan(text: str, _: date) -> str:
    """The fourth letter says whose number it is; only a person borrows here (P)."""
    refusal = Refused("pan_invalid", "A PAN has five letters, four digits and a letter.", "/pan")
    try:
        number = pan.validate(text)
    except ValidationError as error:
        raise refusal from error
    if number[3] != "P" or not number.isascii():
        raise refusal
    return number


def _resident(text: str, birth_date: date) -> str:
    """GB 11643-1999: county, birth date, sequence, check digit; the date must be the stated one."""
    refusal = Refused(
        "identity_number_invalid", "A resident identity number has 18 digits, and your birth date.", "/identity_number"
    )
    try:
        number = ric.validate(text)
    except ValidationError as error:
        raise refusal from error
    if not number.isascii() or ric.get_birth_date(number) != birth_date:
        raise refusal
    return number


def shows_aadhaar(text: Iterable[str]) -> bool:
    """Whether an Aadhaar number stands in it in full, by Verhoeff's check digit: nobody here may keep one."""
    found = (number for line in text for number in WHOLE_AADHAAR.findall(line))
    return any(aadhaar.is_valid(number) for number in found)


_SCHEMES = {"pan": _pan, "resident": _resident}

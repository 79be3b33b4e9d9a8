"""The machine-readable zone of a passport: two lines of 44 characters (ICAO Doc 9303, part 4, TD3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

NAMES = re.compile(r"P[A-Z<][A-Z<]{3}([A-Z<]{39})")
DATA = re.compile(r"([A-Z0-9<]{9})(\d)[A-Z<]{3}(\d{6})(\d)[MFX<](\d{6})(\d)([A-Z0-9<]{14})([\d<])(\d)")
WEIGHTS = (7, 3, 1)
# Two digits of a year: a birth lies behind, an expiry ahead.
CENTURY = 100


@dataclass(frozen=True, slots=True)
class Zone:
    """What the zone says, every check digit of it being right."""

    name: str
    number: str
    birth_date: date
    expires_on: date


def zone(lines: Sequence[str], on: date) -> Zone | None:
    """The zone among the lines of a paper; None where there is none, or one whose check digits are not right."""
    plain = [line.replace(" ", "").upper() for line in lines]
    for first, second in pairwise(plain):
        names, data = NAMES.fullmatch(first), DATA.fullmatch(second)
        if names and data:
            return _read(names[1], data, second, on)
    return None


def check_digit(field: str) -> int:
    """Digits as they are, A to Z as 10 to 35, filler as 0; weighted 7, 3, 1; modulo ten."""
    values = (0 if each == "<" else int(each, 36) for each in field)
    return sum(value * WEIGHTS[place % 3] for place, value in enumerate(values)) % 10


def _read(names: str, data: re.Match[str], line: str, on: date) -> Zone | None:
    number, number_check, born, born_check, ends, ends_check, optional, optional_check, whole_check = data.groups()
    whole = line[0:10] + line[13:20] + line[21:43]
    checks = [(number, number_check), (born, born_check), (ends, ends_check), (whole, whole_check)]
    checks.append((optional, optional_check.replace("<", "0")))
    if any(check_digit(field) != int(digit) for field, digit in checks):
        return None
    surname, _, given = names.strip("<").partition("<<")
    birth_date, expires_on = _day(born, on.year), _day(ends, on.year + CENTURY // 2)
    if birth_date is None or expires_on is None:
        return None
    name = " ".join(f"{given} {surname}".replace("<", " ").split())
    return Zone(name, number.strip("<"), birth_date, expires_on)


def _day(digits: str, latest_year: int) -> date | None:
    """The latest such day whose year is not after `latest_year`."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    year += latest_year // CENTURY * CENTURY
    try:
        return date(year if year <= latest_year else year - CENTURY, month, day)
    except ValueError:
        return None

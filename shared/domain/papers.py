"""What a paper says, compared with who the borrower says he is: facts against it, and what a person has to look at.

Only text that a machine can read is read: that of a plain PDF, and the zone of a passport in it. Of a picture nothing
is read, so that a person looks. That a text is there does not say that the paper is genuine.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.domain.mrz import Zone, zone
from shared.domain.name_match import compared, parted

# Whose name follows is not the holder's; with nothing behind it, it is of the line below.
RELATIVE = re.compile(
    r"father|mother|husband|wife|spouse|guardian|nominee|\b[sdwc]/o\b|पिता|माता|पति|पत्नी|父|母|配偶", re.IGNORECASE
)
NAMED = re.compile(r"(?:^|\b|\s)(?:name|नाम|姓名)(?:\s*/\s*\w+)*\s*[:：]?\s*", re.IGNORECASE)
IDENTITY = {"pan": re.compile(r"(?<!\w)[A-Z]{5}\d{4}[A-Z](?!\w)"), "resident": re.compile(r"(?<!\w)\d{17}[\dXx](?!\w)")}
SIGNS = r"[\s-]?"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[\s./-]+(\d{1,2}|[A-Za-z]{3,9})[\s./,-]+(\d{4})(?!\d)")
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[./年-]\s?(\d{1,2})\s?[./月-]\s?(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class PaperRules:
    """`shows` are the facts that a kind of paper must be found to show; a kind without any is looked at by a person.
    A borrower may ask to send `most_sent` of them in `sent_days` days, whether he then does or not.

    A person should have looked within `review_hours`; what nobody decided within `most_days` is over. A doubt of
    `two_people` takes a second one to set aside. `reasons` are those with which a person rejects.
    """

    shows: Mapping[str, tuple[str, ...]]
    review_hours: int
    most_days: int
    two_people: tuple[str, ...]
    reasons: tuple[str, ...]
    most_sent: int
    sent_days: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who the borrower says he is, of what papers show. `identity_number` as `Person` has it."""

    name: str
    identity_number: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class Stated:
    """What the borrower says of a paper: its number, the name that is printed on it, and until when it is good."""

    number: str | None = None
    name: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Codes: what is `against` a paper is certain; of what there are `doubts` no machine decides."""

    against: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def examined(
    shows: Sequence[str], scheme: str, holder: Holder, stated: Stated, text: Sequence[str] | None, on: date
) -> Findings:
    """`text` are the lines of the paper, None where nothing can be read; `scheme` is the market's of identity numbers.

    Without any finding the paper is his."""
    against = ["expired"] if stated.expires_on and stated.expires_on < on else []
    doubts = ["name_differs"] if stated.name and compared(stated.name, holder.name) == "differs" else []
    if text is None or not shows:
        return Findings(tuple(against), ("not_readable", *doubts))
    read = zone(text, on)
    if read and read.expires_on < on:
        against.append("expired")
    for fact in shows:
        found = _found(fact, scheme, holder, stated, text, read)
        if found in ("number_differs", "birth_date_differs"):
            against.append(found)
        elif found:
            doubts.append(found)
    return Findings(tuple(dict.fromkeys(against)), tuple(dict.fromkeys(doubts)))


def _found(
    fact: str, scheme: str, holder: Holder, stated: Stated, text: Sequence[str], read: Zone | None
) -> str | None:
    """What is wrong with one fact, None when it was found as it should be."""
    match fact:
        case "name":
            return _name(holder.name, [f"Name: {read.name}"] if read else text)
        case "identity_number":
            if _has_number(holder.identity_number, text):
                return None
            others = any(IDENTITY[scheme].search(line) for line in text)
            return "number_differs" if others else "number_not_found"
        case "number":
            if stated.number is None:
                return None if read else "number_not_stated"
            return None if _has_number(stated.number, [read.number] if read else text) else "number_not_found"
        case "birth_date":
            if read:
                return None if read.birth_date == holder.birth_date else "birth_date_differs"
            return None if holder.birth_date in _days(text) else "birth_date_not_found"
        case "expiry":
            if read:
                return None if stated.expires_on in (None, read.expires_on) else "expiry_differs"
            if stated.expires_on is None:
                return "expiry_not_stated"
            return None if stated.expires_on in _days(text) else "expiry_not_found"
    raise AssertionError(f"no such fact: {fact}")


def _name(name: str, text: Sequence[str]) -> str | None:
    """Somebody's name is on the paper when it is a line, or what a line says after a label; a relative's is not."""
    told, is_relative = False, False
    for line in text:
        _, sign, value = line.replace("：", ":").partition(":")
        if RELATIVE.search(line):
            is_relative = not parted(value) and not _behind(RELATIVE, line)
            continue
        if is_relative:
            is_relative = False
            continue
        named = NAMED.match(line)
        shown = NAMED.sub("", line, count=1) if named else value if sign else line
        match = compared(shown, name) if parted(shown) else "cannot_tell"
        if match == "same":
            return None
        told = told or (named is not None and match == "differs")
    return "name_differs" if told else "name_not_found"


def _behind(label: re.Pattern[str], line: str) -> bool:
    """Whether more than the label's own words stand in the line: `S/o Mohan Verma`, not `Father's Name`."""
    rest = NAMED.sub(" ", label.sub(" ", line))
    return any(len(word) > 1 for word in parted(rest))


def _has_number(number: str, text: Sequence[str]) -> bool:
    """The number by itself in one line, with spaces or hyphens within or not."""
    plain = [re.escape(each) for each in number if each.isalnum()]
    written = re.compile(rf"(?<!\w){SIGNS.join(plain)}(?!\w)", re.IGNORECASE)
    return len(plain) > 3 and any(written.search(line) for line in text)


def _days(text: Sequence[str]) -> frozenset[date]:
    """All days that are written in the text, the day before the month where it is not clear."""
    return frozenset(day for line in text for day in _days_of(line))


def _days_of(line: str) -> Iterator[date]:
    for found in DAY_FIRST.finditer(line):
        month = found[2][:3].lower()
        yield from _day(found[3], str(MONTHS.index(month) + 1) if month in MONTHS else month, found[1])
    for found in YEAR_FIRST.finditer(line):
        yield from _day(*found.groups())


def _day(year: str, month: str, day: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return

"""Names and addresses as people write them, in any script: what is allowed in them, and in which form they are kept."""

import unicodedata

from shared.domain.errors import Refused

LONGEST_NAME = 100
LONGEST_LINE = 200
# Joiners shape letters of Indic and Persian scripts; anywhere else they only make two equal names differ.
JOINERS = "\u200c\u200d"
NAME_SIGNS = " '’.-·"
LINE_SIGNS = NAME_SIGNS + ",/#&():;+№"


def name(text: str, pointer: str) -> str:
    """The name in Unicode's composed form (NFC), single spaces. Raises `name_invalid`.

    Letters and marks of any script and what stands between them; no digits, emoji, brackets or direction signs.
    """
    kept = _composed(text)
    is_name = 0 < len(kept) <= LONGEST_NAME and unicodedata.category(kept[0])[0] == "L"
    if not is_name or not _has_only(kept, "LM", NAME_SIGNS):
        raise Refused("name_invalid", "A name has 1 to {most} letters, of any script.", pointer, most=LONGEST_NAME)
    return kept


def line(text: str, pointer: str) -> str:
    """A line of an address, kept in the same form; digits and the signs of addresses besides. `address_invalid`."""
    kept = _composed(text)
    if not 0 < len(kept) <= LONGEST_LINE or not _has_only(kept, "LMN", LINE_SIGNS):
        raise Refused("address_invalid", "An address has letters, digits and simple signs.", pointer)
    return kept


def _composed(text: str) -> str:
    return " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)


def _has_only(text: str, categories: str, signs: str) -> bool:
    return all(
        unicodedata.category(character)[0] in categories or character in signs or _joins(text, place)
        for place, character in enumerate(text)
    )


def _joins(text: str, place: int) -> bool:
    """Whether the character is a joiner between letters or marks."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return text[place] in JOINERS and len(around) == 2 and all(unicodedata.category(each)[0] in "LM" for each in around)

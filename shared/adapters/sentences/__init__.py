"""What an answer says, in the borrower's language: the English sentences of the code, and files with the others.

An English sentence is the key of its translations, as with GNU gettext, so that the code reads as the answer does, and
a sentence whose translation is missing is told in English. Money, days, hours and shares in it are written by Babel,
which is loaded where the first of them is.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.domain.facts import Fact, Facts

# The languages of answers, each with the locale whose formats it has. Who speaks another one is answered in English.
LOCALES = {"en": "en_IN", "hi": "hi_IN", "zh": "zh_CN"}
BETWEEN = {"zh": "、"}
_HERE = Path(__file__).parent
# One choice of an `Accept-Language` header, such as `hi-IN;q=0.8` (RFC 9110, 12.5.4).
_CHOICE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


def said(sentence: str, facts: Facts, language: str) -> str:
    """The sentence in the language, filled. Without facts its braces are signs like others: it may be a person's own.

    Raises `KeyError` with the name of a fact that is missing.
    """
    told = translated(sentence, language) or sentence
    return told.format_map({name: _written(fact, language) for name, fact in facts.items()}) if facts else told


def translated(sentence: str, language: str) -> str | None:
    """The sentence's translation, still to be filled; None where there is none."""
    return None if language == "en" else sentences().get(sentence, {}).get(language)


def preferred(accepted: str) -> str:
    """The language of ours that an `Accept-Language` header wants most; English where it wants none of ours.

    A longer tag stands for its language (RFC 4647, 3.4): `zh-Hant-TW` is `zh`. What is no choice at all is passed over.
    """
    wanted: dict[str, float] = {}
    for part in accepted.split(","):
        if choice := _CHOICE.fullmatch(part):
            wanted.setdefault(choice[1].lower(), float(choice[2] or 1))
    ours = [language for language in wanted if language in LOCALES and wanted[language]]
    return max(ours, key=lambda language: wanted[language], default="en")


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """By the English sentence, its translations by language."""
    files = sorted(_HERE.glob("*.json"))
    return {english: others for file in files for english, others in json.loads(file.read_text("utf-8")).items()}


def _written(fact: Fact, language: str) -> str:
    if isinstance(fact, int | str):
        return str(fact)
    if isinstance(fact, tuple):
        words = (sentences().get(code, {}) for code in fact)
        return BETWEEN.get(language, ", ").join(
            word.get(language, code) for word, code in zip(words, fact, strict=True)
        )
    # Babel takes some 30 ms to load, a twentieth of a door's start, and few answers have such a fact.
    from babel import Locale

    from shared.adapters.formats import written
    from shared.domain.money import Money

    name = LOCALES.get(language, LOCALES["en"])
    # Digits are grouped as where the money is.
    is_abroad = isinstance(fact, Money) and fact.currency != "INR" and name == "en_IN"
    return written(fact, Locale.parse("en_GB" if is_abroad else name))

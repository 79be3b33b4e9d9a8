"""What a notice says, per language and channel: texts as data beside this file, filled with facts in Babel's formats.

A fact that a text names and nobody gave is an error, and so is a wording that is not written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from babel import Locale

from shared.adapters.formats import amount, written
from shared.domain.money import Money
from shared.domain.notice_facts import Fact, Phrase

CHANNELS = ("push", "sms")
LANGUAGES = ("en", "hi", "zh")

# The GSM alphabet (3GPP TS 23.038): characters of one place, and those that take two.
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Text:
    """What is sent. Only a push message has a title."""

    body: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class _Writing:
    """How facts are written: a language's words, a locale's formats, a channel's signs."""

    words: Mapping[str, Any]
    locale: Locale
    channel: str


def text(name: str, facts: Mapping[str, Fact], *, channel: str, language: str, market: str) -> Text:
    """The text of that name of `FACTS`, filled. Written in English where the market has no texts in the language.

    Raises `KeyError` with the name of a fact that is missing.
    """
    words = _words(language) if language in LANGUAGES else _words("en")
    if market not in words["locales"]:
        words = _words("en")
    writing = _Writing(words, Locale.parse(words["locales"][market]), channel)
    template = words["texts"][name][channel]
    if isinstance(template, str):
        return Text(_filled(template, facts, writing))
    return Text(_filled(template["body"], facts, writing), _filled(template["title"], facts, writing))


def sms_parts(body: str) -> int:
    """How many text messages it takes: 160 places, or 153 each of several; 70 and 67 outside the GSM alphabet."""
    if set(body) <= _GSM | _GSM_TWICE:
        places, whole, part = len(body) + sum(character in _GSM_TWICE for character in body), 160, 153
    else:
        places, whole, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if places <= whole else -(-places // part)


def _filled(template: str, facts: Mapping[str, Fact], writing: _Writing) -> str:
    names = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template.format_map({name: _written(name, facts, writing) for name in names})


def _written(name: str, facts: Mapping[str, Fact], writing: _Writing) -> str:
    fact = facts[name]
    match fact:
        case Phrase():
            return _filled(writing.words["phrases"][name][fact.variant], facts, writing)
        case Money():
            return _amount(fact, writing)
        case int():
            one_or_more = writing.words["days"][writing.locale.plural_form(fact)]
            return str(one_or_more.format(count=fact))
    return written(fact, writing.locale)


def _amount(money: Money, writing: _Writing) -> str:
    """A sign outside the GSM alphabet would more than halve what a message holds, so that a text may have its own."""
    own = writing.words["sms_amounts"].get(money.currency) if writing.channel == "sms" else None
    return amount(money, writing.locale, own)


@cache
def _words(language: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(Path(__file__).with_name(f"{language}.json").read_text(encoding="utf-8"))
    return words

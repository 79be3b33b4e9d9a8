"""Sentences of answers: each in every language of its market, with the same facts, in the formats of its reader."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter

import pytest

from infra.packages import ROOT
from shared.adapters.sentences import LOCALES, preferred, said, sentences, translated
from shared.domain.facts import Facts
from shared.domain.money import Money
from shared.domain.offers import UNMATCHED
from shared.domain.scoring import REASONS, WOULD_BE_APPROVED
from shared.domain.standing import IMPROVES
from shared.domain.waiver_terms import WHY_NOT
from shared.domain.waivers import BY_RULE
from shared.markets import CODES, market
from shared.markets.scorecards import scorecard, versions

TODAY = date(2026, 11, 22)
OTHERS = [language for language in LOCALES if language != "en"]
# What any borrower may be told of a decision, a board, his standing or a waiver.
TOLD = [*REASONS.values(), WOULD_BE_APPROVED, *UNMATCHED.values(), *WHY_NOT.values(), *IMPROVES.values()]
TOLD += BY_RULE.values()


def placeholders(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name)


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_told_of_decisions_and_waivers_is_written_in_every_language(language: str) -> None:
    assert [sentence for sentence in TOLD if not translated(sentence, language)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_bin_of_every_table_is_told_in_the_languages_of_its_market(code: str) -> None:
    bins = [bin.says for name in versions(code) for factor in scorecard(name).factors for bin in factor.bins]
    others = [language for language in market(code, TODAY).languages if language != "en"]

    assert others != []
    assert [says for says in bins for language in others if not translated(says, language)] == []


@pytest.mark.parametrize("table", [name for code in CODES for name in versions(code)])
def test_the_points_that_a_factor_gave_say_why(table: str) -> None:
    """So that a decision keeps the points and not their sentence, in whatever table made it."""
    for factor in scorecard(table).factors:
        assert [factor.bin_with(bin.points) for bin in factor.bins] == list(factor.bins)


def test_a_translation_has_the_facts_of_its_sentence() -> None:
    other = [
        (sentence, language)
        for sentence, translations in sentences().items()
        for language, translation in translations.items()
        if placeholders(translation) != placeholders(sentence)
    ]

    assert other == []


def test_every_market_speaks_only_languages_that_sentences_have() -> None:
    assert {language for code in CODES for language in market(code, TODAY).languages} == {*LOCALES}


FACTS: Facts = {
    "amount": Money(15_000_000, "INR"),
    "day": date(2026, 11, 25),
    "hour": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    "share": Decimal("0.1850"),
    "count": 36,
}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "₹1,50,000.00|25 Nov 2026|25 Nov 2026, 9:30 am|18.5%|36"),
        ("hi", "₹1,50,000.00|25 नव॰ 2026|25 नव॰ 2026, 9:30 am|18.5%|36"),
        ("zh", "₹150,000.00|2026年11月25日|2026年11月25日 09:30|18.5%|36"),
    ],
)
def test_facts_are_written_as_their_reader_writes_them(language: str, told: str) -> None:
    assert said("{amount}|{day}|{hour}|{share}|{count}", FACTS, language) == told


def test_an_english_amount_is_grouped_as_where_the_money_is() -> None:
    assert said("{amount}", {"amount": Money(15_000_000, "CNY")}, "en") == "CN¥150,000.00"
    assert said("{amount}", {"amount": Money(15_000_000, "CNY")}, "zh") == "¥150,000.00"


def test_a_sentence_without_facts_is_told_as_it_is() -> None:
    assert said("He wrote {so} & <b>.", {}, "hi") == "He wrote {so} & <b>."


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(KeyError, match="most"):
        said("From {least} to {most}.", {"least": 1}, "en")


def test_who_speaks_another_language_is_answered_in_english() -> None:
    assert said(UNMATCHED["no_answer"], {}, "ta") == UNMATCHED["no_answer"]
    assert said("{amount}", {"amount": Money(15_000_000, "INR")}, "ta") == "₹1,50,000.00"


@pytest.mark.parametrize("door", ["apply", "loans", "relief"])
def test_a_door_starts_without_babel_and_without_the_translations(door: str) -> None:
    script = (
        f"import sys, functions.{door}.handler, shared.adapters.sentences as sentences\n"
        "sys.exit('babel' in sys.modules or sentences.sentences.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "AWS_DEFAULT_REGION": "x-1"})

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("hi", "hi"),
        ("hi-IN,hi;q=0.9,en;q=0.8", "hi"),
        ("zh-Hans-CN", "zh"),
        ("ZH", "zh"),
        ("ta-IN, hi;q=0.5, en;q=0.4", "hi"),
        ("en;q=0.4, zh;q=0.8", "zh"),
        ("en, hi", "en"),
        ("hi, en", "hi"),
        ("hi;q=0, en;q=0.1", "en"),
        ("hi;q=0", "en"),
        ("*", "en"),
        ("fr, *;q=0.5", "en"),
        ("hi;q=2, zh;q=0.3", "zh"),
        (";;q=,,-,\u0939\u093f", "en"),
        ("hi" * 500, "en"),
    ],
)
def test_the_language_is_the_one_of_ours_that_is_wanted_most(accepted: str, language: str) -> None:
    assert preferred(accepted) == language

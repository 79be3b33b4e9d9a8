"""The Key Facts Statement: the regulator's figures, complete, and fixed by its hash."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest
from babel import Locale

from shared.adapters.formats import written
from shared.adapters.sentences import LOCALES
from shared.adapters.table import load, plain
from shared.domain.cost import cost
from shared.domain.fees import FeeRule
from shared.domain.kfs import KeyFacts, fingerprint, key_facts
from shared.domain.kfs_words import ENGLISH, WORDS, KfsWords
from shared.domain.money import Money
from tests.sandbox import AT, CHINA, INDIA, PARTNERS, TODAY, rupees

PARTNER = PARTNERS["sahyadri"]
# RBI/2024-25/18, Annex B: 20,000 at 15 % over 24 months; 240 to the lender and 160 to a third party.
FEES = (
    FeeRule("processing", "lender", Decimal(0), flat_minor=24_000),
    FeeRule("insurance", "An insurer", Decimal(0), flat_minor=16_000),
)


def facts() -> KeyFacts:
    made = cost(INDIA, rupees(20_000), Decimal("0.15"), 24, FEES, TODAY)
    return key_facts("KFS-1", INDIA, PARTNER, PARTNER.products[0], made, issued_at=AT, issued_on=TODAY)


def test_the_regulators_illustration_comes_out_in_its_sheet() -> None:
    sheet = facts().annex_b

    assert (sheet.epi_amount.minor, sheet.number_of_epis) == (96_973, 24)
    assert (sheet.fees_to_lender, sheet.fees_to_third_parties) == (rupees(240), rupees(160))
    assert sheet.net_disbursed == rupees(19_600)
    assert sheet.apr == Decimal("0.1707")
    assert sheet.total_payable == rupees(20_000) + sheet.total_interest


def test_the_schedule_adds_up_to_what_the_sheet_says() -> None:
    found = facts()

    assert sum(row.instalment.minor for row in found.schedule) == found.annex_b.total_payable.minor
    assert [row.due_on for row in found.schedule] == list(found.annex_b.due_dates)
    assert found.schedule[0].due_on == date(2026, 12, 23)


def test_fees_are_told_apart_by_who_gets_them() -> None:
    part = facts().part_1

    assert [fee.code for fee in part.fees_to_lender] == ["processing"]
    assert [fee.payee for fee in part.fees_to_third_parties] == ["An insurer"]


def test_it_names_penal_charges_cooling_off_and_whom_to_complain_to() -> None:
    found = facts()

    assert "never added to the principal" in found.part_1.contingent_charges.penal_charges
    assert found.part_2.cooling_off_days == 3
    assert found.part_2.grievance_officer == PARTNER.grievance_officer


def test_a_foreclosure_charge_is_named_with_its_tax() -> None:
    made = cost(INDIA, rupees(20_000), Decimal("0.20"), 12, (), TODAY)
    product = replace(PARTNER.products[0], foreclosure_rate=Decimal("0.025"))
    found = key_facts("KFS-1", INDIA, PARTNER, product, made, issued_at=AT, issued_on=TODAY)

    expected = "2.5% of the principal that is closed early, plus tax of 18%."
    assert found.part_1.contingent_charges.foreclosure_charges == expected


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("share", ["0.18", "0.0250", "0.1", "1", "0.005"])
def test_a_share_is_written_as_in_the_statements_language(language: str, share: str) -> None:
    market, lender = (CHINA, PARTNERS["taihu"]) if language == "zh" else (INDIA, PARTNER)
    made = cost(market, market.money(1_000_000), Decimal("0.16"), 6, (), TODAY)
    product = replace(lender.products[0], foreclosure_rate=Decimal(share))
    found = key_facts("KFS-1", market, lender, product, made, issued_at=AT, issued_on=TODAY, language=language)
    texts = [each for part in (found.part_1, found.part_2, found.annex_b) for each in texts_of(part)]

    assert written(Decimal(share), Locale.parse(LOCALES[language])) in "".join(texts)
    assert [each for each in texts if " %" in each] == []


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_every_sentence_filled_with_the_same_facts(language: str) -> None:
    words = WORDS[language]
    for field in fields(KfsWords):
        wanted, found = (
            {name for _, name, _, _ in Formatter().parse(getattr(each, field.name)) if name}
            for each in (ENGLISH, words)
        )
        assert wanted == found and getattr(words, field.name).strip(), field.name


def test_a_statement_in_china_is_in_chinese_from_its_first_sentence_to_the_collectors() -> None:
    lender = PARTNERS["taihu"]
    made = cost(CHINA, Money(1_000_000, "CNY"), Decimal("0.16"), 6, lender.products[0].fees, TODAY)
    found = key_facts("KFS-1", CHINA, lender, lender.products[0], made, issued_at=AT, issued_on=TODAY, language="zh")

    assert found.language == "zh"
    assert found.part_1.contingent_charges.penal_charges == (
        "逾期期间，对逾期金额按日计收罚息，年利率24%。逾期部分以此利率代替合同利率。"
    )
    sentences = [each for part in (found.part_1, found.part_2, found.annex_b) for each in texts_of(part)]
    assert len(sentences) == 14
    assert [each for each in sentences if not any("一" <= letter <= "鿿" for letter in each)] == []


def texts_of(part: Any) -> list[str]:
    """Sentences, without names, numbers and dates."""
    found = {field.name: getattr(part, field.name) for field in fields(part)}
    named = [text for name, text in found.items() if isinstance(text, str) and name != "proposal_number"]
    inner = found.get("contingent_charges")
    return named + (texts_of(inner) if inner else [])


def test_a_language_that_the_market_does_not_have_gives_a_statement_in_english() -> None:
    made = cost(CHINA, Money(1_000_000, "CNY"), Decimal("0.16"), 6, (), TODAY)
    lender = PARTNERS["taihu"]
    found = key_facts("KFS-1", CHINA, lender, lender.products[0], made, issued_at=AT, issued_on=TODAY, language="hi")

    assert (found.language, found.annex_b.epi_type) == ("en", "monthly")


def test_the_hash_is_that_of_what_the_api_shows() -> None:
    shown = json.dumps(plain(facts()), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert fingerprint(facts()) == hashlib.sha256(shown.encode()).hexdigest()


def test_the_hash_outlives_storage() -> None:
    assert fingerprint(load(KeyFacts, json.loads(json.dumps(plain(facts()))))) == fingerprint(facts())


def test_any_change_changes_the_hash() -> None:
    found = facts()

    assert fingerprint(replace(found, lender="Another")) != fingerprint(found)
    assert fingerprint(replace(found, valid_until=date(2026, 12, 31))) != fingerprint(found)

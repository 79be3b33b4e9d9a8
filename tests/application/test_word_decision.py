"""A decision is kept as codes and facts, and told in words of the reader's language, whenever it was made."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.sentences import LOCALES
from shared.adapters.table import load, plain
from shared.application.word_decision import without_offer, worded
from shared.domain.applications import without_offer as with_no_lender
from shared.domain.offers import UNMATCHED, Unmatched
from shared.domain.scoring import Alternative, Decision, Reason, decide
from shared.markets.scorecards import scorecard
from tests.sandbox import CHINA, INDIA, earning, rupees

CARD = scorecard(INDIA.scorecard)
DECLINED = replace(
    decide(
        INDIA, CARD, earning(4_000, 1_500, employment="unemployed", months_employed=0, age_years=17), rupees(90_000), 3
    ),
    would_be_approved=(Alternative(rupees(30_000), 12),),
)
# Of an outcome, as decisions were kept when their sentences were kept with them.
OLD: dict[str, Any] = plain(DECLINED) | {
    "reasons": [
        {"code": "instalment_unaffordable", "says": "The instalment would be more than the 500.00 INR a month."},
        {"code": "employment", "says": "You have no regular income from work."},
    ],
    "would_be_approved": [{**plain(Alternative(rupees(30_000), 12)), "says": "For 30,000.00 INR over 12 months …"}],
}


def says(decision: Decision, language: str) -> list[str]:
    view = worded(decision, language)
    told = [part.says for part in view.points], [part.says for part in view.reasons]
    return [*told[0], *told[1], *(loan.says for loan in view.would_be_approved)]


@pytest.mark.parametrize("language", LOCALES)
def test_what_is_kept_of_a_decision_comes_back_and_reads_the_same(language: str) -> None:
    again = load(Decision, plain(DECLINED))

    assert again == DECLINED
    assert worded(again, language) == worded(DECLINED, language)


def test_a_borrower_reads_every_reason_in_his_language() -> None:
    english, hindi = says(DECLINED, "en"), says(DECLINED, "hi")

    assert [one for one, other in zip(english, hindi, strict=True) if one == other] == []
    assert "लोन 18 से" in " ".join(hindi)
    assert f"₹{DECLINED.instalment_limit.decimal():,} प्रति माह" in " ".join(hindi)
    assert hindi[-1] == "12 महीनों के लिए ₹30,000.00 का लोन आपको मंज़ूर हो जाएगा।"
    assert english[-1] == "For ₹30,000.00 over 12 months you would be approved."


def test_a_decision_in_china_is_told_in_chinese() -> None:
    table = scorecard(CHINA.scorecard)
    student = replace(
        earning(employment="student"),
        monthly_income=CHINA.money(800_000),
        monthly_obligations=CHINA.money(400_000),
    )
    found = decide(CHINA, table, student, CHINA.money(10_000_000), 6)
    told = says(with_no_lender(found), "zh")

    assert "目前没有贷款机构提供该金额、期限和信用等级的贷款。" in told
    assert "每期还款将超过您的收入每月所能承担的¥0.00。" in told
    assert [sentence for sentence in told if " " in sentence or not sentence.endswith("。")] == []


def test_the_codes_are_the_same_in_every_language() -> None:
    told = [worded(DECLINED, language) for language in LOCALES]

    assert len({tuple(each.code for each in view.reasons) for view in told}) == 1
    assert {each.code for each in told[0].reasons} >= {"age_out_of_range", "instalment_unaffordable"}


def test_words_of_a_person_are_told_as_he_wrote_them() -> None:
    decision = replace(DECLINED, reasons=(Reason("declined_by_person", says="His {payslips} show it."),))

    assert [each.says for each in worded(decision, "hi").reasons] == ["His {payslips} show it."]


def test_a_decision_that_was_kept_in_words_is_told_still() -> None:
    old = worded(load(Decision, OLD), "hi")

    assert [each.says for each in old.reasons] == [
        "The instalment would be more than the 500.00 INR a month.",
        "आपकी काम से कोई नियमित आय नहीं है।",
    ]
    assert old.points == worded(DECLINED, "hi").points
    assert old.would_be_approved == worded(DECLINED, "hi").would_be_approved


def test_lenders_without_an_offer_say_why_in_every_language() -> None:
    lenders = [Unmatched("aravalli", "Aravalli Leasing", reason) for reason in UNMATCHED]

    assert [each.says for each in without_offer(lenders, "en")] == list(UNMATCHED.values())
    assert not {each.says for each in without_offer(lenders, "zh")} & {*UNMATCHED.values()}

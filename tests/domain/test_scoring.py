"""The decision: points from a table, and what an income leaves room for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.borrowers import Features
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.scoring import Decision, decide, instalment_limit
from shared.markets import CODES, market
from shared.markets.scorecards import scorecard
from tests.sandbox import CHINA, INDIA, TODAY, earning, rupees

CARD = scorecard(INDIA.scorecard)


def decision(amount: int = 20_000, tenor_months: int = 12, **features: Any) -> Decision:
    return decide(INDIA, CARD, earning(**features), rupees(amount), tenor_months)


def test_a_steady_income_with_few_obligations_is_approved_with_the_best_grade() -> None:
    found = decision()

    assert (found.outcome, found.grade) == ("approve", "A")
    assert found.score == CARD.start + sum(each.points for each in found.points)


def test_a_decision_accounts_for_every_factor_in_plain_words() -> None:
    found = decision()

    assert [each.factor for each in found.points] == [factor.name for factor in CARD.factors]
    assert all(CARD.says(each).endswith(".") for each in found.points)


def test_the_first_reason_is_what_cost_the_most_points() -> None:
    found = decision(months_employed=0, monthly_income=49_000)

    assert found.reasons[0].code == "months_employed"


def test_a_score_between_the_lines_is_for_a_person_to_judge() -> None:
    found = decision(5_000, 12, monthly_income=9_000, monthly_obligations=2_300, employment="gig", months_employed=40)

    assert CARD.refer_from <= found.score < CARD.approve_from
    assert found.outcome == "refer"


def test_a_low_score_is_declined() -> None:
    found = decision(
        5_000, 12, monthly_income=4_000, monthly_obligations=1_500, employment="unemployed", months_employed=0
    )

    assert found.score < CARD.refer_from
    assert found.outcome == "decline"


@pytest.mark.parametrize(("age_years", "outcome"), [(17, "decline"), (18, "approve"), (60, "approve"), (61, "decline")])
def test_only_the_ages_that_the_market_serves_are_approved(age_years: int, outcome: str) -> None:
    found = decision(age_years=age_years)

    assert found.outcome == outcome
    assert (found.reasons[0].code == "age_out_of_range") == (outcome == "decline")


def test_within_the_ages_served_age_changes_nothing() -> None:
    assert decision(age_years=19) == decision(age_years=59)


def test_an_instalment_beyond_what_the_income_leaves_is_declined() -> None:
    found = decision(100_000, 3, monthly_obligations=10_000)

    assert found.outcome == "decline"
    assert found.reasons[0].code == "instalment_unaffordable"


def test_a_grade_may_be_lent_so_much_and_no_more() -> None:
    least: dict[str, Any] = {
        "monthly_income": 200_000,
        "monthly_obligations": 0,
        "employment": "gig",
        "months_employed": 0,
    }
    found = decision(20_000, 36, **least)
    most = rupees(INDIA.grades[found.grade].most_minor // 100)
    above = decide(INDIA, CARD, earning(**least), most + rupees(1), 36)

    assert found.outcome == "approve" and found.limit == most
    assert (above.outcome, above.grade, above.limit) == ("decline", found.grade, rupees(0))
    assert above.reasons[0].code == "amount_above_limit" and above.reasons[0].facts == {"most": most}


def test_nothing_is_affordable_to_whom_obligations_leave_no_room() -> None:
    found = decision(monthly_income=10_000, monthly_obligations=6_000)

    assert found.outcome == "decline"
    assert found.instalment_limit == rupees(0)


def test_no_income_is_declined_and_not_a_failure() -> None:
    assert decision(monthly_income=0, monthly_obligations=0).outcome == "decline"


def test_the_limit_is_half_the_income_less_the_obligations() -> None:
    assert instalment_limit(INDIA, earning(40_001, 5_000)) == Money(1_500_050, "INR")


@given(st.integers(0, 200_000), st.integers(0, 100_000), st.integers(0, 400))
def test_more_income_never_lowers_a_score(income: int, more: int, months_employed: int) -> None:
    less = decision(monthly_income=income, months_employed=months_employed)

    assert decision(monthly_income=income + more, months_employed=months_employed).score >= less.score


@given(st.integers(18, 60), st.integers(12, 35), st.integers(30_000, 200_000))
def test_what_changes_no_bin_changes_no_score(age_years: int, months_employed: int, income: int) -> None:
    first = decision(5_000, months_employed=12, monthly_income=30_000, monthly_obligations=0)
    other = {"age_years": age_years, "months_employed": months_employed, "monthly_income": income}

    assert decision(5_000, monthly_obligations=0, **other).points == first.points


def test_the_order_of_the_factors_changes_no_score() -> None:
    turned = replace(CARD, factors=CARD.factors[::-1])

    assert decide(INDIA, turned, earning(), rupees(20_000), 12).score == decision().score


@pytest.mark.parametrize("code", CODES)
def test_every_market_has_a_scorecard_whose_bins_take_any_measure(code: str) -> None:
    card = scorecard(market(code, TODAY).scorecard)

    for factor in card.factors:
        for measure in ("astronaut",) if factor.name in ("employment", "relief") else (0, 10**12):
            assert factor.bin_of(measure) in factor.bins
        leasts = [bin.least for bin in factor.bins if bin.least is not None]
        assert leasts == sorted(leasts, reverse=True)
    assert [least for _, least in card.grades] == sorted((least for _, least in card.grades), reverse=True)


def test_the_same_facts_get_the_same_answer() -> None:
    assert decide(INDIA, CARD, earning(), rupees(20_000), 12) == decide(
        INDIA, CARD, replace(earning()), rupees(20_000), 12
    )


@pytest.mark.parametrize(("market", "is_excluded"), [(CHINA, True), (INDIA, False)])
def test_a_student_is_lent_nothing_where_the_market_says_so(market: Market, is_excluded: bool) -> None:
    income, nothing = Money(4_500_000, market.currency), Money(0, market.currency)
    student = Features(20, income, nothing, "student", 24)
    found = decide(market, scorecard(market.scorecard), student, market.money(market.amount_minor.least), 12)

    assert ("employment_excluded" in {reason.code for reason in found.reasons}) == is_excluded
    assert (found.outcome == "decline") == is_excluded

"""What would be approved instead: every loan that is named is one that a lender would give."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alternatives import STEP_MINOR, alternatives
from shared.domain.money import Money
from shared.domain.offers import Wanted, board
from shared.domain.scoring import Alternative, decide, instalment_limit
from shared.markets.scorecards import scorecard
from tests.sandbox import AT, INDIA, PARTNERS, TODAY, earning, partners_of, rupees

CARD = scorecard(INDIA.scorecard)
LENDERS = [partner for partner in partners_of(INDIA) if partner.pricing == "rule"]


def wanted(amount: Money, tenor_months: int, **facts: Any) -> Wanted:
    found = decide(INDIA, CARD, earning(**facts), amount, tenor_months)
    return Wanted("app_1", amount, tenor_months, found.grade, instalment_limit(INDIA, earning(**facts)), AT, TODAY)


def instead(amount: int, tenor_months: int, lenders: Any = LENDERS, **facts: Any) -> tuple[Alternative, ...]:
    return alternatives(INDIA, CARD, earning(**facts), wanted(rupees(amount), tenor_months, **facts), lenders)


def is_given(amount: Money, tenor_months: int, **facts: Any) -> bool:
    """Asked for anew: whether it is approved and somebody makes an offer."""
    found = decide(INDIA, CARD, earning(**facts), amount, tenor_months)
    made = board(INDIA, wanted(amount, tenor_months, **facts), LENDERS, {})
    return found.outcome == "approve" and len(made.offers) > 0


def test_too_much_for_the_income_is_answered_with_less_and_with_longer() -> None:
    less, longer = instead(100_000, 3, monthly_obligations=10_000, months_employed=60)

    assert (less.tenor_months, longer.amount) == (3, rupees(100_000))
    assert less.amount < rupees(100_000) and longer.tenor_months > 3


def test_an_amount_that_no_lender_has_is_answered_with_one_that_a_lender_has() -> None:
    small = PARTNERS["sahyadri"]
    product = replace(small.products[0], amount_minor=replace(small.products[0].amount_minor, most=1_500_000))
    [less] = instead(40_000, 12, [replace(small, products=(product,))])

    assert (less.amount, less.tenor_months) == (rupees(15_000), 12)


def test_whom_no_loan_would_help_is_promised_none() -> None:
    assert instead(5_000, 12, age_years=17) == ()
    assert instead(5_000, 12, employment="unemployed", months_employed=0, monthly_obligations=9_000) == ()


def test_without_lenders_nothing_is_promised() -> None:
    assert instead(100_000, 3, []) == ()


@settings(max_examples=30)
@given(
    amount=st.integers(5_000, 100_000),
    tenor_months=st.integers(3, 36),
    monthly_income=st.integers(5_000, 60_000),
    monthly_obligations=st.integers(0, 20_000),
    months_employed=st.sampled_from((0, 12, 36, 60)),
    employment=st.sampled_from(("salaried", "gig", "student")),
)
def test_what_is_named_would_be_given_and_a_step_more_would_not(amount: int, tenor_months: int, **facts: Any) -> None:
    for each in instead(amount, tenor_months, **facts):
        more = each.amount + Money(STEP_MINOR, "INR")

        assert is_given(each.amount, each.tenor_months, **facts)
        assert each.amount <= rupees(amount) and each.tenor_months >= tenor_months
        if each.amount < rupees(amount) and more < rupees(amount):
            assert not is_given(more, each.tenor_months, **facts)
        if each.amount == rupees(amount) and each.tenor_months - 1 > tenor_months:
            assert not is_given(each.amount, each.tenor_months - 1, **facts)

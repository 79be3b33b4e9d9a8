"""Drift: how far those who apply have moved from those of whom the table was made."""

import math
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.drift import FactorDrift, drift
from shared.domain.scorecard import Factor
from shared.domain.scoring import measures
from shared.markets.scorecards import scorecard
from tests.sandbox import INDIA, earning, rupees

CARD = scorecard(INDIA.scorecard)
MEASURED = measures(earning(), rupees(1_900))
MONTHS = next(factor for factor in CARD.factors if factor.name == "months_employed")


def months(*each: int) -> list[Mapping[str, int | str]]:
    return [MEASURED | {"months_employed": count} for count in each]


def of(factor: Factor, found: tuple[FactorDrift, ...]) -> FactorDrift:
    return next(each for each in found if each.factor == factor.name)


def as_then() -> list[Mapping[str, int | str]]:
    """A thousand people in the shares of the table."""
    return [one for bin in MONTHS.bins for one in months(*[bin.least or 0] * round(1_000 * (bin.share or 0)))]


def test_the_same_people_have_not_moved() -> None:
    found = of(MONTHS, drift(CARD, as_then()))

    assert (found.index, found.reading) == (Decimal("0.0000"), "stable")


def test_people_in_other_shares_have_moved_by_the_textbook_s_sum() -> None:
    now = dict(zip((60, 36, 12, 0), (0.25, 0.25, 0.25, 0.25), strict=True))
    found = of(MONTHS, drift(CARD, months(*now)))
    then = {bin.least: float(bin.share or 0) for bin in MONTHS.bins}
    expected = sum((now[at] - then[at]) * math.log(now[at] / then[at]) for at in now)

    assert float(found.index) == pytest.approx(expected, abs=1e-4)
    assert found.reading == "unlike"


def test_a_bin_without_anybody_does_not_break_the_index() -> None:
    found = of(MONTHS, drift(CARD, months(*[60] * 400)))

    assert found.index > 1
    assert [bin.now for bin in found.bins] == [1, 0, 0, 0]


def test_a_factor_that_no_data_made_has_no_drift() -> None:
    found = drift(CARD, [MEASURED])

    assert {each.factor for each in found} == {"monthly_income", "employment", "months_employed", "instalment_percent"}


def test_nobody_has_no_drift() -> None:
    assert drift(CARD, []) == ()


@given(st.lists(st.integers(0, 400), min_size=1, max_size=50))
def test_drift_is_never_negative_and_has_no_order(each: list[int]) -> None:
    found = drift(CARD, months(*each))

    assert all(factor.index >= 0 for factor in found)
    assert drift(CARD, months(*reversed(each))) == found

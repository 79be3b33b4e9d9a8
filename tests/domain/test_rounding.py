"""Whole-number division rounds as `decimal` does."""

import decimal
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rounding import divide

MODES = ("HALF_UP", "HALF_EVEN", "HALF_DOWN", "UP", "DOWN", "CEILING", "FLOOR")


@pytest.mark.parametrize("mode", MODES)
@given(numerator=st.integers(-(10**12), 10**12), denominator=st.sampled_from([1, 2, 4, 5, 8, 10, 16, 100, 1000]))
def test_every_mode_means_what_it_means_in_decimal(mode: str, numerator: int, denominator: int) -> None:
    rounding = f"ROUND_{mode}"

    assert divide(numerator, denominator, rounding) == int(
        (Decimal(numerator) / denominator).quantize(Decimal(1), rounding)
    )


def test_a_quotient_just_below_the_tie_is_not_rounded_up() -> None:
    just_below = 10**40 // 2 - 1

    assert divide(just_below, 10**40, decimal.ROUND_HALF_UP) == 0
    assert divide(just_below + 1, 10**40, decimal.ROUND_HALF_UP) == 1

"""Money is whole minor units of one currency."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.money import Money, total

AMOUNTS = st.integers(-(10**12), 10**12)


def rupees(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "INR")


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    assert rupees("10.50") + rupees("0.50") == rupees("11")
    assert rupees("10.50") - rupees("11") == -rupees("0.50")
    assert rupees("1") < rupees("1.01") <= rupees("1.01") > rupees("1") >= rupees("1")


def test_two_currencies_do_not_mix() -> None:
    for operation in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(AssertionError):
            operation(Money(1, "INR"), Money(1, "CNY"))


def test_an_amount_is_a_whole_number_of_a_known_currency() -> None:
    for minor, currency in ((Decimal(1), "INR"), (True, "INR"), (1, "XXX")):
        with pytest.raises(AssertionError):
            Money(minor, currency)  # type: ignore[arg-type]


def test_only_nothing_is_false() -> None:
    assert not Money(0, "INR")
    assert Money(-1, "INR")


@pytest.mark.parametrize(
    ("factor", "rounding", "expected"),
    [("0.005", ROUND_HALF_UP, 1), ("0.005", ROUND_HALF_EVEN, 0), ("0.0099", ROUND_DOWN, 0), ("1.5", ROUND_DOWN, 150)],
)
def test_a_product_is_rounded_once_in_the_mode_that_is_named(factor: str, rounding: str, expected: int) -> None:
    assert Money(100, "INR").times(Decimal(factor), rounding) == Money(expected, "INR")


def test_digits_are_those_of_the_currency() -> None:
    assert str(Money(150_000, "INR")) == "1,500.00 INR"
    assert str(Money(1_500, "JPY")) == "1,500 JPY"
    assert Money(1_500, "KWD").decimal() == Decimal("1.500")


def test_the_last_part_takes_the_remainder() -> None:
    assert rupees("100").split(3) == (rupees("33.33"), rupees("33.33"), rupees("33.34"))


@given(minor=AMOUNTS, parts=st.integers(1, 50))
def test_parts_sum_to_the_whole(minor: int, parts: int) -> None:
    assert total(Money(minor, "INR").split(parts), "INR") == Money(minor, "INR")


def test_the_sum_of_nothing_is_nothing_of_the_currency() -> None:
    assert total([], "CNY") == Money(0, "CNY")

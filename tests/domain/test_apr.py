"""Yearly costs against what regulators publish, and against another solver."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.apr import apr_eu, apr_rbi, apr_us, monthly_irr
from shared.domain.money import Money


def percent(rate: Decimal) -> str:
    return str((rate * 100).quantize(Decimal("0.01"), ROUND_HALF_UP))


def rupees(amount: int) -> Money:
    return Money(amount * 100, "INR")


def test_the_reserve_bank_of_india_s_illustration_comes_out() -> None:
    # RBI/2024-25/18, Key Facts Statement, Annex B.
    assert percent(apr_rbi(rupees(20_000), Decimal("0.15"), 24, fees=rupees(400))) == "17.07"


@given(annual_rate=st.decimals(0, 2, places=6), instalments=st.integers(1, 360))
def test_without_fees_the_yearly_cost_is_exactly_the_rate(annual_rate: Decimal, instalments: int) -> None:
    assert apr_rbi(rupees(20_000), annual_rate, instalments, fees=rupees(0)) == annual_rate


def worth(rate: Fraction, received: Fraction, payments: list[Fraction]) -> Fraction:
    """What was received less the present value of the payments: exact, below zero where the rate is too low."""
    owed = Fraction(0)
    for payment in reversed(payments):
        owed = (owed + payment) / (1 + rate)
    return received - owed


ALMOST_NOTHING = Fraction(1, 10**12)


@given(
    lent=st.integers(10_000, 10**9),
    annual_rate=st.decimals(0, 2, places=4),
    instalments=st.integers(1, 60),
    fee_share=st.fractions(0, Fraction(1, 2), max_denominator=1_000),
)
def test_the_yearly_cost_of_equal_instalments_is_right_to_twelve_decimals(
    lent: int, annual_rate: Decimal, instalments: int, fee_share: Fraction
) -> None:
    fees, month = int(lent * fee_share), Fraction(annual_rate) / 12
    level = lent * month / (1 - (1 + month) ** -instalments) if month else Fraction(lent, instalments)
    found = Fraction(apr_rbi(Money(lent, "INR"), annual_rate, instalments, Money(fees, "INR")))

    assert worth((found - ALMOST_NOTHING) / 12, Fraction(lent - fees), [level] * instalments) < 0
    assert worth((found + ALMOST_NOTHING) / 12, Fraction(lent - fees), [level] * instalments) > 0


@given(
    received=st.integers(10_000, 10**9),
    cost=st.integers(-900, 9_000),
    count=st.integers(1, 60),
    difference=st.integers(-20, 20),
)
def test_the_return_of_equal_payments_is_right_to_twelve_decimals_whatever_rounding_left_to_the_last(
    received: int, cost: int, count: int, difference: int
) -> None:
    level = received * (1_000 + cost) // 1_000 // count
    payments = [*[level] * (count - 1), level + difference]
    assume(min(payments) > 0)
    found = Fraction(monthly_irr(Money(received, "INR"), [Money(payment, "INR") for payment in payments]))

    assert worth(found - ALMOST_NOTHING, Fraction(received), [Fraction(payment) for payment in payments]) < 0
    assert worth(found + ALMOST_NOTHING, Fraction(received), [Fraction(payment) for payment in payments]) > 0


def test_a_caller_s_few_digits_change_no_yearly_cost() -> None:
    exact = apr_rbi(rupees(20_000), Decimal("0.15"), 24, fees=rupees(400))

    with localcontext(prec=6):
        assert apr_rbi(rupees(20_000), Decimal("0.15"), 24, fees=rupees(400)) == exact


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        # Directive 98/7/EC, Annex II, first example: 1,000 now, 1,200 after a year and a half of 546 days.
        ([(Fraction(0), "1000"), (Fraction(546, 365), "-1200")], "12.96"),
        # The second: 1,000 less 50 of fees.
        ([(Fraction(0), "950"), (Fraction(546, 365), "-1200")], "16.90"),
        # The third: two payments of 600 after one and two years.
        ([(Fraction(0), "1000"), (Fraction(1), "-600"), (Fraction(2), "-600")], "13.07"),
    ],
)
def test_the_european_examples_come_out(flows: list[tuple[Fraction, str]], expected: str) -> None:
    assert percent(apr_eu([(time, Decimal(amount)) for time, amount in flows])) == expected


def american(
    advance: str, payments: list[tuple[int, str]], odd: Fraction = Fraction(0)
) -> list[tuple[int, Fraction, Decimal]]:
    return [(0, Fraction(0), Decimal(advance)), *((count, odd, -Decimal(amount)) for count, amount in payments)]


# 12 CFR 1026 (Regulation Z), Appendix J (c), numbered as there.
@pytest.mark.parametrize(
    ("flows", "unit_periods_per_year", "expected"),
    [
        # (1)(iii): half-month periods, the first payment after 6 of 15 days.
        (american("5000", [(k, "219.17") for k in range(24)], Fraction(2, 5)), Fraction(24), "10.34"),
        # (1)(iv): quarters, the first payment after one quarter and 39 of 90 days.
        (american("10000", [(k, "385.00") for k in range(1, 41)], Fraction(13, 30)), Fraction(4), "8.97"),
        # (1)(v): weeks, the first payment after four weeks and four days.
        (american("500", [(k, "17.60") for k in range(4, 34)], Fraction(4, 7)), Fraction(52), "14.96"),
        # (3)(i): monthly, the last payment is larger.
        (american("5000", [(k, "230.00") for k in range(1, 24)] + [(24, "280.00")]), Fraction(12), "10.50"),
        # (5)(i): one payment after 255 days.
        (american("1000", [(1, "1080.00")]), Fraction(365, 255), "11.45"),
    ],
)
def test_the_american_examples_come_out(
    flows: list[tuple[int, Fraction, Decimal]], unit_periods_per_year: Fraction, expected: str
) -> None:
    assert percent(apr_us(flows, unit_periods_per_year)) == expected


@given(
    lent=st.integers(10_000, 10**9),
    cost=st.integers(-300, 3_000),
    parts=st.lists(st.integers(1, 1_000), min_size=1, max_size=60),
)
def test_any_schedule_s_return_is_that_of_another_solver(lent: int, cost: int, parts: list[int]) -> None:
    paid = lent * (1_000 + cost) // 1_000
    payments = [Money(paid * part // sum(parts), "INR") for part in parts]
    assume(sum(payment.minor for payment in payments) > 0)
    ours = monthly_irr(Money(lent, "INR"), payments)
    theirs = pyxirr.irr([-lent, *(payment.minor for payment in payments)])
    assume(theirs is not None)

    assert float(ours) == pytest.approx(theirs, abs=1e-9)


def test_paying_back_less_than_was_received_is_a_negative_rate() -> None:
    assert monthly_irr(rupees(2_500), [rupees(100)] * 24) < 0
    assert monthly_irr(rupees(2_400), [rupees(100)] * 24) == 0

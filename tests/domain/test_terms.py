"""What follows from terms before money moves: period rates, and interest so far."""

from datetime import date
from decimal import Decimal

import pytest

from shared.domain.money import Money
from shared.domain.terms import Terms, accrued_interest, due_dates, period_rates

START, DUE = date(2026, 1, 1), date(2026, 2, 1)
BY_MONTH = Terms(Money(1_000_000, "INR"), Decimal("0.162"), 12)
BY_DAY = Terms(Money(1_000_000, "INR"), Decimal("0.162"), 12, interest_period="daily", day_count="actual/365")


@pytest.mark.parametrize(
    ("every", "interest_period", "day_count", "expected"),
    [
        ((1, "month"), "whole_period", "30/360", (1, 120)),
        ((3, "month"), "whole_period", "actual/365", (3, 120)),
        ((2, "week"), "whole_period", "30/360", (2, 520)),
        ((30, "day"), "whole_period", "actual/360", (30, 3600)),
        ((30, "day"), "whole_period", "actual/actual-ISDA", (30, 3650)),
        ((1, "month"), "daily", "30/360", (1, 120)),
        ((2, "week"), "daily", "30/360", (14, 3600)),
        ((1, "month"), "daily", "actual/365", (31, 3650)),
        ((1, "month"), "daily", "actual/360", (31, 3600)),
    ],
)
def test_a_period_s_rate_is_its_part_of_the_year(
    every: tuple[int, str], interest_period: str, day_count: str, expected: tuple[int, int]
) -> None:
    terms = Terms(Money(100, "INR"), Decimal("0.1"), 1, every, interest_period=interest_period, day_count=day_count)
    [(part, whole)] = period_rates(terms, START, [DUE])

    assert part * expected[1] == whole * expected[0]


def test_due_dates_count_in_weeks_and_days_too() -> None:
    assert due_dates((2, "week"), 2, START) == (date(2026, 1, 15), date(2026, 1, 29))
    assert due_dates((30, "day"), 2, START) == (date(2026, 1, 31), date(2026, 3, 2))


def test_interest_so_far_is_the_share_of_the_days() -> None:
    balances = [(START, Money(1_000_000, "INR"))]

    assert accrued_interest(BY_MONTH, balances, period=(START, DUE), until=START) == Money(0, "INR")
    assert accrued_interest(BY_MONTH, balances, period=(START, DUE), until=DUE) == Money(13_500, "INR")
    # 10,000 x 1.35 % x 10/31, and 10,000 x 16.2 % x 10/365.
    assert accrued_interest(BY_MONTH, balances, period=(START, DUE), until=date(2026, 1, 11)) == Money(4_355, "INR")
    assert accrued_interest(BY_DAY, balances, period=(START, DUE), until=date(2026, 1, 11)) == Money(4_438, "INR")


def test_interest_so_far_follows_the_balance_and_is_rounded_once() -> None:
    balances = [(START, Money(1_000_000, "INR")), (date(2026, 1, 11), Money(400_000, "INR"))]
    accrued = accrued_interest(BY_DAY, balances, period=(START, DUE), until=DUE)

    # (10,000 x 10 + 4,000 x 21) x 16.2 % / 365 is 81.6658.
    assert accrued == Money(8_167, "INR")


def test_interest_is_not_asked_beyond_its_period() -> None:
    with pytest.raises(AssertionError):
        accrued_interest(BY_MONTH, [(START, Money(1, "INR"))], period=(START, DUE), until=date(2026, 2, 2))

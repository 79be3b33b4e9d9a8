"""What falls due, and interest for the days on which it is owed."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import dues
from shared.domain.loan import due_date
from shared.domain.money import Money
from shared.domain.schedule import schedule
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

DATES = [LENT_ON, date(2027, 12, 31), date(2028, 2, 29), date(2026, 3, 15), date(2027, 10, 30)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20_000_000),
    st.sampled_from(["0", "0.15", "0.2399", "0.36"]),
    st.integers(1, 36),
    st.sampled_from(DATES),
)
def test_a_loan_paid_on_its_due_dates_is_its_schedule_and_ends_at_nothing(
    minor: int, annual_rate: str, instalments: int, lent_on: date
) -> None:
    life = Life(contract(str(Decimal(minor) / 100), annual_rate, instalments, "0"), lent_on)
    rows = [row for row in schedule(life.contract.terms, lent_on) if row.total]
    for row in rows:
        life.pay(row.total, row.due_on)
    life.check()

    fallen = [entry.due for entry in life.entries if entry.due and entry.due.principal + entry.due.interest]
    wanted = [(row.number, row.due_on, row.principal.minor, row.interest.minor) for row in rows]
    assert [(due.number, due.due_on, due.principal, due.interest) for due in fallen] == wanted
    assert life.loan.state == "closed"
    assert (life.loan.principal, life.loan.excess, life.balance("interest_receivable")) == (0, 0, 0)


@pytest.mark.parametrize("lent_on", DATES)
def test_what_is_to_come_on_the_first_day_is_the_schedule(lent_on: date) -> None:
    life = Life(contract(), lent_on)

    rows = schedule(life.contract.terms, lent_on)
    to_come = dues.to_come(life.loan, life.contract)
    assert [(due.due_on, due.principal, due.interest) for due in to_come] == [
        (row.due_on, row.principal.minor, row.interest.minor) for row in rows
    ]


def test_the_first_due_of_the_reserve_banks_example() -> None:
    life = Life(contract()).until(date(2026, 2, 28))

    # 20,000 x 15 % / 12 = 250.00 of interest; 969.73 - 250.00 = 719.73 of principal.
    assert [(due.principal, due.interest) for due in life.loan.dues] == [(71_973, 25_000)]
    assert life.loan.not_yet_due == 2_000_000 - 71_973


def test_a_due_that_is_not_paid_earns_interest_as_principal_but_not_on_its_interest() -> None:
    life = Life(contract()).until(date(2026, 3, 31))

    # Nothing was paid: the second month's interest is on 20,000 again, not on 20,250.
    assert [due.interest for due in life.loan.dues] == [25_000, 25_000]


def test_dues_fall_once_however_often_one_asks() -> None:
    life = Life(contract()).until(date(2026, 3, 31))
    once = life.loan

    assert life.until(date(2026, 3, 31)).loan == once


def test_no_interest_runs_once_all_of_the_principal_was_demanded() -> None:
    ends = date(2028, 1, 31)
    life = Life(contract()).until(ends)
    owed = life.loan.principal + life.balance("interest_receivable")
    life.pay(rupees("1"), ends + timedelta(days=3))
    life.until(ends + timedelta(days=400))

    assert dues.next_due_on(life.loan, life.contract) is None
    assert life.loan.principal + life.balance("interest_receivable") == owed - 100


def test_a_shortened_loan_whose_last_due_is_late_earns_nothing_more() -> None:
    """After the prepayment one due takes all; a payment towards it does not start interest again."""
    life = Life(contract(foreclosure_rate=Decimal(0)))
    life.pay(rupees("19500"), LENT_ON + timedelta(days=1), "prepayment")
    life.until(date(2026, 2, 28))
    assert life.loan.not_yet_due == 0
    life.pay(rupees("100"), date(2026, 3, 10))
    owed = life.loan.principal + life.balance("interest_receivable")

    life.until(date(2026, 12, 31))
    assert life.loan.principal + life.balance("interest_receivable") == owed
    life.check()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DATES),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 150_000)), max_size=20),
    st.sampled_from(["instalment", "prepayment"]),
    st.sampled_from(["shorter_tenor", "smaller_instalment"]),
)
def test_the_interest_of_a_life_is_that_of_its_days(
    lent_on: date, payments: list[tuple[int, int]], purpose: str, effect: str
) -> None:
    """Nothing is lost and nothing is charged twice: at most half a paisa per period is rounding."""
    life = Life(contract(instalments=6, prepayment=effect), lent_on)
    on = lent_on
    for days, minor in payments:
        on += timedelta(days=days)
        life.pay(Money(minor, "INR"), on, purpose)
    last = due_date(life.loan, life.contract, 6)
    life.until(max(on, last))

    starts = [due_date(life.loan, life.contract, number) for number in range(7)]
    exact = sum((_interest(life, start, end) for start, end in pairwise(starts)), start=Fraction(0))
    assert -3 <= -life.balance("interest_income") - exact <= 3


def _interest(life: Life, start: date, end: date) -> Fraction:
    """Of one period at 15 %/12, day by day, on the principal at the start of each day."""
    total = Fraction(0)
    for day in range((end - start).days):
        until = [entry for entry in life.entries if entry.effective_on <= start + timedelta(days=day)]
        unpaid = sum(entry.moved("principal") for entry in until)
        demanded = sum(entry.due.principal for entry in until if entry.due)
        demanded -= sum(line.amount for entry in until for line in entry.lines if line.component == "principal")
        total += unpaid if unpaid > demanded else 0
    return total * Fraction(15, 1200) / (end - start).days


def test_an_instalment_paid_early_is_not_demanded_and_its_interest_comes_with_the_next() -> None:
    life = Life(contract())
    life.pay(rupees("969.73"), LENT_ON + timedelta(days=14))
    life.until(date(2026, 2, 28))

    # 28 days: half of the month's 250.00 is booked on the 14th day, so that 844.73 went to the principal.
    assert life.loan.principal == 2_000_000 - 84_473
    assert not dues.until(life.loan, life.contract, date(2026, 2, 28), AT)[0].dues
    # The other half on 19,155.27: 119.72, which is carried; March has 239.44 of its own.
    assert life.loan.carried == 11_972
    life.until(date(2026, 3, 31))
    assert [(due.number, due.interest) for due in life.loan.dues] == [(2, 11_972 + 23_944)]
    life.check()


def test_a_last_due_that_excess_settles_closes_the_loan() -> None:
    life = Life(contract(instalments=3))
    life.pay(rupees("19000"), LENT_ON)
    life.pay(rupees("2000"), date(2026, 2, 28))
    life.until(date(2026, 4, 30))
    life.check()

    assert life.loan.state == "closed"
    assert life.loan.closed_on is not None

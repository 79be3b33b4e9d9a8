"""What a borrower did on loans of ours, as his next decision sees it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calendar import add_months
from shared.domain.conduct import NEW, RELIEF, Conduct
from shared.domain.lateness import steps
from shared.domain.loan_conduct import conduct
from shared.domain.money import Money
from shared.domain.payoff import foreclosure
from tests.domain.lending import LENT_ON, Life, contract, rupees
from tests.sandbox import INDIA

DAY = timedelta(days=1)
DUE, NEXT = date(2026, 2, 28), date(2026, 3, 31)
RULES = INDIA.conduct
INSTALMENT = rupees("969.73")


def lent() -> Life:
    return Life(contract(fees="0"))


def of(*lives: Life, on: date) -> Conduct:
    """As the decision of a day reads it: with all dues up to that day."""
    return conduct([steps(life.start, life.contract, life.until(on).entries) for life in lives], RULES, on)


def closed(life: Life, on: date) -> Life:
    life.until(on)
    life.pay(foreclosure(life.loan, life.contract, on).amount, on, "foreclosure")
    assert life.loan.state == "closed"
    return life


def test_who_never_had_a_loan_has_nothing_for_or_against_him() -> None:
    assert of(on=NEXT) == NEW


def test_paid_on_the_due_date_is_not_late() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE)

    assert of(life, on=DUE + 20 * DAY) == NEW


@pytest.mark.parametrize(("days", "late"), [(3, 0), (4, 1), (40, 1)])
def test_an_instalment_is_late_beyond_the_days_of_grace(days: int, late: int) -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + days * DAY)
    if days > 31:
        life.pay(INSTALMENT, DUE + days * DAY)
    found = of(life, on=NEXT - DAY if days < 31 else DUE + days * DAY)

    assert found.late_instalments >= late
    assert found.worst_days_late == (days if late else 0)


def test_what_is_unpaid_is_late_up_to_today() -> None:
    assert of(lent(), on=DUE + 90 * DAY).worst_days_late == 90
    assert of(lent(), on=DUE + 90 * DAY).late_instalments == 3


def test_lateness_is_forgotten_once_its_months_are_over() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE + 10 * DAY)
    closed(life, DUE + 10 * DAY)
    over = add_months(DUE + 10 * DAY, RULES.months)

    assert of(life, on=over - DAY).late_instalments == 1
    assert of(life, on=over).late_instalments == 0


@pytest.mark.parametrize(("days", "repaid"), [(RULES.loan_days - 1, 0), (RULES.loan_days, 1)])
def test_a_loan_counts_as_repaid_when_it_was_used_for_a_while(days: int, repaid: int) -> None:
    life = lent()
    life.pay(Money(3 * INSTALMENT.minor, "INR"), LENT_ON + DAY, "instalment")

    assert of(closed(life, LENT_ON + days * DAY), on=NEXT + 90 * DAY).loans_repaid == repaid


def test_every_loan_counts() -> None:
    lives = [closed(lent(), LENT_ON + 70 * DAY) for _ in range(3)]

    assert of(*lives, on=LENT_ON + 80 * DAY).loans_repaid == 3


def test_a_waiver_that_is_kept_is_no_reason_against_anybody() -> None:
    life = lent().until(DUE + 5 * DAY).grant(0, "969.73", DUE + 5 * DAY, DUE + 9 * DAY)
    assert of(life, on=DUE + 5 * DAY).relief == "running"

    life.pay(INSTALMENT, DUE + 8 * DAY)
    assert of(life, on=DUE + 9 * DAY).relief == "kept"


def test_a_waiver_that_lapses_is_broken() -> None:
    life = lent().until(DUE + 5 * DAY).grant(0, "969.73", DUE + 5 * DAY, DUE + 9 * DAY)

    assert of(life, on=DUE + 10 * DAY).relief == "broken"


def test_a_plan_runs_and_is_broken_by_what_is_unpaid_for_too_long() -> None:
    first = NEXT + 10 * DAY
    life = lent().until(NEXT).plan(24, NEXT, first, breaks_after_days=30)

    assert of(life, on=first).relief == "running"
    assert of(life, on=first + 31 * DAY).relief == "broken"


def test_another_due_day_is_no_relief_that_runs() -> None:
    life = lent().until(DUE)
    life.pay(INSTALMENT, DUE)
    life.plan(23, DUE, NEXT, breaks_after_days=None)

    assert of(life, on=DUE + DAY).relief == "kept"


def test_a_settlement_is_a_loan_given_up_in_part() -> None:
    life = lent().until(DUE + 70 * DAY).grant(0, "9000", DUE + 70 * DAY, DUE + 80 * DAY, closes=True)
    life.pay(rupees("9000"), DUE + 75 * DAY)
    found = of(life, on=DUE + 80 * DAY)

    assert life.loan.state == "closed"
    assert (found.relief, found.loans_repaid) == ("given_up", 0)


def test_a_write_off_is_a_loan_given_up() -> None:
    assert of(lent().write_off(DUE + 200 * DAY), on=DUE + 201 * DAY).relief == "given_up"


def test_the_worst_of_all_loans_counts() -> None:
    good, bad = closed(lent(), LENT_ON + 70 * DAY), lent()
    found = of(good, bad, on=LENT_ON + 70 * DAY)

    assert (found.loans_repaid, found.worst_days_late) == (1, (LENT_ON + 70 * DAY - DUE).days)


@given(st.integers(0, 200), st.integers(1, 60))
def test_paying_later_never_looks_better(days: int, more: int) -> None:
    on = DUE + 300 * DAY
    sooner, later = lent().until(DUE), lent().until(DUE)
    for life, late in ((sooner, days), (later, days + more)):
        life.pay(INSTALMENT, DUE + late * DAY)
    first, second = of(sooner, on=on), of(later, on=on)

    assert second.worst_days_late >= first.worst_days_late
    assert second.late_instalments >= first.late_instalments
    assert RELIEF.index(second.relief) >= RELIEF.index(first.relief)

"""Lives under another system's habits: figures of Apache Fineract's end-to-end tests, or worked out beside them."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from shared.domain.conventions.book import LoanHabits, Row
from shared.domain.conventions.life import Charged, ChargedOff, DayClosed, Life, Repaid, Reversed, Waived, begun
from shared.domain.conventions.opening import Habits, opening_table
from shared.domain.money import Money
from shared.domain.terms import Terms

ORDER = ("penalty", "fee", "principal", "interest")
DAILY = LoanHabits(Habits("factor_product"), ORDER, ORDER, ORDER, recalculates_daily=True)
FIXED = LoanHabits(Habits("factor_product"), ORDER, ORDER, ORDER)


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def life(habits: LoanHabits, annual_rate: str = "0.07") -> Life:
    """100.00 over six months, disbursed on New Year's Day."""
    terms = Terms(Money(10_000, "INR"), Decimal(annual_rate), 6, interest_period="daily", rounding=ROUND_HALF_EVEN)
    table = opening_table(terms, habits.table, day("01-01"))
    return begun(terms, habits, table, disbursed_on=day("01-01"), recorded_on=day("01-01"))


def repay(
    loan: Life, ref: str, on: str, amount: int | None, *, entered: str | None = None, to: str | None = None
) -> None:
    loan.record(Repaid(ref, day(on), amount, to), day(entered or on))


def asked(loan: Life, *components: str) -> list[tuple[int, ...]]:
    return [
        tuple(row.asked[component] for component in components or ("principal", "interest")) for row in loan.book.rows
    ]


def outstanding(rows: list[Row]) -> list[int]:
    return [row.total_outstanding for row in rows]


def test_money_in_advance_bears_interest_only_until_it_came() -> None:
    loan = life(DAILY)
    repay(loan, "r1", "01-23", 1701)

    assert asked(loan) == [(1660, 41), (1637, 64), (1662, 39), (1672, 29), (1681, 20), (1688, 10)]
    assert loan.book.allocations["r1"].taken == {"principal": 1660, "interest": 41, "fee": 0, "penalty": 0}


def test_a_reversed_repayment_never_was() -> None:
    loan = life(DAILY)
    before = asked(loan)
    repay(loan, "r1", "01-23", 1701)
    loan.record(Reversed("r1"), day("01-23"))

    assert asked(loan) == before
    assert "r1" not in loan.book.allocations


def test_a_charge_off_that_stops_interest_turns_the_rest_into_principal() -> None:
    loan = life(
        LoanHabits(Habits("factor_product"), ORDER, ORDER, ORDER, recalculates_daily=True, charge_off_interest="stops")
    )
    loan.record(ChargedOff("off", day("01-05")), day("01-23"))

    assert asked(loan) == [(1693, 8), (1701, 0), (1701, 0), (1701, 0), (1701, 0), (1503, 0)]
    assert loan.book.allocations["off"].amount == 10_008


def test_a_charge_off_that_accelerates_asks_for_everything_at_once() -> None:
    loan = life(
        LoanHabits(
            Habits("factor_product"), ORDER, ORDER, ORDER, recalculates_daily=True, charge_off_interest="accelerates"
        )
    )
    loan.record(Charged("c1", day("03-15"), "fee", 250), day("01-02"))
    loan.record(ChargedOff("off", day("02-01")), day("02-01"))

    assert asked(loan, "principal", "interest", "fee") == [(10_000, 58, 0), (0, 0, 250)]
    assert [row.due_on for row in loan.book.rows] == [day("02-01"), day("03-15")]


def test_overdue_principal_bears_interest_until_the_last_day_that_was_closed() -> None:
    loan = life(DAILY)
    loan.record(DayClosed(day("02-16")), day("02-16"))

    # 83.57 over February, and the overdue 16.43 for its first 15 of 29 days: 0.4875 + 0.0496.
    assert asked(loan)[1][1] == 54


def test_a_payoff_leaves_nothing() -> None:
    loan = life(DAILY)
    repay(loan, "r1", "02-01", 1701)
    repay(loan, "off", "02-15", None)

    # 83.57 and 14 of 29 days of February's 0.4875.
    assert loan.book.allocations["off"].amount == 8357 + 24
    assert loan.book.outstanding == 0
    assert loan.book.overpaid == 0


def test_a_repayment_dated_back_is_put_where_it_belongs() -> None:
    late, in_order = life(DAILY), life(DAILY)
    repay(in_order, "r1", "01-20", 1000)
    repay(in_order, "r2", "02-01", 1701)
    repay(late, "r2", "02-01", 1701)
    repay(late, "r1", "01-20", 1000, entered="02-01")

    assert asked(late) == asked(in_order)
    assert late.book.allocations["r2"].taken == in_order.book.allocations["r2"].taken


def test_a_rest_pays_a_charge_that_comes_later() -> None:
    loan = life(FIXED, annual_rate="0")
    repay(loan, "r1", "06-30", 10_050)

    assert loan.book.overpaid == 50

    loan.record(Charged("c1", day("08-01"), "penalty", 30), day("07-10"))

    assert loan.book.overpaid == 20
    assert loan.book.allocations["r1"].taken["penalty"] == 30
    assert (loan.book.rows[-1].number, loan.book.rows[-1].due_on) == (7, day("08-01"))


def test_a_waiver_takes_what_is_outstanding_and_can_be_taken_back() -> None:
    loan = life(FIXED, annual_rate="0")
    loan.record(Charged("c1", day("01-15"), "fee", 500), day("01-10"))
    repay(loan, "r1", "01-10", 200)
    loan.record(Waived("c1"), day("01-11"))

    assert loan.book.rows[0].outstanding("fee") == 0
    assert loan.book.charges["c1"].waived == 300

    loan.record(Waived("c1", is_taken_back=True), day("01-12"))

    assert loan.book.rows[0].outstanding("fee") == 300


@pytest.mark.parametrize(
    ("to", "left"),
    [
        ("next", [667, 1667, 1667, 1667, 1667, 1665]),
        ("last", [1667, 1667, 1667, 1667, 1667, 665]),
        ("reamortise", [1500, 1500, 1500, 1500, 1500, 1500]),
    ],
)
def test_money_in_advance_goes_where_the_terms_or_the_payer_say(to: str, left: list[int]) -> None:
    loan = life(FIXED, annual_rate="0")
    repay(loan, "r1", "01-01", 1000, to=to)

    assert outstanding(loan.book.rows) == left
    assert sum(outstanding(loan.book.rows)) == 9000


def test_a_few_paise_split_over_many_rows_are_not_handed_out_twice() -> None:
    loan = life(FIXED, annual_rate="0")
    repay(loan, "r1", "01-01", 4, to="reamortise")

    assert loan.book.outstanding == 9996
    assert loan.book.overpaid == 0


def test_a_first_pass_pays_no_charge_before_its_day() -> None:
    habits = LoanHabits(
        Habits("factor_product"),
        ORDER,
        ORDER,
        ("principal", "fee"),
        is_horizontal=False,
        first_pass=("fee", "principal"),
    )
    loan = life(habits, annual_rate="0")
    loan.record(Charged("now", day("01-05"), "fee", 100), day("01-05"))
    loan.record(Charged("later", day("01-25"), "fee", 70), day("01-05"))
    repay(loan, "r1", "01-10", 120)

    assert loan.book.allocations["r1"].taken == {"principal": 20, "interest": 0, "fee": 100, "penalty": 0}


def test_settling_may_cost_the_whole_period() -> None:
    habits = LoanHabits(
        Habits("factor_product"),
        ORDER,
        ORDER,
        ORDER,
        recalculates_daily=True,
        interest_until="period_end_when_settling",
    )
    loan = life(habits)
    repay(loan, "off", "01-10", None)

    assert loan.book.allocations["off"].amount == 10_058
    assert loan.book.outstanding == 0

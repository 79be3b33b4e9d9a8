"""The waterfall: which dues money settles, and in which order."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.allocation import COMPONENTS, Due, Line, Waterfall, allocate

PENALTY_FIRST = ("penalty", "fee", "interest", "principal")
HORIZONTAL = Waterfall(PENALTY_FIRST, PENALTY_FIRST, PENALTY_FIRST)
VERTICAL = Waterfall(PENALTY_FIRST, PENALTY_FIRST, PENALTY_FIRST, is_vertical=True)
ONLY_WHAT_IS_DUE = Waterfall(PENALTY_FIRST, PENALTY_FIRST)
DUES = (
    Due(1, date(2026, 2, 5), principal=800, interest=200, penalty=50),
    Due(2, date(2026, 3, 5), principal=850, interest=150, fee=30),
    Due(3, date(2026, 4, 5), principal=900, interest=100),
)


def test_a_horizontal_waterfall_fills_the_oldest_due_before_the_next() -> None:
    allocation = allocate(1_150, DUES, HORIZONTAL, on=date(2026, 3, 10))

    assert allocation.lines == (
        Line(1, "penalty", 50),
        Line(1, "interest", 200),
        Line(1, "principal", 800),
        Line(2, "fee", 30),
        Line(2, "interest", 70),
    )
    assert allocation.rest == 0


def test_a_vertical_waterfall_fills_a_component_over_all_dues_before_the_next() -> None:
    allocation = allocate(500, DUES, VERTICAL, on=date(2026, 3, 10))

    assert allocation.lines == (
        Line(1, "penalty", 50),
        Line(2, "fee", 30),
        Line(1, "interest", 200),
        Line(2, "interest", 150),
        Line(1, "principal", 70),
    )


def test_past_due_comes_before_due_even_in_a_vertical_waterfall() -> None:
    allocation = allocate(1_080, DUES, VERTICAL, on=date(2026, 3, 5))

    assert [line.number for line in allocation.lines] == [1, 1, 1, 2]


def test_each_timing_has_its_own_order() -> None:
    principal_first_in_advance = Waterfall(PENALTY_FIRST, PENALTY_FIRST, ("principal", "interest"))
    allocation = allocate(100, DUES[2:], principal_first_in_advance, on=date(2026, 3, 10))

    assert allocation.lines == (Line(3, "principal", 100),)


def test_money_in_advance_may_go_to_the_last_due() -> None:
    to_the_last = Waterfall(PENALTY_FIRST, PENALTY_FIRST, ("principal", "interest"), in_advance_to="last")
    allocation = allocate(1_200, DUES, to_the_last, on=date(2026, 1, 10))

    assert allocation.lines == (Line(3, "principal", 900), Line(3, "interest", 100), Line(2, "principal", 200))


def test_a_waterfall_without_an_advance_order_leaves_later_dues_alone() -> None:
    allocation = allocate(5_000, DUES, ONLY_WHAT_IS_DUE, on=date(2026, 3, 10))

    assert {line.number for line in allocation.lines} == {1, 2}
    assert allocation.rest == 5_000 - 1_050 - 1_030


@given(
    amount=st.integers(0, 5_000),
    outstanding=st.lists(st.tuples(*(st.integers(0, 900),) * 4), max_size=5),
    waterfall=st.sampled_from((HORIZONTAL, VERTICAL, ONLY_WHAT_IS_DUE)),
    on=st.dates(date(2026, 1, 1), date(2026, 8, 1)),
)
def test_what_is_settled_and_the_rest_are_the_whole_and_no_due_gets_more_than_it_asks(
    amount: int, outstanding: list[tuple[int, int, int, int]], waterfall: Waterfall, on: date
) -> None:
    dues = [Due(k, date(2026, 1 + k, 5), *parts) for k, parts in enumerate(outstanding, start=1)]
    allocation = allocate(amount, dues, waterfall, on)

    assert sum(line.amount for line in allocation.lines) + allocation.rest == amount
    assert sum(allocation.of(component) for component in COMPONENTS) == amount - allocation.rest
    for line in allocation.lines:
        assert 0 < line.amount <= getattr(dues[line.number - 1], line.component)

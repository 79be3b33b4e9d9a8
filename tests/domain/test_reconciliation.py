"""When two sides say the same of a movement, and what becomes of a difference."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import Refused
from shared.domain.flows import Movement
from shared.domain.reconciliation import (
    Difference,
    Line,
    Seen,
    SettlementRules,
    difference_id,
    explained,
    found,
    here_of,
    judged,
    there_of,
)
from shared.domain.staff import Staff

ON = date(2026, 2, 10)
AT = datetime(2026, 2, 11, tzinfo=UTC)
RULES = SettlementRules(ask_again_days=10, most_days_apart=1, four_eyes_minor=1_000, transit_days=1)
HERE = Seen(100, ON)
RAVI = Staff("stf_ravi", ("reviewer",))
ANITA = Staff("stf_anita", ("approver",))


def difference(**changes: Any) -> Difference:
    known: dict[str, Any] = {
        "difference_id": difference_id("sahyadri", "rail", "payment.upi_1"),
        "partner_id": "sahyadri",
        "market": "in",
        "side": "rail",
        "movement_id": "payment.upi_1",
        "kind": "missing_at_rail",
        "on": ON,
        "raised_at": AT,
        "here": HERE,
    }
    return Difference(**known | changes)


@pytest.mark.parametrize(
    ("here", "there", "kind"),
    [
        (HERE, HERE, None),
        (None, None, None),
        (None, HERE, "missing_here"),
        (HERE, None, "missing_at_rail"),
        (HERE, Seen(101, ON), "amount_differs"),
        (HERE, Seen(-100, ON), "amount_differs"),
        (HERE, Seen(100, ON + timedelta(days=1)), None),
        (HERE, Seen(100, ON - timedelta(days=1)), None),
        (HERE, Seen(100, ON + timedelta(days=2)), "date_differs"),
    ],
)
def test_two_sides_say_the_same_or_the_kind_says_how_not(here: Seen | None, there: Seen | None, kind: str) -> None:
    assert judged("rail", here, there, RULES) == kind


def test_a_line_that_is_there_twice_is_twice_the_money() -> None:
    line = Line("payment.upi_1", 100, ON)

    assert there_of([line, line]) == {"payment.upi_1": Seen(200, ON)}


def test_movements_that_a_statement_calls_by_one_name_are_compared_by_their_sum() -> None:
    """Two rails gave one id to two payments."""
    one = Movement("payment.1", "repaid", "loan_1", 100, ON)

    assert here_of([one, replace(one, loan_id="loan_2", amount=50)]) == {"payment.1": Seen(150, ON)}


def test_one_movement_has_a_difference_with_each_side() -> None:
    ids = {difference_id(*named) for named in (("a", "rail", "x"), ("a", "partner", "x"), ("a", "rail", "y"))}

    assert len(ids) == 3 and difference_id("a", "rail", "x") in ids


def test_what_agrees_raises_nothing_and_closes_what_was_open() -> None:
    agreed = difference(kind="", there=HERE)
    closed = found(difference(), agreed, AT)

    assert found(None, agreed, AT) is None
    assert closed is not None and (closed.state, closed.closed_by, closed.unexplained) == ("closed", "agreement", 0)
    assert found(closed, agreed, AT + timedelta(days=1)) == closed


def test_what_was_explained_is_open_again_only_when_a_side_says_something_else() -> None:
    known = explained(difference(), RAVI, "A typing error.", RULES, AT)
    assert found(known, difference(), AT) == known
    again = found(known, difference(kind="amount_differs", there=Seen(90, ON)), AT)

    assert again is not None and (again.state, again.because, again.unexplained) == ("open", None, 10)


def test_a_little_money_takes_one_to_explain_and_much_takes_two() -> None:
    much = difference(here=Seen(1_001, ON))
    first = explained(much, ANITA, "Ours.", RULES, AT)

    assert explained(difference(here=Seen(1_000, ON)), RAVI, "Ours.", RULES, AT).state == "closed"
    assert (first.state, first.proposed_by) == ("proposed", "stf_anita")
    for member, code in ((ANITA, "own_approval"), (RAVI, "role_missing")):
        with pytest.raises(Refused) as refusal:
            explained(first, member, "Ours.", RULES, AT)
        assert refusal.value.code == code
    second = explained(first, replace(ANITA, staff_id="stf_olga"), "Ours.", RULES, AT)
    assert (second.state, second.closed_by) == ("closed", "stf_olga")


def test_what_is_closed_is_not_explained() -> None:
    with pytest.raises(Refused) as refusal:
        explained(difference(state="closed"), RAVI, "Ours.", RULES, AT)
    assert refusal.value.code == "difference_closed"


@given(st.none() | st.integers(-(10**9), 10**9), st.none() | st.integers(-(10**9), 10**9))
def test_money_is_unexplained_exactly_where_the_amounts_differ(here: int | None, there: int | None) -> None:
    seen = [None if amount is None else Seen(amount, ON) for amount in (here, there)]
    kind = judged("partner", seen[0], seen[1], RULES)
    made = difference(here=seen[0], there=seen[1])

    assert made.unexplained == abs((here or 0) - (there or 0))
    assert kind is not None or made.unexplained == 0

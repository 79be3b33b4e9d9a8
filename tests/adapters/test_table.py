"""Plain items as DynamoDB keeps them, and lists in pages: each id once, in order, to the end."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.table import Page, Table, Write, pack, unpack

SCALARS = st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text() | st.binary()
PLAIN = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@pytest.fixture
def full(loans: Table) -> Table:
    loans.transact([Write({"pk": "brw_asha", "sk": f"loan_{number}"}) for number in range(5)])
    loans.transact([Write({"pk": "brw_asha", "sk": "open"}), Write({"pk": "brw_ravi", "sk": "loan_9"})])
    return loans


def test_pages_follow_one_another_to_the_end(full: Table) -> None:
    first = full.page("brw_asha", "loan_", None, 2)
    second = full.page("brw_asha", "loan_", first.next, 2)
    third = full.page("brw_asha", "loan_", second.next, 2)

    assert first == Page(("loan_0", "loan_1"), "loan_1")
    assert second == Page(("loan_2", "loan_3"), "loan_3")
    assert third == Page(("loan_4",), None)


def test_a_page_that_holds_all_there_is_has_no_next(full: Table) -> None:
    assert full.page("brw_asha", "loan_", None, 5) == Page(tuple(f"loan_{number}" for number in range(5)), None)


def test_a_page_behind_an_id_that_never_was_begins_where_it_would_be(full: Table) -> None:
    assert full.page("brw_asha", "loan_", "loan_2a", 9).ids == ("loan_3", "loan_4")


def test_a_list_has_nothing_of_another(full: Table) -> None:
    assert full.page("brw_ravi", "loan_", None, 9) == Page(("loan_9",), None)


@given(st.dictionaries(st.text(min_size=1), PLAIN))
def test_what_is_packed_comes_back_as_it_was(item: dict[str, Any]) -> None:
    assert unpack(pack(item)) == item


@pytest.mark.parametrize("inexact", [1.5, Decimal("0.1")])
def test_a_number_that_is_not_whole_is_never_kept(inexact: Any) -> None:
    with pytest.raises(AssertionError):
        pack({"amount": {"minor": inexact}})

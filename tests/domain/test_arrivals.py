"""Money that came bears a name that no other money has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.arrivals import MERCHANT_REFUND, PAYMENT, arrival, movement_id, of_movement, rails_id, word
from shared.domain.held import held_id

RAILS = st.from_regex(r"[a-z]{2,16}", fullmatch=True)
WORDS = st.sampled_from((PAYMENT, MERCHANT_REFUND))
# As the rails' ids may be: a dot, and the words themselves, among them.
IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64) | st.sampled_from(
    ("payment.1", "merchant_refund.1", "upi.payment.1")
)
MONEY = st.tuples(RAILS, WORDS, IDS)


@given(MONEY, MONEY)
def test_two_kinds_of_money_never_have_one_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert (arrival(*one) == arrival(*other)) == (one == other)
    assert (held_id(arrival(*one)) == held_id(arrival(*other))) == (one == other)


@given(MONEY)
def test_a_name_says_what_it_was_made_of_and_what_a_statement_calls_it(money: tuple[str, str, str]) -> None:
    rail, said, known_as = money
    name = arrival(*money)

    assert (word(name), rails_id(name)) == (said, known_as)
    assert (movement_id(name), movement_id(name, is_back=True)) == (f"{said}.{known_as}", f"{said}_return.{known_as}")
    assert of_movement(movement_id(name), rail) == of_movement(movement_id(name, is_back=True), rail) == name


@pytest.mark.parametrize("line", ["payout.pout_1", "payout_return.pout_1", "payment_refund.held_1.1", "fee.1"])
def test_a_line_of_what_did_not_come_names_no_arrival(line: str) -> None:
    assert of_movement(line, "upi") is None

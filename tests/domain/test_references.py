"""A loan's reference: read back however it is typed, and never mistaken for another loan's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from shared.domain.references import PURPOSES, grouped, read, reference

LOAN = "loan_01KAPQ4M3VXJ7C2R9T5W8Y6Z0B"
IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26).map(lambda ulid: f"loan_{ulid}")


LOANS = [purpose for purpose in PURPOSES.values() if purpose != "order"]


@pytest.mark.parametrize("purpose", LOANS)
def test_a_reference_names_its_loan_and_what_the_money_is_for(purpose: str) -> None:
    assert read(reference(LOAN, purpose)) == (LOAN, purpose)
    assert len(reference(LOAN, purpose)) == 28


def test_an_order_has_a_reference_too() -> None:
    assert read(reference("pay_" + "0AF1" * 6 + "00", "order")) == ("pay_" + "0AF1" * 6 + "00", "order")


def test_it_is_read_as_people_type_it() -> None:
    made = reference(LOAN)

    assert grouped(made).split(" ")[0] == "01KA"
    for typed in (grouped(made), made.lower(), f" {made} ", "-".join(made[i : i + 7] for i in range(0, 28, 7))):
        assert read(typed) == (LOAN, "instalment")
    assert read(made.replace("0", "O").replace("1", "l")) == (LOAN, "instalment")


@given(IDS, st.sampled_from(LOANS))
def test_the_check_character_is_that_of_the_standard(loan_id: str, purpose: str) -> None:
    assert mod_37_36.validate(reference(loan_id, purpose))
    assert read(reference(loan_id, purpose)) == (loan_id, purpose)


@given(IDS, st.integers(0, 27), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_names_no_loan(loan_id: str, place: int, letter: str) -> None:
    made = reference(loan_id)
    wrong = made[:place] + letter + made[place + 1 :]

    assert read(wrong) == (None if wrong != made else (loan_id, "instalment"))


@pytest.mark.parametrize("text", ["", "EMI January", "pay_01KAPQ4M3VXJ7C2R9T5W8Y6Z0B", reference(LOAN)[:-1], "9" * 28])
def test_anything_else_is_no_reference(text: str) -> None:
    assert read(text) is None

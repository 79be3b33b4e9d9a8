"""The head of a loan: which state takes which entry, and that it is nothing but the fold of the entries."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import payouts
from shared.domain.errors import Refused
from shared.domain.ledger import Entry
from shared.domain.loan import MOVES, after, require
from shared.domain.money import Money
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

PAYMENTS = st.tuples(
    st.integers(0, 45),
    st.one_of(st.integers(1, 3_000_000), st.integers(1, 5), st.just(96_973), st.just(2_000_000)),
    st.sampled_from(["instalment", "prepayment", "foreclosure", "cooling_off"]),
)
LENT = st.sampled_from([LENT_ON, date(2027, 12, 31), date(2028, 1, 29), date(2028, 2, 29), date(2026, 3, 15)])
CONTRACTS = st.builds(
    contract,
    st.sampled_from(["20000", "0.05", "1", "100000"]),
    st.sampled_from(["0", "0.15", "0.36"]),
    st.sampled_from([1, 3, 24]),
    st.just("0"),
    prepayment=st.sampled_from(["shorter_tenor", "smaller_instalment"]),
    cooling_off_keeps_fees=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(CONTRACTS, LENT, st.lists(PAYMENTS, max_size=12), st.booleans())
def test_after_any_payments_the_head_the_books_and_the_dues_agree(
    agreed: Any, lent_on: date, payments: list[tuple[int, int, str]], runs_out: bool
) -> None:
    life = Life(agreed, lent_on)
    on, received = lent_on, 0
    for days, minor, purpose in payments:
        on += timedelta(days=days)
        life.pay(Money(minor, "INR"), on, purpose)
        received += minor
        life.check()
    if runs_out:
        life.until(on + timedelta(days=2000)).check()

    assert life.moved("principal", "disbursement") == agreed.terms.principal.minor
    assert life.balance("lender_funds") == received - agreed.net_disbursed.minor
    assert life.balance("payouts_in_transit") == 0


@settings(max_examples=150, deadline=None)
@given(CONTRACTS, LENT, st.lists(PAYMENTS, max_size=8))
def test_every_loan_can_be_ended_and_what_was_too_much_goes_back(
    agreed: Any, lent_on: date, payments: list[tuple[int, int, str]]
) -> None:
    life = Life(agreed, lent_on)
    on = lent_on
    for days, minor, purpose in payments:
        on += timedelta(days=days)
        life.pay(Money(minor, "INR"), on, purpose)
    life.pay(rupees("200000"), on, "foreclosure")
    life.refund(on)
    life.check()

    assert life.loan.state == "closed"
    left = {"lender_funds", "interest_income", "fee_income", "tax_payable", "penalty_income"}
    assert {account for account in left | {"principal", "excess"} if life.balance(account)} <= left


@pytest.mark.parametrize("state", MOVES)
@pytest.mark.parametrize("kind", ["payout_ordered", "cancellation", "disbursement", "payout_failed", "closure"])
def test_a_state_takes_only_its_own_moves(state: str, kind: str) -> None:
    loan = replace(Life(contract(), None).loan, state=state)
    if kind in MOVES[state]:
        require(loan, kind)
        return

    with pytest.raises(Refused) as refusal:
        require(loan, kind)

    is_of_sanctioned = kind in ("payout_ordered", "cancellation")
    assert refusal.value.code == ("loan_not_sanctioned" if is_of_sanctioned else "loan_not_active")


def test_an_entry_out_of_turn_is_a_mistake() -> None:
    life = Life(contract())

    with pytest.raises(AssertionError):
        after(life.loan, life.contract, life.entries[-1])


def test_an_entry_before_the_last_movement_is_a_mistake() -> None:
    life = Life(contract())
    early = Entry("x", "repayment", life.loan.sequence + 1, LENT_ON - timedelta(days=1), AT, ())

    with pytest.raises(AssertionError):
        after(life.loan, life.contract, early)


def test_a_payout_that_failed_leaves_a_sanctioned_loan_that_may_be_ordered_again() -> None:
    life = Life(contract(), None)
    entry, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)
    life.add(entry)
    life.add(payouts.failed(life.loan, payout, LENT_ON, AT))
    again, _ = payouts.ordered(life.loan, life.contract, "pout_2", LENT_ON, AT)
    life.add(again)
    life.check()

    assert (life.loan.state, life.loan.payout_id) == ("disbursing", "pout_2")

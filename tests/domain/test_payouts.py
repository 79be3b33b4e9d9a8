"""Money going out: what an order, a settlement and a failure write, and who may not order."""

from datetime import timedelta

import pytest

from shared.domain import payouts
from shared.domain.errors import Refused
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees


def test_an_order_reserves_what_reaches_the_borrower_and_lends_nothing_yet() -> None:
    life = Life(contract(), None)
    entry, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)
    life.add(entry)
    life.check()

    assert payout.amount == rupees("19600")
    assert (payout.state, payout.purpose, payout.from_account) == ("pending", "disbursement", "account")
    assert (life.balance("payouts_in_transit"), life.balance("lender_funds")) == (1_960_000, -1_960_000)
    assert (life.loan.state, life.loan.principal, life.loan.payout_id) == ("disbursing", 0, "pout_1")


def test_a_payout_that_arrived_lends_the_principal_and_earns_the_fees() -> None:
    life = Life(contract())
    life.check()

    assert (life.loan.state, life.loan.principal, life.loan.payout_id) == ("active", 2_000_000, None)
    assert (life.balance("fee_income"), life.balance("tax_payable")) == (-33_900, -6_100)
    assert life.balance("payouts_in_transit") == 0


def test_a_payout_that_failed_leaves_every_account_at_nothing() -> None:
    life = Life(contract(), None)
    entry, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)
    life.add(entry)
    life.add(payouts.failed(life.loan, payout, LENT_ON, AT))
    life.check()

    assert (life.balance("payouts_in_transit"), life.balance("lender_funds")) == (0, 0)
    assert life.loan.state == "sanctioned"


def test_a_refund_that_failed_leaves_the_money_the_borrowers_and_waits_for_somebody_to_look() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), LENT_ON, "foreclosure")
    excess = life.loan.excess
    entry, payout = payouts.refund_ordered(life.loan, life.contract, "pout_2", LENT_ON - timedelta(days=1), AT)
    life.add(entry)
    assert not payouts.owes_refund(life.loan)
    life.add(payouts.failed(life.loan, payout, LENT_ON, AT))
    life.check()

    assert not payouts.owes_refund(life.loan)
    life.add(payouts.refund_ordered(life.loan, life.contract, "pout_3", LENT_ON, AT)[0])
    life.check()
    assert life.loan.excess == excess == payout.amount.minor


@pytest.mark.parametrize("lent", [True, False])
def test_a_loan_is_paid_out_once(lent: bool) -> None:
    life = Life(contract(), LENT_ON if lent else None)
    if not lent:
        life.add(payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)[0])

    with pytest.raises(Refused) as refusal:
        payouts.ordered(life.loan, life.contract, "pout_2", LENT_ON, AT)

    assert refusal.value.code == "loan_not_sanctioned"


def test_a_sanctioned_loan_may_be_left() -> None:
    life = Life(contract(), None)
    life.add(payouts.cancelled(life.loan, LENT_ON, AT))
    life.check()

    assert life.loan.state == "cancelled"


def test_a_loan_whose_money_is_on_its_way_is_not_left() -> None:
    life = Life(contract(), None)
    life.add(payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)[0])

    with pytest.raises(Refused) as refusal:
        payouts.cancelled(life.loan, LENT_ON, AT)

    assert refusal.value.code == "payout_in_progress"


def test_a_loan_that_runs_is_not_left() -> None:
    with pytest.raises(Refused) as refusal:
        payouts.cancelled(Life(contract()).loan, LENT_ON, AT)

    assert refusal.value.code == "loan_not_sanctioned"


def test_a_loan_that_runs_keeps_what_was_paid_too_much_for_its_next_due() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), LENT_ON)

    assert life.loan.excess > 0
    assert not payouts.owes_refund(life.loan)

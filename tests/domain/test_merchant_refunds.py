"""What a merchant gives back was never lent: the same loan as one of the rest, whatever was paid and when it came."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import merchant_refunds, payouts, replay
from shared.domain.beneficiary import Beneficiary
from shared.domain.contract import Contract, Purchase
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.schedule import schedule
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

SHOP = Beneficiary("Lotus Mobiles", "000222333", "HDFC0000001")


def bought(principal: str = "20000", fees: str = "0", *, keeps_fees: bool = False) -> Contract:
    order = Purchase("checkout_1", "lotus", "Lotus Mobiles", "A17", SHOP, keeps_fees)
    return contract(principal, fees=fees, instalments=12, purchase=order)


def gives_back(life: Life, amount: Money, refund_id: str = "M1") -> None:
    merchant_refunds.require_fits(life.loan, life.contract, life.entries, amount)
    life.correct(replay.with_merchant_refund(life.loan, life.contract, life.entries, refund_id, amount, AT))


# How many days after the payout, and how much.
PAYMENTS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 4_000)), max_size=6).map(sorted)


@settings(max_examples=60)
@given(PAYMENTS, st.integers(1, 19_999), st.integers(1, 300))
def test_a_loan_of_which_a_part_came_back_is_one_of_the_rest(
    payments: list[tuple[int, int]], part: int, later: int
) -> None:
    refunded = Life(bought())
    smaller = Life(bought(str(20_000 - part)))
    for life in (refunded, smaller):
        for days, amount in payments:
            life.pay(rupees(str(amount)), LENT_ON + timedelta(days))
        life.until(LENT_ON + timedelta(max([later, *(days for days, _ in payments)])))
    gives_back(refunded, rupees(str(part)))
    refunded.check()

    for account in ("principal", "interest_income", "interest_receivable", "penalty_receivable", "excess"):
        assert refunded.balance(account) == smaller.balance(account), account
    assert (refunded.loan.state, refunded.loan.dues) == (smaller.loan.state, smaller.loan.dues)
    assert refunded.loan.plan == smaller.loan.plan


@settings(max_examples=40)
@given(PAYMENTS, st.lists(st.integers(1, 20_000), max_size=3), st.booleans())
def test_what_was_paid_on_a_loan_whose_whole_price_came_back_is_the_borrowers(
    payments: list[tuple[int, int]], parts: list[int], is_late: bool
) -> None:
    life = Life(bought("20400", fees="400"))
    for days, amount in payments:
        life.pay(rupees(str(amount)), LENT_ON + timedelta(days))
    if is_late:
        life.until(date(2026, 11, 30))
    left = 20_000
    for number, part in enumerate([*parts, 20_000]):
        if amount := min(part, left):
            gives_back(life, rupees(str(amount)), f"M{number}")
            life.check()
            left -= amount

    assert life.loan.state == "closed"
    assert life.loan.excess == 100 * sum(amount for _, amount in payments)
    assert all(life.balance(account) == 0 for account in ("principal", "interest_income", "fee_income", "tax_payable"))


def test_the_instalment_is_that_of_the_smaller_loan() -> None:
    life = Life(bought())
    gives_back(life, rupees("5000"))

    assert life.instalment == schedule(bought("15000").terms, LENT_ON)[0].total.minor


def test_fees_that_are_kept_are_still_owed() -> None:
    life = Life(bought("20400", fees="400", keeps_fees=True))
    gives_back(life, rupees("20000"))

    assert (life.loan.state, life.loan.principal) == ("active", rupees("400").minor)


def test_a_payout_that_came_back_after_the_merchant_gave_back_leaves_that_to_be_sent_on() -> None:
    life = Life(bought(), lent_on=None)
    entry, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)
    life.add(entry)
    life.add(payouts.settled(life.loan, life.contract, payout, LENT_ON, AT))
    gives_back(life, rupees("5000"))
    life.correct(payouts.returned(life.loan, life.contract, life.entries, payout, LENT_ON, AT))
    life.check()

    assert (life.loan.state, life.loan.principal, life.loan.excess) == ("sanctioned", 0, rupees("5000").minor)


@pytest.mark.parametrize("amount", ["20000.01", "999999"])
def test_no_more_than_the_price_comes_back(amount: str) -> None:
    with pytest.raises(Refused) as refusal:
        gives_back(Life(bought()), rupees(amount))

    assert refusal.value.code == "refund_impossible"


def test_a_loan_for_cash_has_no_merchant() -> None:
    with pytest.raises(Refused):
        gives_back(Life(contract()), rupees("5000"))


def test_the_merchant_is_paid_and_what_is_too_much_goes_to_the_borrower() -> None:
    life = Life(bought(), lent_on=None)
    _, payout = payouts.ordered(life.loan, life.contract, "pout_1", LENT_ON, AT)
    assert (payout.purchase, payout.amount) == (life.contract.purchase, rupees("20000"))

    paid = Life(bought())
    paid.pay(rupees("969"), LENT_ON + timedelta(28))
    gives_back(paid, rupees("20000"))
    _, refund = payouts.refund_ordered(paid.loan, paid.contract, "pout_2", LENT_ON, AT)
    assert (refund.purchase, refund.amount) == (None, rupees("969"))

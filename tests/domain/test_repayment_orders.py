"""What a borrower may say he will pay, and what the order says once money came."""

from datetime import timedelta

import pytest

from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder, ordered, paid, require_method
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees


def order(life: Life, amount: Money, purpose: str = "instalment", days: int = 0) -> RepaymentOrder:
    on = LENT_ON + timedelta(days=days)
    return ordered(life.until(on).loan, life.contract, "pay_1", amount, purpose, on=on, at=AT)


def test_an_order_says_how_to_pay_it() -> None:
    made = order(Life(contract()), rupees("969.73"))

    assert (made.state, made.received) == ("ordered", None)
    assert made.pay_link == "upi://pay?pa=lender@upi&am=969.73&cu=INR&tr=pay_1"


# On the first day all of it is 20,000, or 20,000 + 800 + 144 with the charge for closing; 19,600 where fees come back.
@pytest.mark.parametrize(
    ("amount", "purpose", "days", "code"),
    [
        ("20944.01", "instalment", 0, "amount_exceeds_payoff"),
        ("20944.01", "prepayment", 0, "amount_exceeds_payoff"),
        ("20943.99", "foreclosure", 0, "amount_below_payoff"),
        ("19599.99", "cooling_off", 0, "amount_below_payoff"),
        ("25000", "cooling_off", 4, "cooling_off_over"),
    ],
)
def test_an_order_that_would_pay_too_much_or_close_with_too_little_is_refused(
    amount: str, purpose: str, days: int, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        order(Life(contract()), rupees(amount), purpose, days)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("amount", "purpose"),
    [("20944", "instalment"), ("20944", "prepayment"), ("20944", "foreclosure"), ("19600", "cooling_off")],
)
def test_an_order_of_exactly_what_is_owed_is_taken(amount: str, purpose: str) -> None:
    assert order(Life(contract()), rupees(amount), purpose).amount == rupees(amount)


def test_an_order_in_another_currency_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        order(Life(contract()), Money(100, "CNY"))

    assert refusal.value.code == "currency_mismatch"


@pytest.mark.parametrize(("purpose", "choice"), [("prepayment", "smaller_instalment"), ("instalment", "shorter_tenor")])
def test_a_choice_that_the_product_does_not_leave_is_refused(purpose: str, choice: str) -> None:
    life = Life(contract())

    with pytest.raises(Refused) as refusal:
        ordered(life.loan, life.contract, "pay_1", rupees("1"), purpose, on=LENT_ON, at=AT, choice=choice)
    assert refusal.value.code == "choice_not_allowed"


def test_an_order_carries_the_choice_that_the_product_leaves() -> None:
    life = Life(contract(prepayment_choices=("smaller_instalment",)))

    for choice in ("shorter_tenor", "smaller_instalment"):
        made = ordered(life.loan, life.contract, "pay_1", rupees("1"), "prepayment", on=LENT_ON, at=AT, choice=choice)
        assert made.choice == choice


def test_a_loan_that_does_not_run_takes_no_order() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), LENT_ON, "foreclosure")

    with pytest.raises(Refused) as refusal:
        order(life, rupees("1"))

    assert refusal.value.code == "loan_not_active"


def test_what_came_counts_and_not_what_was_ordered() -> None:
    made = paid(order(Life(contract()), rupees("100")), rupees("90"))

    assert (made.state, made.received) == ("settled", rupees("90"))


def test_money_that_comes_twice_for_one_order_is_added_up() -> None:
    made = paid(paid(order(Life(contract()), rupees("100")), rupees("90")), rupees("10"))

    assert (made.state, made.received) == ("settled", rupees("100"))


def test_money_in_another_currency_is_not_matched_until_the_right_one_comes() -> None:
    made = paid(order(Life(contract()), rupees("100")), Money(90, "CNY"))
    assert (made.state, made.received) == ("unmatched", Money(90, "CNY"))

    assert paid(made, rupees("100")).received == rupees("100")


def test_a_way_to_pay_is_one_that_the_market_has() -> None:
    require_method("upi", ("upi", "card"))
    with pytest.raises(Refused) as refusal:
        require_method("card", ("bank_transfer",))

    assert (refusal.value.code, refusal.value.pointer) == ("method_not_offered", "/method")

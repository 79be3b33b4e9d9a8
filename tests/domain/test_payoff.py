"""What ends a loan while relief is open on it: the sum that is shown closes the loan, and keeps the relief."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.domain.allocation import Waterfall
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.payoff import Payoff, foreclosure
from shared.domain.penal import Penalty
from shared.domain.repayment_options import options
from shared.domain.repayment_orders import ordered
from shared.domain.what_if import Foreclose, outlook
from tests.domain.lending import AT, Life, contract, rupees

PENAL = Penalty("charge", Decimal("0.24"), 3, tax_rate=Decimal("0.18"))
LAST = ("interest", "principal", "fee")
ASKED, BY = date(2026, 4, 1), date(2026, 4, 10)


def overdue(penal: Penalty | None = PENAL) -> Life:
    """Two dues of 969.73 unpaid on 1 April, with their charges, which are settled last."""
    order = Waterfall(LAST, LAST, ("interest", "principal"), afterwards=("penalty",))
    return Life(contract(penal=penal, waterfall=order)).until(ASKED)


def quote(life: Life, on: date) -> Payoff:
    return foreclosure(life.until(on).loan, life.contract, on)


def test_the_whole_debt_and_what_closes_it_are_the_same_without_relief() -> None:
    found = quote(overdue(), ASKED)

    assert (found.given_up, found.amount) == (rupees("0"), found.without_relief)


def test_closing_the_loan_keeps_a_waiver_that_waits() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    found = quote(life, BY)
    life.pay(found.amount, BY, "foreclosure")
    life.check()

    assert found.without_relief - found.amount == found.given_up == rupees("14.35")
    assert (life.loan.state, life.loan.excess, life.balance("waivers") > 0) == ("closed", 0, True)


def test_who_pays_the_whole_debt_all_the_same_gets_back_what_the_waiver_gave_up() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(quote(life, BY).without_relief, BY, "foreclosure")
    life.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 1_435)


def test_who_closes_sooner_pays_the_condition_at_least() -> None:
    life = Life(contract(instalments=1, penal=PENAL)).until(ASKED)
    owed = quote(life, ASKED).amount
    life.grant(50_000, f"{(owed - rupees('1')).decimal()}", ASKED, BY)
    found = quote(life, ASKED)
    life.pay(found.amount, ASKED, "foreclosure")
    life.check()

    assert (found.amount, found.given_up) == (owed - rupees("1"), rupees("1"))
    assert (life.loan.state, life.loan.excess) == ("closed", 0)


def test_a_settlement_closes_the_loan_for_what_is_left_to_pay_of_it() -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)
    life.pay(rupees("4000"), date(2026, 4, 3))
    found = quote(life, BY)
    life.pay(found.amount, BY, "foreclosure")
    life.check()

    assert found.amount == rupees("11000") < found.without_relief
    assert (life.loan.state, life.loan.excess) == ("closed", 0)


@pytest.mark.parametrize("purpose", ["instalment", "prepayment", "foreclosure"])
def test_who_pays_the_whole_debt_under_a_settlement_gets_back_what_is_beyond_it(purpose: str) -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)
    life.pay(quote(life, BY).without_relief, BY, purpose)
    life.check()

    assert life.loan.state == "closed"
    assert life.balance("lender_funds") - life.loan.excess == -1_960_000 + 1_500_000


def test_an_order_that_is_to_close_the_loan_covers_what_relief_leaves() -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)

    made = ordered(life.loan, life.contract, "pay_1", rupees("15000"), "foreclosure", on=ASKED, at=AT)
    assert made.amount == rupees("15000")
    with pytest.raises(Refused):
        ordered(life.loan, life.contract, "pay_1", rupees("14999.99"), "foreclosure", on=ASKED, at=AT)


def test_the_options_show_what_open_relief_asks_for() -> None:
    waived, settled = overdue().grant(1_435, "1953.80", ASKED, BY), overdue().grant(0, "15000", ASKED, BY, closes=True)

    shown = {each.kind: each.amount for each in options(waived.loan, waived.contract, ASKED)}
    assert shown["relief"] == rupees("1953.80") and shown["all"] == quote(waived, ASKED).amount
    assert [each.amount for each in options(settled.loan, settled.contract, ASKED)][-1] == rupees("15000")


def test_what_if_pays_what_the_waiver_asks_for_and_no_more() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    found = outlook(life.until(BY).loan, life.contract, [Foreclose(BY)], BY, AT)

    assert found.sum_of("excess") == 0
    assert life.loan.state == "active"


DAYS = st.integers(0, (BY - ASKED).days)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 5_000), st.integers(1, 1_900_000), st.integers(1, 250_000), DAYS, DAYS, st.booleans())
def test_the_sum_that_is_shown_closes_the_loan_and_a_minor_unit_less_does_not(
    penalty: int, condition: int, part: int, first: int, then: int, closes: bool
) -> None:
    def promised() -> Life:
        life = overdue().grant(0 if closes else penalty, f"{condition / 100:.2f}", ASKED, BY, closes=closes)
        life.pay(Money(part, "INR"), ASKED + timedelta(days=min(first, then)))
        return life.until(on)

    on = ASKED + timedelta(days=max(first, then))
    life, short = promised(), promised()
    assume(life.loan.state == "active" and quote(life, on).amount.minor > 1)
    amount = quote(life, on).amount
    life.pay(amount, on, "foreclosure")
    life.check()
    short.pay(amount - rupees("0.01"), on, "foreclosure")
    short.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 0)
    assert short.loan.state == "active"

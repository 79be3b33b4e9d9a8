"""What money that comes settles, and what it costs to end a loan on a day. Numbers are worked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import repayment
from shared.domain.allocation import Due, Line, Waterfall
from shared.domain.errors import Refused
from shared.domain.ledger import live
from shared.domain.money import Money
from shared.domain.payoff import cooling_off, cooling_off_ends, foreclosure
from shared.domain.schedule import schedule
from tests.domain.lending import LENT_ON, ORDER, Life, contract, rupees

FIRST_DUE = date(2026, 2, 28)


def test_the_reserve_banks_example_paid_on_its_days() -> None:
    life = Life(contract())
    # 20,000 less 400 of fees is sent.
    assert life.balance("lender_funds") == -1_960_000
    assert (life.balance("fee_income"), life.balance("tax_payable")) == (-33_900, -6_100)

    first = life.pay(rupees("969.73"), FIRST_DUE)
    # 250.00 of interest, 719.73 of principal; then 19,280.27 x 1.25 % = 241.00 and 728.73.
    assert first.lines == (Line(1, "interest", 25_000), Line(1, "principal", 71_973))
    second = life.pay(rupees("969.73"), date(2026, 3, 31))
    assert second.lines == (Line(2, "interest", 24_100), Line(2, "principal", 72_873))
    life.check()

    assert life.loan.principal == 2_000_000 - 71_973 - 72_873
    assert life.balance("interest_income") == -49_100


def test_less_than_what_is_due_settles_interest_before_principal() -> None:
    life = Life(contract()).until(FIRST_DUE)
    entry = life.pay(rupees("300"), FIRST_DUE)

    assert entry.lines == (Line(1, "interest", 25_000), Line(1, "principal", 5_000))
    assert [(due.principal, due.interest) for due in life.loan.dues] == [(66_973, 0)]


def test_of_two_dues_the_older_is_settled_first() -> None:
    life = Life(contract())
    entry = life.pay(rupees("1000"), date(2026, 3, 31))

    assert [line.number for line in entry.lines] == [1, 1, 2]
    assert life.loan.dues[0].number == 2
    life.check()


def test_what_is_beyond_the_coming_instalment_waits_as_excess_where_nothing_may_be_paid_in_advance() -> None:
    life = Life(contract(waterfall=Waterfall(past_due=ORDER, due=ORDER)))
    life.pay(rupees("1500"), LENT_ON)
    assert life.loan.excess == 150_000

    life.until(date(2026, 3, 31)).check()
    assert life.moved("excess", "settled_from_excess") == 150_000
    assert sum(due.unpaid for due in life.loan.dues) == 2 * 96_973 - 150_000


def test_several_instalments_may_be_paid_ahead_and_the_interest_they_save_is_the_borrowers() -> None:
    life = Life(contract())
    life.pay(rupees("2909.19"), LENT_ON)
    assert (life.loan.excess, life.loan.principal) == (0, 2_000_000 - 3 * 96_973)

    life.until(date(2026, 4, 30)).check()
    # Nothing was demanded for three months; 17,090.81 x 1.25 % = 213.64 a month is carried.
    assert (life.loan.dues, life.loan.carried) == ((), 3 * 21_364)
    life.until(date(2026, 5, 31)).check()
    assert [(due.number, due.interest, due.principal) for due in life.loan.dues] == [
        (4, 4 * 21_364, 96_973 - 4 * 21_364)
    ]


def test_the_last_instalment_is_not_paid_ahead_of_others_since_that_is_a_foreclosure() -> None:
    life = Life(contract(instalments=3))
    life.pay(rupees("30000"), LENT_ON)
    life.check()

    assert life.loan.state == "active"
    last = schedule(life.contract.terms, LENT_ON)[-1]
    assert life.loan.not_yet_due == last.principal.minor
    assert life.loan.excess == 3_000_000 - (2_000_000 - last.principal.minor)


def test_what_may_be_paid_ahead_counts_the_overdue_days_whether_or_not_anything_was_booked_on_the_day() -> None:
    at_once, in_two = Life(contract(instalments=3)), Life(contract(instalments=3))
    on = FIRST_DUE + timedelta(days=2)
    in_two.pay(rupees("0.01"), on)
    for life, amount in ((at_once, "30000"), (in_two, "29999.99")):
        life.pay(rupees(amount), on)

    assert at_once.loan.not_yet_due == in_two.loan.not_yet_due
    assert at_once.loan.excess == in_two.loan.excess


def test_the_last_instalment_may_be_paid_ahead_though_it_is_larger_than_the_others() -> None:
    life = Life(contract(instalments=3))
    for on in (FIRST_DUE, date(2026, 3, 31)):
        life.until(on)
        life.pay(Money(sum(due.principal + due.interest for due in life.loan.dues), "INR"), on)
    payoff = foreclosure(life.loan, replace(life.contract, foreclosure_rate=Decimal(0)), date(2026, 4, 20))
    life.pay(payoff.amount, date(2026, 4, 20))
    life.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 0)


def test_a_prepayment_makes_the_loan_shorter_and_keeps_the_instalment() -> None:
    life = Life(contract())
    life.pay(rupees("10000"), LENT_ON, "prepayment")
    life.until(FIRST_DUE)

    # 10,000 x 1.25 % = 125.00.
    assert life.loan.dues == (Due(1, FIRST_DUE, principal=84_473, interest=12_500),)
    assert life.instalment == 96_973


def test_a_prepayment_may_make_the_instalment_smaller_over_the_same_tenor() -> None:
    life = Life(contract(prepayment="smaller_instalment"))
    life.pay(rupees("10000"), LENT_ON, "prepayment")

    # Half of the debt over the same 24 instalments: 969.73 / 2 = 484.865, from the exact 969.733.
    assert life.instalment == 48_487
    life.until(date(2028, 1, 31)).check()
    assert len(life.loan.dues) == 24


def test_a_smaller_instalment_follows_the_days_where_interest_is_by_the_day() -> None:
    agreed = contract(prepayment="smaller_instalment")
    daily = replace(agreed.terms, interest_period="daily", day_count="actual/365")
    life = Life(replace(agreed, terms=daily))
    life.pay(rupees("10000"), LENT_ON, "prepayment")
    life.until(date(2028, 1, 31)).check()

    amounts = [due.principal + due.interest for due in life.loan.dues]
    assert life.instalment < 49_000 and len(amounts) == 24


def test_the_borrower_chooses_what_a_prepayment_makes_smaller_where_the_product_lets_him() -> None:
    agreed = contract(prepayment_choices=("shorter_tenor", "smaller_instalment"))
    unasked, chosen = Life(agreed), Life(agreed)
    before = chosen.instalment
    unasked.pay(rupees("10000"), LENT_ON, "prepayment")
    entry = chosen.pay(rupees("10000"), LENT_ON, "prepayment", "smaller_instalment")
    chosen.check()

    assert unasked.instalment == before > chosen.instalment
    assert entry.choice == "smaller_instalment"


def test_the_choice_is_kept_when_the_books_are_worked_out_again() -> None:
    agreed = contract(prepayment="smaller_instalment", prepayment_choices=("shorter_tenor", "smaller_instalment"))
    life = Life(agreed)
    before = life.instalment
    life.pay(rupees("5000"), date(2026, 2, 10), "prepayment", "shorter_tenor")
    life.pay(rupees("100"), date(2026, 2, 5))
    life.check()

    assert life.instalment == before
    [kept] = [entry for entry in live(life.entries) if entry.purpose == "prepayment"]
    assert kept.choice == "shorter_tenor"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 800), st.integers(0, 2_000_000), st.sampled_from(["foreclosure", "prepayment"]))
def test_the_payoff_of_a_day_paid_on_that_day_closes_the_loan(days: int, before: int, purpose: str) -> None:
    life = Life(contract())
    on = LENT_ON + timedelta(days=days)
    if before:
        life.pay(Money(before, "INR"), LENT_ON + timedelta(days=days // 2))
    life.until(on)
    if life.loan.state != "active":
        return
    payoff = foreclosure(life.loan, life.contract, on)
    if not payoff.amount:
        return
    life.pay(payoff.amount, on, purpose)
    life.check()

    assert (life.loan.state, life.loan.principal, life.loan.excess) == ("closed", 0, 0)


def test_closing_early_costs_a_charge_with_its_tax() -> None:
    life = Life(contract()).until(FIRST_DUE)
    payoff = foreclosure(life.loan, life.contract, FIRST_DUE)

    # What is not due: 20,000 - 719.73 = 19,280.27; 4 % is 771.21; 18 % of that is 138.82.
    assert (payoff.charge, payoff.charge_tax) == (rupees("771.21"), rupees("138.82"))
    assert payoff.amount == rupees("20000") + rupees("250") + rupees("771.21") + rupees("138.82")
    life.pay(payoff.amount, FIRST_DUE, "foreclosure")
    life.check()
    assert life.balance("fee_income") == -33_900 - 77_121
    assert life.balance("tax_payable") == -6_100 - 13_882


def test_a_paisa_less_than_the_payoff_does_not_close_the_loan_without_its_charge() -> None:
    life = Life(contract())
    payoff = foreclosure(life.loan, life.contract, LENT_ON)
    life.pay(payoff.amount - Money(1, "INR"), LENT_ON, "foreclosure")
    life.check()

    # The last instalment's principal stays, and the rest is the borrower's.
    assert life.loan.not_yet_due == schedule(life.contract.terms, LENT_ON)[-1].principal.minor
    assert life.loan.state == "active" and life.loan.excess > 0


def test_a_paisa_less_than_the_payoff_closes_nothing() -> None:
    life = Life(contract(foreclosure_rate=Decimal(0)))
    payoff = foreclosure(life.loan, life.contract, LENT_ON)
    life.pay(payoff.amount - Money(1, "INR"), LENT_ON + timedelta(days=5), "foreclosure")
    life.check()

    assert life.loan.state == "active"
    # 5 of 28 days on 20,000 at 1.25 %: 44.64, which is not forgiven because the principal is paid.
    life.until(FIRST_DUE).check()
    assert -life.balance("interest_income") == 4_464


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 24), st.integers(0, 31), st.sampled_from(["foreclosure", "prepayment", "instalment"]))
def test_paying_all_early_never_costs_more_interest_than_paying_in_time(number: int, days: int, purpose: str) -> None:
    """All dues so far in time, then everything a while before the next."""
    early, rows = Life(contract()), schedule(contract().terms, LENT_ON)
    for row in rows[: number - 1]:
        early.pay(row.total, row.due_on)
    on = max(rows[number - 1].due_on - timedelta(days=days), early.loan.accrued_to or LENT_ON)
    early.pay(rupees("30000"), on, purpose)
    early.until(rows[-1].due_on).check()

    assert -early.balance("interest_income") <= sum(row.interest.minor for row in rows)
    assert early.loan.state == "closed"


@pytest.mark.parametrize(
    ("keeps", "amount", "income", "tax"),
    # Two days of 28 at 1.25 % on 20,000 are 17.86; the fees come back or stay.
    [(False, "19617.86", 0, 0), (True, "20017.86", -33_900, -6_100)],
)
def test_who_exits_in_the_cooling_off_days_pays_no_charge(keeps: bool, amount: str, income: int, tax: int) -> None:
    life = Life(contract(cooling_off_keeps_fees=keeps))
    on = LENT_ON + timedelta(days=2)
    payoff = cooling_off(life.loan, life.contract, on)
    assert payoff.amount == rupees(amount)
    life.pay(payoff.amount, on, "cooling_off")
    life.check()

    assert life.loan.state == "closed"
    assert (life.balance("fee_income"), life.balance("tax_payable")) == (income, tax)
    assert (life.balance("principal"), life.balance("excess"), life.balance("interest_receivable")) == (0, 0, 0)
    assert life.balance("lender_funds") == 1_786 - income - tax


def test_fees_that_come_back_may_be_more_than_what_is_owed() -> None:
    life = Life(contract())
    life.pay(rupees("19900"), LENT_ON, "prepayment")
    life.pay(rupees("1"), LENT_ON, "cooling_off")
    life.check()

    # 100 were owed; 400 of fees and 1 are his.
    assert (life.loan.state, life.loan.excess) == ("closed", 30_100)
    assert life.refund(LENT_ON) == rupees("301")
    assert life.balance("lender_funds") == 0


def test_the_cooling_off_days_count_whole_and_then_end() -> None:
    life = Life(contract())
    last = LENT_ON + timedelta(days=3)
    assert cooling_off_ends(life.loan, life.contract) == last
    assert cooling_off(life.loan, life.contract, last).fees_returned == rupees("400")

    with pytest.raises(Refused) as refusal:
        cooling_off(life.loan, life.contract, last + timedelta(days=1))

    assert refusal.value.code == "cooling_off_over"


def test_an_exit_whose_money_comes_after_the_cooling_off_days_pays_what_a_foreclosure_costs() -> None:
    life = Life(contract())
    on = LENT_ON + timedelta(days=4)
    life.pay(foreclosure(life.loan, life.contract, on).amount, on, "cooling_off")

    assert life.loan.state == "closed"
    assert life.balance("fee_income") == -33_900 - 80_000


@pytest.mark.parametrize("ask", [foreclosure, cooling_off])
def test_a_loan_that_is_not_active_has_no_payoff(ask: Any) -> None:
    life = Life(contract(), None)

    with pytest.raises(Refused) as refusal:
        ask(life.loan, life.contract, LENT_ON)

    assert refusal.value.code == "loan_not_active"


def test_money_for_a_closed_loan_is_excess_and_goes_back() -> None:
    life = Life(contract())
    life.pay(foreclosure(life.loan, life.contract, LENT_ON).amount, LENT_ON, "foreclosure")
    life.pay(rupees("5"), LENT_ON)
    life.check()

    assert (life.loan.state, life.loan.excess) == ("closed", 500)
    assert life.refund(LENT_ON) == rupees("5")
    assert life.loan.excess == 0


def test_money_dated_before_the_last_movement_counts_from_its_own_date() -> None:
    life = Life(contract())
    life.pay(rupees("1"), date(2026, 2, 10))
    entry = life.pay(rupees("1"), date(2026, 2, 5))
    life.check()

    assert entry.effective_on == date(2026, 2, 5)


def test_penalties_and_fees_that_are_due_are_settled_as_the_waterfall_says() -> None:
    """Nothing makes such dues yet; what they are paid with is ready for them."""
    life = Life(contract(waterfall=Waterfall(past_due=("fee", "penalty", "interest", "principal"), due=())))
    owed = replace(life.loan, dues=(Due(1, LENT_ON, fee=10, penalty=20),))
    receipt = repayment.Receipt(
        "p", Money(25, "INR"), "instalment", LENT_ON + timedelta(days=1), life.entries[0].recorded_at
    )
    _, entries = repayment.received(owed, life.contract, receipt)

    assert entries[0].lines == (Line(1, "fee", 10), Line(1, "penalty", 15))
    assert (entries[0].moved("fee_receivable"), entries[0].moved("penalty_receivable")) == (-10, -15)
    payoff = foreclosure(owed, life.contract, LENT_ON)
    assert (payoff.fees, payoff.penalties) == (Money(10, "INR"), Money(20, "INR"))

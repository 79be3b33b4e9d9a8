"""What may be paid today: each amount does what it says when it is paid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from shared.domain.allocation import Waterfall
from shared.domain.money import Money
from shared.domain.penal import Penalty
from shared.domain.repayment_options import options
from tests.domain.lending import ORDER, Life, contract, rupees

ON = date(2026, 4, 1)
CHARGED = Penalty("charge", Decimal("0.24"), 3)


def kinds(life: Life, on: date = ON) -> list[tuple[str, int]]:
    return [(each.kind, each.instalments) for each in options(life.loan, life.contract, on)]


def paid(life: Life, index: int, on: date = ON) -> Life:
    option = options(life.loan, life.contract, on)[index]
    life.pay(option.amount, on, option.purpose)
    life.check()
    return life


def late() -> Life:
    return Life(contract(penal=CHARGED)).until(ON)


def test_what_is_due_comes_first_with_its_penal_charges() -> None:
    assert kinds(late()) == [("due", 0), ("ahead", 1), ("ahead", 2), ("ahead", 3), ("all", 0)]
    # Two instalments of 969.73, and 29 days' charge of 18.49 on the first.
    assert options(late().loan, late().contract, ON)[0].amount == rupees("1957.95")
    assert paid(late(), 0).loan.dues == ()


def test_who_pays_the_coming_instalment_owes_nothing_on_its_day() -> None:
    for index, days in ((1, [date(2026, 4, 30)]), (2, [date(2026, 4, 30), date(2026, 5, 31)])):
        life = paid(late(), index)
        for day in days:
            assert life.until(day).loan.dues == ()
        assert life.loan.excess == 0


def test_who_pays_all_has_closed_the_loan() -> None:
    assert paid(late(), -1).loan.state == "closed"


def test_who_owes_nothing_yet_may_pay_ahead_or_all() -> None:
    assert kinds(Life(contract()), date(2026, 2, 1)) == [("ahead", 1), ("ahead", 2), ("ahead", 3), ("all", 0)]


def test_what_is_paid_ahead_already_is_not_asked_for_again() -> None:
    life = Life(contract())
    life.pay(rupees("500"), date(2026, 2, 1))

    assert options(life.loan, life.contract, date(2026, 2, 1))[0].amount == rupees("469.73")


def test_where_early_money_shortens_the_loan_no_coming_instalment_is_offered() -> None:
    order = Waterfall(ORDER, ORDER, ("interest", "principal"), in_advance_to="last")

    assert kinds(Life(contract(waterfall=order)).until(ON)) == [("due", 0), ("all", 0)]


def test_nothing_is_more_than_all() -> None:
    life = Life(contract(instalments=3)).until(ON)
    found = options(life.loan, life.contract, ON)

    assert found[-1].kind == "all" and found[-2].amount < found[-1].amount


def test_a_loan_that_is_over_or_not_paid_out_has_nothing_to_pay() -> None:
    assert kinds(paid(late(), -1)) == []
    assert kinds(Life(contract(), None)) == []


def test_what_was_written_off_may_still_be_paid() -> None:
    life = late().write_off(ON)
    (option,) = options(life.loan, life.contract, ON)

    assert (option.kind, option.amount) == ("written_off", Money(life.loan.written_off, "INR"))
    assert options(replace(life.loan, written_off=0), life.contract, ON) == ()

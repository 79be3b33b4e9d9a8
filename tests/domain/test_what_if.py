"""What would become of a loan: the same engine, imagined payments, nothing written."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.payoff import foreclosure
from shared.domain.penal import Penalty
from shared.domain.schedule import schedule
from shared.domain.what_if import Change, Foreclose, Outlook, Pay, Skip, Tenor, outlook
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.domain.test_replay import LENT, PAYMENTS, contracts, paid

FIRST_DUE = date(2026, 2, 28)


def seen(life: Life, *changes: Change, today: date = LENT_ON) -> Outlook:
    life.until(today)
    return outlook(life.loan, life.contract, changes, today, AT)


def test_without_a_change_it_is_the_schedule() -> None:
    life = Life(contract())
    found = seen(life)

    rows = schedule(life.contract.terms, LENT_ON)
    assert [(each.on, each.principal, each.interest, each.amount) for each in found.outlays] == [
        (row.due_on, row.principal.minor, row.interest.minor, row.total.minor) for row in rows
    ]
    assert (found.ends_on, found.instalment) == (rows[-1].due_on, 96_973)


def test_it_is_what_really_comes_when_one_does_it() -> None:
    life = Life(contract())
    change = Pay(date(2026, 3, 10), rupees("5000"), "prepayment")
    imagined = seen(life, change)
    for outlay in imagined.outlays:
        if outlay.on == change.on:
            life.pay(change.amount, change.on, change.purpose)
        else:
            life.pay(Money(outlay.amount, "INR"), outlay.on)
    life.check()

    assert life.loan.state == "closed"
    assert imagined.sum_of("interest") == -life.balance("interest_income")


def test_paying_early_saves_interest_and_ends_the_loan_sooner() -> None:
    as_agreed = seen(Life(contract()))
    early = seen(Life(contract()), Pay(date(2026, 3, 10), rupees("5000"), "prepayment"))

    assert early.sum_of("interest") < as_agreed.sum_of("interest")
    assert early.ends_on is not None and as_agreed.ends_on is not None and early.ends_on < as_agreed.ends_on


def test_both_choices_of_a_prepayment_can_be_seen_beside_each_other() -> None:
    life = Life(contract(prepayment_choices=("smaller_instalment",)))
    asked = [Pay(date(2026, 3, 10), rupees("5000"), "prepayment", choice) for choice in (None, "smaller_instalment")]
    shorter, smaller = (seen(life, change) for change in asked)

    assert shorter.ends_on is not None and smaller.ends_on is not None and shorter.ends_on < smaller.ends_on
    assert smaller.outlays[-2].amount < shorter.outlays[-2].amount
    with pytest.raises(Refused):
        seen(Life(contract()), asked[1])


def test_foreclosing_costs_what_the_quote_of_that_day_says() -> None:
    life = Life(contract())
    on = date(2026, 3, 15)
    found = seen(life, Foreclose(on))

    for row in schedule(life.contract.terms, LENT_ON)[:1]:
        life.pay(row.total, row.due_on)
    assert found.outlays[-1].on == on
    assert found.outlays[-1].amount == foreclosure(life.loan, life.contract, on).amount.minor
    assert found.outlays[-1].charge > 0


def test_a_skipped_instalment_is_paid_with_the_next_and_costs_its_penal_charge() -> None:
    penal = Penalty("charge", Decimal("0.24"), 3)
    found = seen(Life(contract(penal=penal)), Skip(1))

    # 28 March to 31 March: 31 days less 3 of grace at 24 % on 969.73 = 17.85.
    assert found.outlays[0].on == date(2026, 3, 31)
    assert found.outlays[0].penalty == 1_785
    assert len(found.outlays) == 23


def test_the_last_instalment_that_is_skipped_is_paid_a_month_later() -> None:
    found = seen(Life(contract(instalments=3)), Skip(3))

    assert [outlay.on for outlay in found.outlays] == [FIRST_DUE, date(2026, 3, 31), date(2026, 5, 31)]


def test_another_tenor_has_its_own_instalment() -> None:
    longer, shorter = seen(Life(contract()), Tenor(36)), seen(Life(contract()), Tenor(12))

    assert (len(longer.outlays), len(shorter.outlays)) == (36, 12)
    assert longer.instalment < 96_973 < shorter.instalment
    # 20,000 at 1.25 % over 36: 693.31.
    assert longer.instalment == 69_331


def test_what_is_overdue_today_is_taken_to_be_paid_today() -> None:
    life = Life(contract())
    found = seen(life, today=date(2026, 3, 10))

    assert (found.outlays[0].on, found.outlays[0].amount) == (date(2026, 3, 10), 96_973)


def test_nothing_changes_by_asking() -> None:
    life = Life(contract())
    before, entries = life.loan, list(life.entries)
    outlook(life.loan, life.contract, [Foreclose(date(2026, 5, 5))], LENT_ON, AT)

    assert (life.loan, life.entries) == (before, entries)


@pytest.mark.parametrize(
    "change",
    [
        Pay(LENT_ON - timedelta(days=1), Money(1, "INR"), "instalment"),
        Foreclose(LENT_ON - timedelta(days=1)),
        Foreclose(date(2040, 1, 1)),
        Skip(0),
        Skip(25),
        Tenor(0),
        Tenor(121),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: Any) -> None:
    with pytest.raises(Refused) as refusal:
        seen(Life(contract()), change)

    assert refusal.value.code == "change_impossible"
    assert refusal.value.pointer is not None and refusal.value.pointer.startswith("/changes")


def test_a_loan_that_is_not_active_has_no_outlook() -> None:
    with pytest.raises(Refused) as refusal:
        outlook(Life(contract(), None).loan, contract(), [], LENT_ON, AT)

    assert refusal.value.code == "loan_not_active"


@settings(max_examples=200, deadline=None)
@given(contracts(), st.sampled_from(LENT), PAYMENTS, st.integers(0, 90))
def test_every_loan_would_end_when_all_that_is_asked_is_paid(
    agreed: Contract, lent_on: date, payments: list[tuple[int, int, str, bool]], days: int
) -> None:
    today = lent_on + timedelta(days=days)
    then = [payment for payment in payments if payment[0] <= days]
    life = paid(Life(agreed, lent_on), then, list(range(len(then))), lent_on).until(today)
    if life.loan.state != "active":
        return
    found = outlook(life.loan, agreed, [], today, AT)

    held = min(life.loan.excess, life.loan.principal)
    assert found.sum_of("principal") <= life.loan.principal <= found.sum_of("principal") + max(held, 0)
    assert all(outlay.amount > 0 for outlay in found.outlays)
    assert not found.outlays or found.outlays[-1].outstanding == 0 or life.loan.excess > 0

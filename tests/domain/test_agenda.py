"""A loan lies under the day on which it needs somebody next, and under no day when it needs nobody."""

from collections import Counter
from dataclasses import replace
from datetime import date

from shared.domain.agenda import notice_on, shard, work_on
from shared.domain.night import SHARDS, shards
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees

NEXT = date(2026, 2, 28)


def test_the_next_due_date_is_the_day() -> None:
    life = Life(contract())

    assert work_on(life.loan, life.contract) == NEXT
    assert work_on(life.until(NEXT).loan, life.contract) == date(2026, 3, 31)


def test_a_waiver_that_lapses_and_a_plan_that_breaks_are_the_nights_work_too() -> None:
    life = Life(contract()).until(date(2026, 4, 1)).grant(0, "1", date(2026, 4, 1), date(2026, 4, 10))
    assert work_on(life.loan, life.contract) == date(2026, 4, 11)

    planned = Life(contract()).until(date(2026, 4, 1))
    planned.plan(12, date(2026, 4, 1), date(2026, 5, 1), breaks_after_days=15).until(date(2026, 5, 1))
    assert work_on(planned.loan, planned.contract) == date(2026, 5, 17)


def test_a_loan_that_is_not_paid_out_needs_nobody() -> None:
    life = Life(contract(), None)

    assert work_on(life.loan, life.contract) is None


def test_a_refund_is_wanted_at_once_and_then_nothing() -> None:
    life = Life(contract())
    life.pay(rupees("30000"), NEXT, "foreclosure")
    assert work_on(life.loan, life.contract) == NEXT

    life.refund(NEXT)
    assert work_on(life.loan, life.contract) is None


def test_money_for_a_loan_that_was_cancelled_is_wanted_back_at_once() -> None:
    life = Life(contract(), None)
    loan = replace(life.loan, state="cancelled", excess=100)

    assert work_on(loan, life.contract) == AT.date() == LENT_ON


def test_whatever_moves_a_loan_makes_it_worth_a_look_that_day() -> None:
    life = Life(contract())

    assert notice_on(life.loan) == LENT_ON
    assert notice_on(life.until(NEXT).loan) == NEXT
    assert notice_on(Life(contract(), None).loan) is None


def test_a_shard_is_the_markets_and_stays_the_loans_own() -> None:
    loan, terms = Life(contract()).loan, contract()

    assert shard(loan, terms) == shard(replace(loan, version=9), terms) == "in#3"
    assert shard(loan, replace(terms, market="cn")) == "cn#3"


def test_loans_are_spread_over_all_shards() -> None:
    loan = Life(contract()).loan
    found = Counter(shard(replace(loan, loan_id=f"loan_{number}"), contract()) for number in range(1600))

    assert set(found) == set(shards("in")) and len(found) == SHARDS
    assert max(found.values()) < 150

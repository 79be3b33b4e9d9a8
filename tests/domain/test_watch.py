"""The time after a plan: it ends when every due was paid in time for long enough, and begins anew when one was late."""

from datetime import date

import pytest

from shared.domain import dues, relief
from shared.domain.errors import Refused
from shared.domain.ledger import live
from shared.domain.money import Money
from tests.domain.lending import Life, contract

ASKED = date(2026, 4, 1)


def overdue() -> Life:
    return Life(contract()).until(ASKED)


def test_a_plan_that_was_kept_for_its_months_leaves_the_way_free_for_other_relief() -> None:
    """And is undone with a payment that comes back, as whatever follows from the days and the payments."""
    life = overdue().plan(36, ASKED, date(2026, 5, 1), breaks_after_days=15, watch_months=2)
    for on in (date(2026, 5, 1), date(2026, 6, 1)):
        life.until(on).pay(Money(sum(due.unpaid for due in life.loan.dues), "INR"), on)
    life.until(date(2026, 6, 30))
    with pytest.raises(Refused) as refusal:
        life.grant(100, "1", date(2026, 6, 30), date(2026, 7, 9))
    assert refusal.value.code == "relief_open"
    assert dues.next_day(life.loan, life.contract) == date(2026, 7, 1)
    life.until(date(2026, 7, 1)).check()

    assert (life.loan.watched, life.loan.watch, life.loan.kept) == (None, None, ("plan_1",))
    life.comes_back(2).until(date(2026, 7, 1)).check()
    assert life.loan.watched is None and life.loan.watch is not None and life.loan.kept == ()
    assert "plan_broken" in [entry.kind for entry in live(life.entries)]


def test_the_months_of_a_watch_begin_anew_when_arrears_are_paid() -> None:
    life = overdue().plan(36, ASKED, date(2026, 5, 1), breaks_after_days=15, watch_months=2).until(date(2026, 5, 4))
    life.pay(Money(sum(due.unpaid for due in life.loan.dues), "INR"), date(2026, 5, 4))

    assert life.loan.watch is not None and life.loan.watch.since == date(2026, 5, 4)
    life.until(date(2026, 6, 1)).pay(Money(sum(due.unpaid for due in life.loan.dues), "INR"), date(2026, 6, 1))
    assert relief.watch_ends_on(life.loan) == date(2026, 7, 4)

"""Which days a start asks for, and what it says of those before."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.runs import Runs
from shared.application.start_settling import Standing, ToSettle, start_settling
from tests.application.desk import AT, ON, Death
from tests.application.settling import SettlingDesk, in_memory, night_after

NEXT = ON + timedelta(days=1)


class Days:
    """The queue, as a list."""

    def __init__(self) -> None:
        self.sent: list[ToSettle] = []

    def send(self, things: list[ToSettle]) -> None:
        self.sent += things

    def taken(self) -> list[date]:
        found, self.sent = [each.on for each in self.sent], []
        return found


@pytest.fixture
def desk(death: Death) -> SettlingDesk:
    return in_memory(death)


def started(desk: SettlingDesk, at: datetime) -> tuple[Standing, list[date]]:
    days: Any = Days()
    standing = start_settling("in", (desk.lender,), at, loans=desk.loans, days=days)
    return standing, days.taken()


def test_a_lender_who_is_new_has_yesterday_settled(desk: SettlingDesk) -> None:
    assert started(desk, night_after(ON)) == (Standing(NEXT, 1, 0, 0, 0, 0), [ON])


def test_a_day_that_agrees_is_asked_for_once_and_its_run_is_finished(desk: SettlingDesk) -> None:
    desk.paid()
    started(desk, night_after(ON))
    desk.settle_day()
    standing, asked = started(desk, night_after(ON) + timedelta(hours=3))
    run = Runs(desk.loans.table, "settling").get("in", NEXT)

    assert (standing.unsettled, asked) == (0, [])
    assert run is not None and run.finished_at is not None


def test_days_that_were_missed_are_made_up_for(desk: SettlingDesk) -> None:
    desk.paid().settle_day()

    assert started(desk, night_after(ON + timedelta(days=15)))[1] == [
        ON + timedelta(days=each) for each in range(1, 16)
    ]


def test_a_day_that_waits_is_asked_for_again_and_then_wakes_somebody(desk: SettlingDesk) -> None:
    desk.paid().bank.lacks.add(("rail", ON))
    started(desk, night_after(ON))
    desk.settle_day()
    standing, asked = started(desk, night_after(ON) + timedelta(hours=3))

    assert (standing.unsettled, asked) == (1, [ON])


def test_what_differs_is_counted_with_its_age_and_asked_for_on_the_days_that_the_rule_says(desk: SettlingDesk) -> None:
    desk.paid().bank.omits.add(("rail", "payment.upi_1"))
    desk.settle_day()
    last = ON + timedelta(days=10)
    standing, asked = started(desk, night_after(last))
    _, then = started(desk, night_after(last + timedelta(days=1)))

    assert (standing.unexplained, standing.oldest_days) == (96_973, 11)
    assert ON not in asked and ON + timedelta(days=1) in asked
    assert ON not in then


def test_a_payout_that_is_not_over_after_a_day_is_counted_until_it_is(desk: SettlingDesk) -> None:
    desk.disburse()
    early, _ = started(desk, AT + timedelta(hours=20))
    late, _ = started(desk, AT + timedelta(hours=30))
    desk.settle()
    over, _ = started(desk, AT + timedelta(hours=31))

    assert [each.late_payouts for each in (early, late, over)] == [0, 1, 0]

"""When a borrower who asked to be forgotten is: once nothing is owed, and the law's years are over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.domain import erasure
from shared.domain.erasure import Erasure
from shared.domain.errors import Refused
from shared.domain.loan import Loan, sanctioned
from tests.domain.lending import contract

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ASKED = Erasure("asked", AT)


def loan(state: str, closed_on: date | None = None, **changes: Any) -> Loan:
    made = sanctioned("loan_1", "brw_1", contract(), "app_1", "off_1", datetime(2020, 2, 29, 12, tzinfo=UTC))
    return replace(made, state=state, closed_on=closed_on, **changes)


def planned(*loans: Loan, has_application: bool = False, years: int = 5) -> Erasure:
    return erasure.planned(ASKED, loans, has_application=has_application, retention_years=years, on=TODAY)


def test_without_any_loan_nothing_has_to_be_waited_for() -> None:
    assert (planned().state, planned().due_on, planned().look_on) == ("scheduled", TODAY, TODAY)


@pytest.mark.parametrize("state", ["sanctioned", "disbursing", "active", "written_off"])
def test_what_may_still_be_owed_is_waited_for_and_looked_at_again(state: str) -> None:
    made = planned(loan("closed", date(2010, 1, 1)), loan(state))

    assert (made.state, made.waits_for, made.due_on) == ("asked", "loan", None)
    assert made.look_on == TODAY + timedelta(days=7)


@pytest.mark.parametrize("owed", [{"excess": 1}, {"payout_id": "pout_1"}])
def test_money_that_is_still_the_borrowers_is_waited_for(owed: Any) -> None:
    assert planned(loan("closed", date(2010, 1, 1), **owed)).waits_for == "loan"


def test_an_application_under_way_is_waited_for() -> None:
    assert planned(has_application=True).waits_for == "application"


@pytest.mark.parametrize(
    ("closed_on", "years", "due_on"),
    [
        (date(2026, 11, 21), 5, date(2031, 11, 22)),
        (date(2024, 2, 29), 5, date(2029, 3, 1)),
        (date(2021, 11, 22), 5, date(2026, 11, 23)),
        (date(2021, 11, 21), 5, TODAY),
        (date(2010, 1, 1), 5, TODAY),
        (date(2017, 1, 1), 10, date(2027, 1, 2)),
    ],
)
def test_the_years_of_the_law_begin_with_the_last_loans_end(closed_on: date, years: int, due_on: date) -> None:
    made = planned(loan("closed", date(2009, 5, 5)), loan("closed", closed_on), years=years)

    assert (made.state, made.due_on, made.look_on) == ("scheduled", due_on, due_on)
    assert made.waits_for == ("retention" if due_on > TODAY else None)


def test_a_loan_that_was_never_paid_out_ended_when_it_was_granted() -> None:
    assert planned(loan("cancelled"), years=10).due_on == date(2030, 3, 1)


def test_what_has_begun_is_finished_and_not_undone() -> None:
    begun = erasure.begun(planned())
    done = erasure.done(begun, AT)

    assert (begun.state, done.state, done.look_on, done.is_asked) == ("erasing", "done", None, False)
    for late in (begun, done):
        with pytest.raises(Refused) as refusal:
            erasure.withdrawn(late, AT, TODAY)
        assert refusal.value.code == "erasure_begun"


def test_who_thinks_better_of_it_stays_with_a_clock_of_his_own() -> None:
    gone = erasure.withdrawn(planned(), AT, TODAY)

    assert (gone.state, gone.due_on, gone.is_asked) == ("withdrawn", None, False)
    assert gone.look_on == TODAY + timedelta(days=1)

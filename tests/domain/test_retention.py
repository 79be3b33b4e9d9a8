"""How long each kind of data is kept without anybody asking, and when the clock is looked at."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.domain.erasure import Erasure
from shared.domain.retention import KINDS, RetentionRules, kept_until, next_step, over
from shared.markets import CODES, market
from tests.domain.test_erasure import AT, TODAY, loan

RULES = RetentionRules({"contacts": 1, "bank_account": 2, "papers": 3, "identity": 5}, 100, 30, 90, 8)
KEPT = Erasure("kept", AT)
CLOSED = loan("closed", date(2026, 1, 10))


def until(*loans: object, heard_on: date = TODAY, is_open: bool = False) -> dict[str, date | None]:
    return dict(kept_until(RULES, loans, heard_on=heard_on, is_open=is_open))  # type: ignore[arg-type]


def test_who_never_borrowed_is_kept_so_long_as_he_was_heard_of_lately() -> None:
    assert until() == dict.fromkeys(KINDS, TODAY + timedelta(days=100))


@pytest.mark.parametrize("state", ["sanctioned", "active", "written_off"])
def test_nothing_ends_while_something_may_be_owed(state: str) -> None:
    assert until(CLOSED, loan(state)) == until(is_open=True) == dict.fromkeys(KINDS)


def test_each_kind_ends_by_itself_after_the_last_loan() -> None:
    ends = until(loan("closed", date(2020, 1, 1)), CLOSED, heard_on=date(2026, 1, 10))

    assert ends == {
        "contacts": date(2027, 1, 10),
        "bank_account": date(2028, 1, 10),
        "papers": date(2029, 1, 10),
        "identity": date(2031, 1, 10),
    }
    assert over(ends, date(2028, 1, 10)) == ("contacts",)  # type: ignore[arg-type]
    assert over(ends, date(2040, 1, 1)) == ("contacts", "bank_account", "papers")  # type: ignore[arg-type]


def test_who_uses_his_account_is_not_forgotten_though_the_years_are_over() -> None:
    assert until(loan("closed", date(2010, 1, 1)))["identity"] == TODAY + timedelta(days=100)


def step(erasure: Erasure, ends: dict[str, date | None], on: date) -> Erasure:
    return next_step(erasure, ends, RULES, on)  # type: ignore[arg-type]


def test_the_clock_is_looked_at_when_the_next_kind_ends_and_when_it_is_time_to_tell() -> None:
    ends = until(CLOSED, heard_on=date(2026, 1, 10))

    assert step(KEPT, ends, TODAY).look_on == date(2027, 1, 11)
    assert step(KEPT, ends, date(2027, 1, 11)).look_on == date(2028, 1, 11)
    assert step(KEPT, ends, date(2029, 1, 11)).look_on == date(2030, 12, 12)


def test_the_last_of_it_goes_on_a_day_that_is_told_before() -> None:
    ends = until()
    told = step(KEPT, ends, TODAY + timedelta(days=71))

    assert (told.state, told.is_by_rule, told.is_asked) == ("scheduled", True, False)
    assert told.due_on == told.look_on == TODAY + timedelta(days=101)
    assert step(told, ends, TODAY + timedelta(days=101)) == told


def test_looked_at_late_he_has_all_days_of_the_notice_still() -> None:
    late = step(KEPT, until(), TODAY + timedelta(days=500))

    assert late.due_on == TODAY + timedelta(days=530)


def test_who_is_heard_of_after_he_was_told_is_kept() -> None:
    told = step(KEPT, until(), TODAY + timedelta(days=71))
    back = step(told, until(heard_on=TODAY + timedelta(days=80)), TODAY + timedelta(days=101))

    assert (back.state, back.is_by_rule, back.due_on) == ("kept", False, None)
    assert back.look_on == TODAY + timedelta(days=151)


def test_while_a_loan_runs_the_clock_is_looked_at_again() -> None:
    stays = step(replace(KEPT, state="withdrawn"), until(loan("active")), TODAY)

    assert (stays.state, stays.look_on) == ("withdrawn", TODAY + timedelta(days=90))


@pytest.mark.parametrize("code", CODES)
def test_a_market_keeps_nothing_longer_than_who_it_was(code: str) -> None:
    rules = market(code, TODAY).retention

    assert set(rules.years) == set(KINDS) and rules.notice_days < rules.never_lent_days
    assert max(rules.years.values()) == rules.years["identity"] <= rules.books_years

"""The packs' rules on lateness, contact, notices and the credit file, each by its name."""

from datetime import date

import pytest

from shared.domain.delinquency import STANDARD
from shared.domain.schedule import schedule
from shared.domain.terms import Terms
from shared.markets import CODES, market

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("code", "named"), [("in", "NPA"), ("cn", None)])
def test_a_class_that_only_full_payment_ends_is_one_of_the_buckets(code: str, named: str | None) -> None:
    here = market(code, TODAY)

    assert here.rule("non_performing").value == here.non_performing == named
    assert named is None or here.buckets[-1][0] == named


@pytest.mark.parametrize(("code", "named"), [("in", "NPA"), ("cn", "special_mention")])
def test_a_restructured_loan_is_watched_for_a_year_in_a_class_of_its_market(code: str, named: str) -> None:
    here = market(code, TODAY)

    assert here.rule("restructured").value == {"class": here.restructured, "months": here.plans.watch_months}
    assert (here.restructured, here.plans.watch_months) == (named, 12)


def test_a_tenth_of_the_debt_is_repaid_within_a_year_of_the_instalments_of_any_plan() -> None:
    """So that the year alone decides: at the market's dearest rate and over its longest plan, 13 instalments."""
    here = market("in", TODAY)
    months = here.tenor_months.most + max(kind.most for kind in here.plans.kinds.values() if kind.most <= 12)
    terms = Terms(here.money(here.amount_minor.most), here.annual_rate[1], months)
    paid = sum(row.principal.minor for row in schedule(terms, TODAY)[:13])

    assert here.rule("restructured").source.count("a tenth") == 2
    assert paid * 10 >= terms.principal.minor


@pytest.mark.parametrize("code", CODES)
def test_classes_that_are_told_are_classes_of_the_market(code: str) -> None:
    here = market(code, TODAY)

    assert here.rule("notices").id == f"{code}.notices"
    assert {*here.notices.classes} <= {name for name, _ in here.buckets} | {STANDARD}


@pytest.mark.parametrize("code", CODES)
def test_stages_of_lateness_rise_and_have_a_tone(code: str) -> None:
    notices = market(code, TODAY).notices
    days = [after for after, _ in notices.overdue]

    assert days == sorted({*days}) and days[0] >= 1 and min(notices.upcoming) >= 1
    assert {tone for _, tone in notices.overdue} <= {"gentle", "firm"}


@pytest.mark.parametrize("code", CODES)
def test_caps_let_something_through_and_the_week_is_no_narrower_than_the_day(code: str) -> None:
    here = market(code, TODAY)

    assert here.rule("contact_caps").value == {"per_day": here.contacts_per_day, "per_week": here.contacts_per_week}
    assert 1 <= here.contacts_per_day <= here.contacts_per_week


def test_chinas_cap_is_that_of_the_standard() -> None:
    assert market("cn", TODAY).contacts_per_day == 3


@pytest.mark.parametrize("code", CODES)
def test_days_of_no_contact_are_holidays_or_their_eves(code: str) -> None:
    here = market(code, TODAY)

    assert here.rule("no_contact_on").value == [day.isoformat() for day in here.no_contact_on]
    assert list(here.no_contact_on) == sorted(here.no_contact_on)
    if code == "in":
        assert {*here.no_contact_on} <= {*here.holidays}


@pytest.mark.parametrize("code", CODES)
def test_a_debit_is_announced_at_least_24_hours_before(code: str) -> None:
    here = market(code, TODAY)

    assert here.rule("debit_notice_hours").value == here.debits.notice_hours >= 24
    assert here.notices.debit_days * 24 >= here.debits.notice_hours + 24


@pytest.mark.parametrize("code", CODES)
def test_the_windows_of_debits_are_in_order_and_apart(code: str) -> None:
    hours = [hour for window in market(code, TODAY).debits.windows for hour in window]

    assert hours == sorted(set(hours)) and market(code, TODAY).rule("debits").source


def test_in_india_no_bank_is_asked_in_its_busy_hours_nor_more_than_four_times() -> None:
    rules = market("in", TODAY).debits

    for opens, closes in rules.windows:
        assert all(closes <= busy or opens >= quiet for busy, quiet in (("10:00", "13:00"), ("17:00", "21:30")))
    assert rules.attempts == 4


@pytest.mark.parametrize("code", CODES)
def test_a_credit_file_leaves_time_for_the_borrowers_notice(code: str) -> None:
    file = market(code, TODAY).credit_file

    assert market(code, TODAY).rule("credit_file").source
    assert file.notice_days <= min(file.part_file_days, file.full_file_days)
    assert list(file.reference_days) == sorted({*file.reference_days}) and file.reference_days[-1] == 31


@pytest.mark.parametrize(("code", "days"), [("in", 30), ("cn", 20)])
def test_the_clock_of_a_dispute_is_the_markets(code: str, days: int) -> None:
    assert market(code, TODAY).rule("credit_dispute").value["days"] == market(code, TODAY).credit_dispute.days == days

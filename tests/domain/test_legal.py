"""The legal stage: a demand with days to pay, no step before they are over, and none once all is paid."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain import cases, legal
from shared.domain.cases import Case
from shared.domain.endings import LegalRules
from shared.domain.errors import Refused
from tests.domain.lending import rupees
from tests.domain.test_cases import in_hand

RULES = LegalRules(days_past_due=90, demand_days=15)
ON = date(2026, 6, 1)
OWED = rupees("4000")


def in_stage() -> Case:
    return cases.taken_to_court(in_hand(), ON)


def told(case: Case, on: date, demanded_on: date | None = None) -> list[tuple[str, Any]]:
    sent = {f"legal_demand.{case.number}": demanded_on} if demanded_on else {}
    found = legal.stage(case, RULES, sent)
    return [(each.kind, each.facts.get("by")) for each in legal.notices(case, found, RULES, OWED, on)]


def test_a_case_that_is_not_in_the_stage_is_told_nothing_of_it() -> None:
    assert legal.stage(in_hand(), RULES, {}) is None
    assert told(in_hand(), ON) == []


def test_the_days_to_pay_run_from_the_day_on_which_the_demand_is_sent() -> None:
    late = ON + timedelta(days=4)
    sent = {"legal_demand.1": late}

    assert legal.stage(in_stage(), RULES, {}) == legal.Stage(ON)
    assert told(in_stage(), late) == [("legal_demand", late + timedelta(days=15))]
    stage = legal.stage(in_stage(), RULES, sent)
    assert stage == legal.Stage(ON, late, late + timedelta(days=15), late + timedelta(days=16))


@pytest.mark.parametrize(("days", "kinds"), [(1, []), (15, []), (16, ["legal_steps"]), (40, ["legal_steps"])])
def test_steps_are_announced_the_day_after_the_last_one_to_pay(days: int, kinds: list[str]) -> None:
    assert [kind for kind, _ in told(in_stage(), ON + timedelta(days=days), ON)] == kinds


def test_the_loan_is_looked_at_again_when_the_days_are_over() -> None:
    case, after = in_stage(), ON + timedelta(days=16)
    sent = legal.stage(case, RULES, {"legal_demand.1": ON})

    assert legal.next_on(case, legal.stage(case, RULES, {}), RULES, ON) == after
    assert legal.next_on(case, sent, RULES, ON + timedelta(days=3)) == after
    assert legal.next_on(case, sent, RULES, after) is None


def test_who_pays_is_told_that_the_stage_is_over_if_he_was_told_of_it() -> None:
    paid_on = ON + timedelta(days=10)
    closed = replace(in_stage(), state="closed", closed_on=paid_on)

    assert told(closed, paid_on, ON) == [("legal_over", None)]
    assert told(closed, paid_on) == [] and told(closed, paid_on + timedelta(days=8), ON) == []
    assert legal.next_on(closed, legal.stage(closed, RULES, {}), RULES, paid_on) is None


def test_the_stage_is_for_loans_that_are_late_enough_or_written_off() -> None:
    legal.require_late(RULES, 90, is_written_off=False)
    legal.require_late(RULES, 0, is_written_off=True)

    with pytest.raises(Refused) as refusal:
        legal.require_late(RULES, 89, is_written_off=False)
    assert refusal.value.code == "not_late_enough"

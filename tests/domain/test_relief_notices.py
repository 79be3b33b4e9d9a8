"""What is told of relief: what really stands, once it does, and nothing that is over."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.lateness import steps
from shared.domain.notice_facts import AROUND, FACTS, Notice
from shared.domain.relief_notices import StaffAnswer, answered, told
from tests.domain.lending import AT, Life, rupees
from tests.domain.test_relief import ASKED, BY, overdue

AFTER = BY + timedelta(days=1)


def notices(life: Life) -> dict[str, Notice]:
    """By their ids, each once; each has the facts that its text needs."""
    found = list(told(steps(life.start, life.contract, life.entries), life.entries, life.contract, AT))
    for notice in found:
        assert set(FACTS[notice.text]) <= notice.facts.keys() | set(AROUND)
    by_id = {notice.notice_id: notice for notice in found}
    assert len(by_id) == len(found)
    return by_id


def facts(life: Life, notice_id: str) -> dict[str, Any]:
    return dict(notices(life)[notice_id].facts)


def test_a_waiver_is_told_with_its_sum_its_day_and_what_is_given_up() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)

    assert facts(life, "waiver_granted.wvr_1") == {
        "amount": rupees("1953.80"),
        "by": BY,
        "given_up": rupees("14.35"),
    }


def test_what_was_kept_is_told_with_what_was_given_up_in_the_end() -> None:
    life = overdue().grant(2_000, "1953.80", ASKED, BY)
    life.pay(rupees("1953.80"), BY)

    assert set(notices(life)) == {"waiver_kept.wvr_1"}
    assert facts(life, "waiver_kept.wvr_1") == {"given_up": rupees("14.35")}


@pytest.mark.parametrize(("closes", "kind"), [(False, "waiver_lapsed"), (True, "settlement_lapsed")])
def test_what_lapsed_is_told_and_not_any_more_that_it_was_granted(closes: bool, kind: str) -> None:
    life = overdue().grant(0 if closes else 1_435, "1953.80", ASKED, BY, closes=closes).until(AFTER)

    assert set(notices(life)) == {f"{kind}.wvr_1"}


def test_a_waiver_that_was_taken_back_is_told() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.undo("waiver_granted.wvr_1")

    assert set(notices(life)) == {"waiver_reversed.wvr_1"}


def test_a_waiver_that_was_booked_anew_before_it_was_taken_back_is_told_of_once() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees("5"), date(2026, 3, 5))
    life.undo("waiver_granted.wvr_1")

    assert set(notices(life)) == {"waiver_reversed.wvr_1"}


def test_a_waiver_that_stands_after_a_correction_was_not_taken_back() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    life.pay(rupees("5"), date(2026, 3, 5))

    assert set(notices(life)) == {"waiver_granted.wvr_1"}


def test_a_settlement_is_told_with_all_that_it_gives_up() -> None:
    life = overdue().grant(0, "15000", ASKED, BY, closes=True)
    found = facts(life, "settlement_offered.wvr_1")
    life.pay(rupees("15000"), ASKED)

    assert (found["amount"], found["by"]) == (rupees("15000"), BY)
    assert facts(life, "settlement_kept.wvr_1") == {"given_up": found["given_up"]}


def test_the_settlement_of_a_written_off_loan_gives_up_what_is_still_owed() -> None:
    life = overdue().write_off(ASKED)
    owed = life.loan.written_off
    life.grant(0, "5000", ASKED, BY, closes=True)
    offered = facts(life, "settlement_offered.wvr_1")
    life.pay(rupees("5000"), BY)

    assert offered["given_up"].minor == owed - 500_000
    assert facts(life, "settlement_kept.wvr_1") == {"given_up": offered["given_up"]}


def test_a_plan_is_told_with_its_instalment_and_its_first_date_and_again_when_it_is_broken() -> None:
    life = overdue().plan(12, ASKED, date(2026, 4, 30), breaks_after_days=15)
    found = facts(life, "plan_agreed.plan_1")
    assert (found["amount"].minor, found["due_on"]) == (life.instalment, date(2026, 4, 30))
    life.until(date(2026, 6, 1))

    broken = facts(life, "plan_broken.plan_1")
    assert broken["amount"].minor == life.instalment and broken["due_on"] > date(2026, 5, 16)


def test_what_was_recorded_before_is_not_told_again() -> None:
    life = overdue().grant(1_435, "1953.80", ASKED, BY)
    later = AT + timedelta(days=1)

    assert list(told(steps(life.start, life.contract, life.entries), life.entries, life.contract, later)) == []


def test_an_answer_of_staff_is_told_for_some_days() -> None:
    answer = StaffAnswer("plan_proposed", "plan_1", ASKED, AT, by=BY)
    [notice] = answered([answer], AT)

    assert (notice.notice_id, notice.facts) == ("plan_proposed.plan_1", {"by": BY})
    assert list(answered([answer], AT + timedelta(seconds=1))) == []

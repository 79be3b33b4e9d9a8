"""Cases: opened by a worse class, named before they are assigned, promises kept or broken by what was paid."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.domain import cases
from shared.domain.cases import MOVES, Agent, Case, Promise
from shared.domain.contact import Answer
from shared.domain.delinquency import Account, DueHistory, Scale
from shared.domain.errors import Refused
from tests.domain.lending import Life, contract, rupees

SCALE = Scale((("SMA-0", 0), ("SMA-1", 30), ("SMA-2", 60), ("NPA", 90)), "NPA")
DUE = date(2026, 2, 28)
AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
MEENA = Agent("stf_meena", "Meena Iyer", "+911204567800")


def kept(case: Case | None, on: date, settled_on: date | None = None, is_recovery: bool = False) -> Case | None:
    account = Account((DueHistory(1, DUE, settled_on),))
    return cases.kept(case, "loan_1", "brw_asha", "in", account, SCALE, at=AT, on=on, is_recovery=is_recovery)


def opened() -> Case:
    case = kept(None, DUE + timedelta(days=1))
    assert case is not None
    return case


def in_hand() -> Case:
    return cases.assigned(cases.named(opened(), MEENA), is_told=True)


def refusal_of(step: Any) -> str:
    with pytest.raises(Refused) as refusal:
        step()
    return refusal.value.code


def test_a_worse_class_opens_a_case_and_the_days_make_it_worse() -> None:
    case = opened()
    assert (case.state, case.bucket, case.opened_on, case.number) == ("open", "SMA-0", DUE, 1)

    worse = kept(case, DUE + timedelta(days=60))
    assert worse is not None and (worse.bucket, worse.number, worse.opened_on) == ("SMA-2", 1, DUE)
    assert kept(worse, DUE + timedelta(days=61)) == worse


def test_a_loan_in_order_has_no_case() -> None:
    assert kept(None, DUE - timedelta(days=1)) is None
    assert kept(None, DUE + timedelta(days=5), settled_on=DUE) is None


def test_a_case_is_closed_when_nothing_is_overdue_and_the_next_is_another() -> None:
    closed = kept(in_hand(), DUE + timedelta(days=20), settled_on=DUE + timedelta(days=20))
    assert closed is not None and closed.state == "closed"
    assert kept(closed, DUE + timedelta(days=25), settled_on=DUE + timedelta(days=20)) == closed

    again = kept(replace(closed, version=7), DUE + timedelta(days=25))
    assert again is not None and (again.number, again.state, again.agent, again.version) == (2, "open", None, 7)


def test_a_case_goes_on_with_its_agent_after_the_write_off_until_nothing_is_owed() -> None:
    on = DUE + timedelta(days=200)
    goes_on = kept(in_hand(), on, settled_on=on, is_recovery=True)
    assert goes_on is not None and goes_on == replace(in_hand(), bucket=cases.WRITTEN_OFF)
    assert kept(goes_on, on, settled_on=on, is_recovery=True) == goes_on

    over = kept(goes_on, on + timedelta(days=9), settled_on=on)
    assert over is not None and (over.state, over.closed_on) == ("closed", on + timedelta(days=9))


def test_a_loan_that_was_written_off_without_a_case_gets_one() -> None:
    made = kept(None, DUE + timedelta(days=9), settled_on=DUE, is_recovery=True)

    assert made is not None and (made.state, made.bucket) == ("open", cases.WRITTEN_OFF)
    assert made.opened_on == DUE + timedelta(days=9)


def test_another_agent_does_not_end_the_legal_stage() -> None:
    legal = cases.taken_to_court(in_hand(), DUE)
    other = cases.assigned(cases.named(legal, MEENA), is_told=True)

    assert (other.state, other.legal_since) == ("legal", DUE)


def test_nobody_has_a_case_before_the_borrower_was_told_of_him() -> None:
    named = cases.named(opened(), MEENA)
    told = cases.notice(named, DUE)
    assert told is not None and told.facts == {"agent": "Meena Iyer", "agent_phone": "+911204567800"}
    assert refusal_of(lambda: cases.assigned(named, is_told=False)) == "agent_not_told"
    assert refusal_of(lambda: cases.assigned(opened(), is_told=True)) == "case_state"

    taken = cases.assigned(named, is_told=True)
    assert taken.state == "assigned" and cases.notice(taken, DUE) is None


def test_another_agent_is_told_of_anew() -> None:
    named = cases.named(opened(), MEENA)
    again = cases.named(cases.assigned(named, is_told=True), replace(MEENA, staff_id="stf_ravi"))

    assert again.state == "named" and again.notice_id != named.notice_id


@pytest.mark.parametrize("state", MOVES)
def test_only_the_agent_of_a_case_that_is_his_contacts(state: str) -> None:
    case = replace(in_hand(), state=state)

    if state in ("assigned", "legal"):
        assert cases.require_agent(case, "stf_meena") == MEENA
    else:
        assert refusal_of(lambda: cases.require_agent(case, "stf_meena")) == "not_the_agent"
    assert refusal_of(lambda: cases.require_agent(case, "stf_ravi")) == "not_the_agent"


def test_a_contact_that_a_rule_forbids_names_the_rule() -> None:
    cases.require_allowed(Answer(None, AT))

    with pytest.raises(Refused) as refusal:
        cases.require_allowed(Answer("in.contact_hours", AT))
    assert (refusal.value.code, refusal.value.members["rule"]) == ("contact_forbidden", "in.contact_hours")
    assert refusal_of(lambda: cases.require_allowed(Answer("borrower.opt_out", None))) == "contact_forbidden"


def test_a_court_is_asked_only_of_a_case_that_is_in_hand() -> None:
    assert cases.taken_to_court(in_hand(), DUE).state == "legal"
    assert refusal_of(lambda: cases.taken_to_court(opened(), DUE)) == "case_state"


@pytest.mark.parametrize(
    ("pay", "on", "state"),
    [
        ("500", date(2026, 3, 10), "kept"),
        ("499.99", date(2026, 3, 10), "broken"),
        ("500", date(2026, 3, 11), "broken"),
        ("500", date(2026, 3, 4), "broken"),
    ],
)
def test_a_promise_is_kept_by_what_was_paid_in_its_days(pay: str, on: date, state: str) -> None:
    promise = Promise(rupees("500"), date(2026, 3, 5), date(2026, 3, 10))
    life = Life(contract())
    life.pay(rupees(pay), on)

    assert cases.state_of(promise, life.entries, date(2026, 3, 12)) == state


def test_a_promise_is_open_to_the_end_of_its_last_day_and_broken_by_a_payment_that_comes_back() -> None:
    promise = Promise(rupees("500"), date(2026, 3, 5), date(2026, 3, 10))
    life = Life(contract())
    assert cases.state_of(promise, life.entries, promise.by) == "open"
    life.pay(rupees("500"), promise.by)
    assert cases.state_of(promise, life.entries, promise.by) == "kept"

    life.comes_back(1)
    assert cases.state_of(promise, life.entries, promise.by + timedelta(days=1)) == "broken"


def test_a_promise_is_of_some_money_on_a_day_that_is_not_over() -> None:
    today = date(2026, 3, 5)

    assert cases.promised(in_hand(), Promise(rupees("1"), today, today)).promises
    for promise in (Promise(rupees("0"), today, today), Promise(rupees("1"), today, today - timedelta(days=1))):
        assert refusal_of(lambda promise=promise: cases.promised(in_hand(), promise)) == "promise_impossible"

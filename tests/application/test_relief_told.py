"""What was decided about relief is told to the borrower, once, and what the legal stage demands before it acts."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.cases import Cases
from shared.adapters.notices import new_answer
from shared.adapters.requests import Request
from shared.application.keep_case import keep_case
from shared.application.settle_loan import decide_settlement, offer_settlement
from shared.application.work_case import assign_case, contacts_of, name_agent, take_to_court
from shared.domain.cases import Agent
from shared.domain.errors import Refused
from shared.domain.relief_notices import StaffAnswer
from shared.domain.staff import Staff
from tests.application.desk import Killed
from tests.application.post import Office, at
from tests.domain.lending import Life, contract, rupees

# The due of 28 February is 92 days late on 31 May.
ON = date(2026, 5, 31)
MEENA, ANITA = Staff("stf_meena", ("collector",)), Staff("stf_anita", ("approver",))


def late(instalments: int = 24) -> Office:
    return Office(Life(contract(instalments=instalments)).until(ON))


def by(office: Office, key: str) -> dict[str, Any]:
    request = Request("stf_somebody", "POST /v1/desk", key, "hash", 200)
    return {"loans": office.loans, "request": request, "view": lambda *_: {"done": True}}


def decided_at(on: date) -> datetime:
    """The recording machine's instant: the tests' lives are recorded long before."""
    return at(on)


def settled(office: Office) -> None:
    made = (office.loan_id, rupees("17000"), ON + timedelta(days=10), "He sells his car.", ANITA, ("stl_1", "aud_1"))
    offer_settlement(*made, decided_at(ON), **by(office, "offer"))


def new(office: Office, before: set[str]) -> set[str]:
    return {notice_id for notice_id, telling in office.told().items() if telling.state == "sent"} - before


def in_court(office: Office) -> None:
    keep_case(office.loan_id, at(ON), loans=office.loans)
    name_agent(office.loan_id, Agent(MEENA.staff_id, "Meena Iyer", "+911204567800"), **by(office, "name"))
    office.tell(ON, 11)
    assign_case(office.loan_id, "Mine.", MEENA, "aud_2", at(ON, 12), **by(office, "take"))
    take_to_court(office.loan_id, "Nothing helps.", ANITA, "aud_3", at(ON, 12), **by(office, "court"))


def test_a_settlement_that_is_offered_is_told_once_with_its_sum_and_its_day() -> None:
    office = late()
    office.tell(ON)
    before = set(office.told())
    settled(office)
    office.tell(ON, 12)

    assert new(office, before) == {"settlement_offered.stl_1"}
    assert office.tell(ON, 14) == 0
    text = office.network.taken[-1]
    assert "Rs 17,000.00" in text and "10 Jun 2026" in text and "credit record" in text


def test_a_settlement_that_is_withdrawn_is_told_and_its_offer_not_any_more() -> None:
    office = late()
    settled(office)
    given = by(office, "withdraw")
    decide_settlement(office.loan_id, "stl_1", "withdrawn", "A wrong sum.", ANITA, "aud_2", at(ON, 11), **given)
    office.tell(ON, 12)

    assert "settlement_withdrawn.stl_1" in office.told() and "settlement_offered.stl_1" not in office.told()


def test_an_answer_of_staff_is_told_once_also_when_the_sender_dies() -> None:
    office = late()
    office.tell(ON)
    office.loans.table.transact([new_answer(office.loan_id, StaffAnswer("plan_refused", "plan_1", ON, at(ON)))])
    told = len(office.network.taken)
    office.network.dies = True
    with pytest.raises(Killed):
        office.tell(ON, 12)
    office.network.dies = False

    assert office.tell(ON, 13) == 1 and office.tell(ON, 15) == 0
    assert len(office.network.taken) - told == 2


def test_a_demand_comes_first_then_its_days_and_only_then_may_steps_follow() -> None:
    office = late()
    office.tell(ON)
    in_court(office)
    told = contacts_of(office.loan_id, "brw_asha", at(ON, 12), loans=office.loans)
    assert told is not None and told.legal is not None and told.legal.demanded_on is None
    office.tell(ON, 13)
    told = contacts_of(office.loan_id, "brw_asha", at(ON, 14), loans=office.loans)
    steps_from = ON + timedelta(days=16)

    assert told is not None and told.legal is not None
    assert (told.legal.demanded_on, told.legal.steps_from) == (ON, steps_from)
    assert any("Demand: pay" in text and "15 Jun 2026" in text for text in office.network.taken)
    listed = office.listed_on()
    assert listed is not None and listed <= steps_from
    office.tell(steps_from - timedelta(days=1))
    assert "legal_steps.1" not in office.told()
    office.tell(steps_from)
    assert "legal_steps.1" in office.told()


def test_who_pays_his_arrears_leaves_the_legal_stage_and_is_told() -> None:
    office = late()
    office.tell(ON)
    in_court(office)
    office.tell(ON, 13)
    paid_on = ON + timedelta(days=5)
    office.life.until(paid_on).pay(rupees("4000"), paid_on)
    office.booked()
    keep_case(office.loan_id, at(paid_on), loans=office.loans)
    office.tell(paid_on)

    case = Cases(office.loans.table).get(office.loan_id)
    assert (case.state, case.closed_on) == ("closed", paid_on)
    assert "legal_over.1" in office.told() and "legal_steps.1" not in office.told()


def test_the_legal_stage_is_for_a_loan_that_is_late_enough() -> None:
    early = date(2026, 5, 20)
    office = Office(Life(contract()).until(early))
    keep_case(office.loan_id, at(early), loans=office.loans)
    name_agent(office.loan_id, Agent(MEENA.staff_id, "Meena Iyer", "+911204567800"), **by(office, "name"))
    office.tell(early, 11)
    assign_case(office.loan_id, "Mine.", MEENA, "aud_2", at(early, 12), **by(office, "take"))

    with pytest.raises(Refused) as refusal:
        take_to_court(office.loan_id, "Nothing helps.", ANITA, "aud_3", at(early, 12), **by(office, "court"))
    assert refusal.value.code == "not_late_enough"


def test_a_written_off_loan_keeps_its_case_until_nothing_is_owed() -> None:
    office = late()
    keep_case(office.loan_id, at(ON), loans=office.loans)
    office.life.write_off(ON)
    office.booked()
    keep_case(office.loan_id, at(ON, 12), loans=office.loans)
    case = Cases(office.loans.table).get(office.loan_id)
    assert case.is_open and case.number == 1

    paid_on = ON + timedelta(days=5)
    office.life.pay(rupees("30000"), paid_on)
    office.booked()
    keep_case(office.loan_id, at(paid_on), loans=office.loans)
    assert not Cases(office.loans.table).get(office.loan_id).is_open

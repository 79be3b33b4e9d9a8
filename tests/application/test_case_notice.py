"""The borrower is told of his agent in the allowed hours, once, and only then is the case assigned."""

from datetime import date
from typing import Any

import pytest

from shared.adapters.cases import Cases
from shared.adapters.requests import Request
from shared.application.keep_case import keep_case
from shared.application.work_case import assign_case, name_agent
from shared.domain.cases import Agent
from shared.domain.errors import Refused
from shared.domain.staff import Staff
from tests.application.post import Office, at
from tests.domain.lending import Life, contract

ON = date(2026, 3, 10)
MEENA = Staff("stf_meena", ("collector",))


def by(office: Office, key: str) -> dict[str, Any]:
    request = Request(MEENA.staff_id, "POST /v1/desk/cases/loan_1", key, "hash", 200)
    return {"loans": office.loans, "request": request, "view": lambda case: case.state}


def test_the_agent_is_told_of_before_he_has_the_case() -> None:
    office = Office(Life(contract()).until(ON))
    office.tell(ON)
    keep_case(office.loan_id, at(ON), loans=office.loans)
    name_agent(office.loan_id, Agent(MEENA.staff_id, "Meena Iyer", "+911204567800"), **by(office, "name"))
    told = len(office.network.taken)

    assert office.tell(ON, 20) == 0
    with pytest.raises(Refused):
        assign_case(office.loan_id, "Mine.", MEENA, "aud_1", at(ON, 20), **by(office, "early"))
    assert [office.tell(date(2026, 3, 11), 8), office.tell(date(2026, 3, 11), 9)] == [1, 0]
    assert "Meena Iyer (+911204567800) is now your contact" in office.network.taken[told]
    assign_case(office.loan_id, "Mine.", MEENA, "aud_2", at(date(2026, 3, 11), 9), **by(office, "then"))
    assert Cases(office.loans.table).get(office.loan_id).state == "assigned"

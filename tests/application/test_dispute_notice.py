"""A borrower is told how staff decided what he said is wrong in the credit file."""

from datetime import timedelta
from typing import Any

from shared.adapters.disputes import Disputes
from shared.adapters.requests import Request
from shared.application.decide_dispute import decide_dispute
from shared.domain.disputes import REASONS, raised
from shared.domain.staff import Staff
from shared.markets import market
from tests.application.post import Office, at
from tests.domain.lending import LENT_ON, Life, contract

DAY = timedelta(days=1)
MEENA = Staff("stf_meena", ("reviewer",))


def test_a_decision_is_told_once() -> None:
    office, on = Office(Life(contract(fees="0"))), LENT_ON + DAY
    loan, terms = office.life.loan, office.life.contract
    rules = market("in", on).credit_dispute
    made = raised("dsp_1", loan, terms, REASONS[0], (), rules, on=on, at=at(on))
    Disputes(office.loans.table).add(made, 0, Request("brw_asha", "POST /v1", "one", "hash", 201), None)
    assert office.tell(on) == 0
    request = Request(MEENA.staff_id, "POST /v1/desk", "two", "hash", 200)
    given: dict[str, Any] = {"loans": office.loans, "request": request, "view": lambda dispute: dispute.state}
    decide_dispute("dsp_1", "confirmed", "As the books say.", MEENA, "aud_1", at(on), **given)

    assert [office.tell(on, 12), office.tell(on, 14), office.tell(on + DAY)] == [1, 0, 0]
    assert "the file is right" in office.network.taken[-1]

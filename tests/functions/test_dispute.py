"""Disputes about the credit file: one at a time for a loan, once for a request, with a clock that costs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.audit import Audit
from shared.adapters.disputes import Disputes
from shared.adapters.exports import LoanRecords
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.notices import Notices
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import Table, Write, record
from shared.application.decide_dispute import decide_dispute, pay_compensation
from shared.domain.disputes import REASONS, Dispute, raised
from shared.domain.errors import Refused
from shared.domain.loan import sanctioned
from shared.domain.staff import Staff, month_of
from shared.markets import market
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.functions.door import Answer, call, opened

LOAN, UNPAID = f"loan_{'0' * 26}", f"loan_{'1' * 26}"
DAY = timedelta(days=1)
Say = Callable[..., Answer]


@pytest.fixture
def say(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    for loan_id, life in ((LOAN, Life(contract())), (UNPAID, Life(contract(), None))):
        start = sanctioned(loan_id, "brw_asha", life.contract, "app_1", "off_1", AT)
        loans.transact([Write(record(start, loan_id, HEAD)), Write(record(life.contract, loan_id, CONTRACT))])
        Loans(loans).book(replace(life.loan, loan_id=loan_id), life.contract, life.entries)
    with opened("dispute", monkeypatch, loans=loans) as handler:

        def said(loan_id: str = LOAN, key: str = "one", subject: str = "asha", **body: Any) -> Answer:
            whole = {"loan_id": loan_id, "reason": "paid_already"} | body
            return call(handler, "POST /v1/me/credit-file/disputes", whole, subject=subject, key=key)

        def shown(subject: str = "asha") -> Any:
            return call(handler, "GET /v1/me/credit-file/disputes", subject=subject).body["disputes"]

        said.shown = shown  # type: ignore[attr-defined]
        yield said


def test_a_dispute_is_taken_once_and_its_clock_runs(say: Any) -> None:
    first, again = say(), say()

    assert first.status == 201 and first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert say.shown() == [first.body]
    raised_on = date.fromisoformat(first.body["raised_at"][:10])
    assert abs((date.fromisoformat(first.body["repair_by"]) - raised_on).days - 30) <= 1
    assert first.body["state"] == "open" and first.body["compensation"]["minor"] == 0


def test_a_second_dispute_of_a_loan_waits_for_the_first(say: Any) -> None:
    say()

    assert (say(key="two").status, say(key="two").body["code"]) == (422, "dispute_open")
    assert len(say.shown()) == 1


def test_of_a_loan_that_was_not_paid_out_nothing_is_wrong(say: Any) -> None:
    assert say(UNPAID).body["code"] == "not_reported"


def test_anothers_loan_is_not_there(say: Any) -> None:
    assert say(subject="other").status == 404
    assert say.shown("other") == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"reason": "unhappy"}, "/reason"), ({"loan_id": "loan_x"}, "/loan_id"), ({"detail": "my name"}, "/detail")],
)
def test_a_dispute_that_cannot_be_is_refused_with_its_place(say: Any, body: dict[str, Any], pointer: str) -> None:
    answer = say(**body)

    assert answer.status in (400, 422)
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
    assert say.shown() == []


@pytest.mark.parametrize(("days", "owed"), [(0, "0"), (30, "0"), (31, "100"), (45, "1500")])
def test_each_day_after_the_thirtieth_costs_a_hundred_rupees(days: int, owed: str) -> None:
    life, rules = Life(contract()), market("in", LENT_ON).credit_dispute
    made = raised("dsp_1", life.loan, life.contract, REASONS[0], (), rules, on=LENT_ON, at=AT)

    assert made.compensation(LENT_ON + days * DAY) == rupees(owed)
    assert replace(made, repaired_on=LENT_ON + 33 * DAY).compensation(LENT_ON + 400 * DAY) == rupees("300")


MEENA = Staff("stf_meena", ("reviewer", "approver"))


class Desk:
    """A dispute that was raised now, and staff who decide it some days later."""

    def __init__(self, loans: Table, dispute_id: str) -> None:
        self.loans, self.id = Loans(loans), dispute_id
        self.raised_at = self.found.raised_at

    @property
    def found(self) -> Dispute:
        return Disputes(self.loans.table).get(self.id)

    def asked(self, key: str) -> dict[str, Any]:
        request = Request(MEENA.staff_id, f"POST /v1/desk/disputes/{self.id}/decision", key, "hash", 200)
        return {"loans": self.loans, "request": request, "view": lambda dispute: dispute.state}

    def at(self, days: int) -> datetime:
        return self.raised_at + timedelta(days=days)

    def decide(self, state: str = "corrected", days: int = 0, key: str = "one") -> str:
        return decide_dispute(
            self.id, state, "As the books say.", MEENA, f"aud_{key}", self.at(days), **self.asked(key)
        )

    def pay(self, days: int, key: str = "paid") -> str:
        return pay_compensation(self.id, "UTR 1", MEENA, f"aud_{key}", self.at(days), **self.asked(key))

    def waiting(self, waits: Any) -> list[str]:
        return [each.dispute_id for each in Disputes(self.loans.table).waiting("in", waits, None, 10)[0]]


@pytest.fixture
def desk(say: Any, loans: Table) -> Desk:
    return Desk(loans, say().body["dispute_id"])


def test_a_decision_is_written_with_its_record_and_the_borrower_sees_it(desk: Desk, say: Any, loans: Table) -> None:
    assert desk.waiting("open") == [desk.id]
    assert desk.decide() == "corrected"
    with pytest.raises(Replayed):
        desk.decide()

    [shown] = say.shown()
    assert (shown["state"], shown["because"]) == ("corrected", "As the books say.") and shown["repaired_on"]
    assert desk.waiting("open") == desk.waiting("owed") == []
    [record], _ = Audit(loans).page("in", month_of(desk.found.raised_on), None, 10)
    assert (record.subject, record.action, record.by) == (desk.id, "dispute.corrected", "stf_meena")
    assert [answer.kind for answer in Notices(loans).told(LOAN)[1]] == ["dispute_corrected"]


def test_what_was_decided_is_not_decided_again_and_another_may_be_raised(desk: Desk, say: Any) -> None:
    desk.decide("confirmed")
    with pytest.raises(Refused) as refusal:
        desk.decide("corrected", key="two")

    assert refusal.value.code == "dispute_decided"
    assert say(key="anew").status == 201 and len(say.shown()) == 2


def test_what_the_delay_costs_is_owed_until_the_lender_has_paid_it(desk: Desk, say: Any) -> None:
    desk.decide(days=33)
    assert desk.waiting("owed") == [desk.id]
    assert desk.pay(34) == "corrected"

    [shown] = say.shown()
    assert (shown["compensation"]["minor"], shown["paid_on"]) == (30_000, desk.found.paid_on.isoformat())  # type: ignore[union-attr]
    assert desk.waiting("owed") == []
    with pytest.raises(Refused) as refusal:
        desk.pay(35, key="twice")
    assert refusal.value.code == "nothing_owed"


def test_nothing_is_owed_for_what_was_decided_in_time(desk: Desk) -> None:
    desk.decide(days=30)
    with pytest.raises(Refused):
        desk.pay(31)

    assert desk.waiting("owed") == []


def test_the_list_goes_on_behind_the_one_that_it_ended_with(desk: Desk, say: Any) -> None:
    found = Disputes(desk.loans.table)
    before = [desk.id]
    desk.decide()
    second = say(key="two").body["dispute_id"]

    assert [each.dispute_id for each in found.waiting("in", "open", None, 1)[0]] == [second]
    assert found.waiting("in", "open", second, 10) == ([], None) and before != [second]


def test_the_borrowers_export_has_his_disputes_whole(desk: Desk, loans: Table) -> None:
    exported = LoanRecords(loans).beside("brw_asha")

    assert [item["reason"] for item in exported if item["what"] == "dispute"] == ["paid_already"]

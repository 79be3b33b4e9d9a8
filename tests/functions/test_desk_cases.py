"""The door `desk_cases`, and what the borrower sees of it: told first, contacted in the hours, each contact logged."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.cases import Cases
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.notices import Notices
from shared.adapters.table import ANY, Table, Write, record
from shared.application.keep_case import keep_case
from shared.domain.telling import SENT, Message, Telling
from shared.markets import today
from tests.domain.lending import Life, contract
from tests.functions.door import Answer, call, opened, turn_clock

AGENT = {"name": "Meena Iyer", "phone": "+911204567800"}


# Some days after the first due date.
ON = date(2026, 3, 10)


class Desk:
    def __init__(self, handler: Any, table: Table) -> None:
        self.handler, self.table, self.keys = handler, table, 0
        self.at = datetime(ON.year, ON.month, ON.day, 6, 30, tzinfo=UTC)

    def get(self, rest: str = "", role: str = "collector", **query: str) -> Answer:
        return call(self.handler, f"GET /v1/desk/cases{rest}", subject="meena", roles=(role,), query=query)

    def post(self, rest: str, body: Any, role: str = "collector") -> Answer:
        self.keys += 1
        route = f"POST /v1/desk/cases/loan_1{rest}"
        return call(self.handler, route, body, subject="meena", roles=(role,), key=f"key-{self.keys}")

    def told(self) -> None:
        """The notice of the agent went out."""
        case = Cases(self.table).get("loan_1")
        sent = Telling(
            *(case.notice_id, "agent_named", "duty", self.at.date(), "en", (Message("sms", "…"),), self.at),
            state=SENT,
        )
        self.table.transact([Write(record(sent, "loan_1", f"notice#{case.notice_id}"), ANY)])


@pytest.fixture
def desk(aws: Any, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    turn_clock(aws("ssm"), ON)
    life = Life(contract())
    loans.transact([Write(record(life.start, "loan_1", HEAD)), Write(record(life.contract, "loan_1", CONTRACT))])
    Loans(loans).book(life.loan, life.contract, life.entries)
    with opened("desk_cases", monkeypatch, loans=loans, people=people) as handler:
        made = Desk(handler, loans)
        keep_case("loan_1", made.at, loans=Loans(loans))
        yield made


def test_a_case_is_taken_only_after_the_borrower_was_told(desk: Desk) -> None:
    assert [case["loan_id"] for case in desk.get(market="in").body["cases"]] == ["loan_1"]
    named = desk.post("/agent", AGENT)
    early = desk.post("/assignment", {"reason": "Mine."})
    desk.told()
    taken = desk.post("/assignment", {"reason": "Mine."})

    assert (named.body["state"], named.body["agent"]) == ("named", AGENT)
    assert (early.status, early.body["code"]) == (422, "agent_not_told")
    assert (taken.status, taken.body["state"]) == (200, "assigned")


def test_a_contact_is_logged_or_refused_by_a_rule_and_counted_once(desk: Desk) -> None:
    desk.post("/agent", AGENT)
    before = desk.post("/contacts", {"channel": "call", "outcome": "no_answer"})
    desk.told()
    desk.post("/assignment", {"reason": "Mine."})
    may_call = desk.get("/loan_1").body
    made = desk.post("/contacts", {"channel": "call", "outcome": "no_answer"})

    assert before.body["code"] == "not_the_agent"
    # The machine's own hour decides: the clock of a test moves by whole days.
    if may_call["rule"] is None:
        assert (made.status, made.body["agent"]) == (201, AGENT)
        assert len(Notices(desk.table).contacts("brw_asha").contacts) == 1
    else:
        assert (made.status, made.body["code"]) == (422, "contact_forbidden")
        assert Notices(desk.table).contacts("brw_asha").contacts == ()


def test_a_promise_is_shown_with_its_state(desk: Desk) -> None:
    desk.post("/agent", AGENT)
    desk.told()
    desk.post("/assignment", {"reason": "Mine."})
    by = str(desk.at.date() + timedelta(days=5))
    body = {"amount": {"minor": 50_000, "currency": "INR"}, "by": by}
    made = desk.post("/promises", body)

    assert made.status == 201
    [shown] = desk.get("/loan_1", "auditor").body["promises"]
    assert (shown["amount"], shown["by"], shown["state"]) == (body["amount"], by, "open")


def test_only_an_approver_enters_the_legal_stage_and_the_demand_comes_first(desk: Desk, aws: Any) -> None:
    desk.post("/agent", AGENT)
    desk.told()
    desk.post("/assignment", {"reason": "Mine."})
    early = desk.post("/legal", {"reason": "Nothing helps."}, "approver")
    turn_clock(aws("ssm"), ON + timedelta(days=90))

    assert early.body["code"] == "not_late_enough"
    assert desk.post("/legal", {"reason": "Nothing helps."}).status == 403
    answer = desk.post("/legal", {"reason": "Nothing helps."}, "approver").body
    since = str(today("in", desk.at + timedelta(days=90)))
    assert (answer["state"], answer["legal_since"]) == ("legal", since)
    shown = desk.get("/loan_1").body["legal"]
    assert shown == {"since": since, "demanded_on": None, "pay_by": None, "steps_from": None}


def test_a_loan_without_a_case_is_not_found(desk: Desk) -> None:
    assert desk.get("/loan_2").status == 404


def test_the_borrower_sees_his_agent_only_once_he_was_told(
    desk: Desk, loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post("/agent", AGENT)
    with opened("plans", monkeypatch, loans=loans) as handler:
        early = call(handler, "GET /v1/loans/loan_1/contacts", subject="asha").body
    case = Cases(loans).get("loan_1")
    loans.transact([Write(record(case, "loan_1", "case", state="assigned"), ANY)])
    with opened("plans", monkeypatch, loans=loans) as handler:
        shown = call(handler, "GET /v1/loans/loan_1/contacts", subject="asha").body
        other = call(handler, "GET /v1/loans/loan_1/contacts", subject="ravi")

    assert (early["agent"], shown["agent"], other.status) == (None, AGENT, 404)

"""The door `desk_loans`: plans are decided with a reason, unmatched money is resolved, each with its record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.adapters.audit import Audit
from shared.adapters.held import new_held
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.partners import Partners
from shared.adapters.plans import Plans
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.application.ask_plan import ask_plan
from shared.domain.held import HeldPayment, held_id
from shared.domain.plan_terms import Choice
from tests.domain.lending import Life, contract, rupees
from tests.functions.door import Answer, call, opened, turn_clock

ON = date(2026, 2, 10)
AT = datetime(2026, 2, 10, 6, 30, tzinfo=UTC)
HELD = held_id("upi.payment.neft_1")


class Desk:
    """The staff at a loan that was paid out on 31 January."""

    def __init__(self, handler: Any, table: Table) -> None:
        self.handler, self.table, self.keys = handler, table, 0

    def get(self, route: str, role: str = "reviewer", **query: str) -> Answer:
        return call(self.handler, f"GET /v1/desk{route}", subject="meena", roles=(role,), query=query)

    def post(
        self, route: str, body: Any, role: str = "reviewer", key: str | None = None, subject: str = "meena"
    ) -> Answer:
        self.keys += 1
        return call(
            self.handler, f"POST /v1/desk{route}", body, subject=subject, roles=(role,), key=key or f"key-{self.keys}"
        )

    def asks(self) -> str:
        """A borrower asks for a pause."""
        plan_id: str = ask_plan(
            "loan_1",
            Choice("pause", 1),
            "lower_income",
            "plan_01KAPQ4M3VXJ7C2R9T5W8Y6Z0B",
            "aud_1",
            AT,
            loans=Loans(self.table),
            plans_of=Plans(self.table),
            partners=Partners(self.table),
            request=Request("brw_asha", "POST /v1/loans/loan_1/plans", "key", "hash", 201),
            view=lambda plan: plan.plan_id,
        )
        return plan_id

    def records(self) -> list[tuple[str, str, str]]:
        found, _ = Audit(self.table).page("in", "2026-02", None, 20)
        return [(each.action, each.by, each.reason) for each in found]

    def kinds(self) -> list[str]:
        return [entry.kind for entry in Loans(self.table).entries("loan_1")]


@pytest.fixture
def desk(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    turn_clock(aws("ssm"), ON)
    life = Life(contract())
    loans.transact([Write(record(life.start, "loan_1", HEAD)), Write(record(life.contract, "loan_1", CONTRACT))])
    Loans(loans).book(life.loan, life.contract, life.entries)
    held = HeldPayment(HELD, "neft_1", "EMI", rupees("500"), date(2026, 2, 5), "unknown_reference", "held", AT)
    loans.transact([new_held(held)])
    with opened("desk_loans", monkeypatch, loans=loans) as handler:
        yield Desk(handler, loans)


def test_a_reviewer_agrees_with_a_reason_and_the_plan_is_carried_out(desk: Desk) -> None:
    plan_id = desk.asks()
    assert [plan["plan_id"] for plan in desk.get("/plans", market="in").body["plans"]] == [plan_id]
    answer = desk.post(f"/plans/{plan_id}/decision", {"decision": "agreed", "reason": "The letter shows it."}, key="k")
    again = desk.post(f"/plans/{plan_id}/decision", {"decision": "agreed", "reason": "The letter shows it."}, key="k")

    assert (answer.status, answer.body["state"], answer.body["because"]) == (200, "agreed", "The letter shows it.")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (answer.body, "true")
    assert desk.kinds()[-1] == "rescheduled" and desk.get("/plans", market="in").body["plans"] == []
    assert desk.records() == [("plan.agreed", "stf_meena", "The letter shows it.")]


def test_a_refusal_needs_a_reason_and_changes_no_book(desk: Desk) -> None:
    plan_id, before = desk.asks(), desk.kinds()
    assert desk.post(f"/plans/{plan_id}/decision", {"decision": "refused", "reason": ""}).body["code"] == (
        "invalid_request"
    )
    answer = desk.post(f"/plans/{plan_id}/decision", {"decision": "refused", "reason": "No papers came."})

    assert (answer.body["state"], desk.kinds()) == ("refused", before)
    assert desk.records() == [("plan.refused", "stf_meena", "No papers came.")]


def test_a_plan_for_a_loan_whose_money_is_on_its_way_meanwhile_is_refused(desk: Desk) -> None:
    plan_id = desk.asks()
    loan, terms = Loans(desk.table).get("loan_1")
    Loans(desk.table).book(replace(loan, payout_id="pout_9"), terms, [])
    answer = desk.post(f"/plans/{plan_id}/decision", {"decision": "agreed", "reason": "The letter shows it."})

    assert (answer.status, answer.body["code"]) == (422, "payout_in_progress")
    assert Plans(desk.table).get(plan_id).state == "asked" and desk.records() == []


def test_staff_propose_and_the_plan_waits_for_the_borrower(desk: Desk) -> None:
    body = {"choice": {"kind": "longer_tenor", "instalments": 6}, "reason": "illness"}
    answer = desk.post("/loans/loan_1/plans", body, "collector")

    assert (answer.status, answer.body["state"], answer.body["asked_by"]) == (201, "proposed", "staff")
    assert "rescheduled" not in desk.kinds()
    decision = desk.post(f"/plans/{answer.body['plan_id']}/decision", {"decision": "agreed", "reason": "Yes, do."})
    assert decision.body["code"] == "plan_decided"


def test_money_that_fits_no_loan_is_shown_and_assigned_once(desk: Desk) -> None:
    [shown] = desk.get("/unmatched", "auditor", currency="INR").body["payments"]
    assert (shown["held_id"], shown["state"], shown["reference"]) == (HELD, "held", "EMI")
    body = {"loan_id": "loan_1", "purpose": "instalment", "reason": "The bank's receipt."}
    answer = desk.post(f"/unmatched/{HELD}/assignment", body)
    other = desk.post(f"/unmatched/{HELD}/return", {"market": "in", "reason": "No."}, "approver")

    assert (answer.status, answer.body["state"], answer.body["loan_id"]) == (200, "assigned", "loan_1")
    assert desk.kinds()[-1] == "repayment" and desk.get("/unmatched", currency="INR").body["payments"] == []
    assert (other.status, other.body["code"]) == (422, "payment_resolved")
    assert desk.records() == [("payment.assigned", "stf_meena", "The bank's receipt.")]


def test_money_is_ordered_back_once_and_is_listed_no_more(desk: Desk) -> None:
    answer = desk.post(f"/unmatched/{HELD}/return", {"market": "in", "reason": "A stranger's."}, "approver")
    again = desk.post(f"/unmatched/{HELD}/return", {"market": "in", "reason": "A stranger's."}, "approver")

    assert (answer.body["state"], again.status) == ("refund_pending", 422)
    assert desk.get("/unmatched", currency="INR").body["payments"] == []
    assert desk.records() == [("payment.refund_pending", "stf_meena", "A stranger's.")]


@pytest.mark.parametrize("route", ["/plans/plan_x/decision", "/unmatched/held_x/assignment"])
def test_what_is_not_there_is_not_found(route: str, desk: Desk) -> None:
    body = (
        {"decision": "agreed", "reason": "Why not."}
        if "plans" in route
        else {"loan_id": "loan_1", "purpose": "instalment", "reason": "Why not."}
    )

    assert desk.post(route, body).status == 404


def late(aws: Any) -> None:
    """The calendar is at 30 September: the due of 28 February is 214 days late."""
    turn_clock(aws("ssm"), date(2026, 9, 30))


SOLD = "He sells his car."


def settlement(pay: int) -> dict[str, Any]:
    return {"pay": {"minor": pay, "currency": "INR"}, "by": "2026-10-10", "reason": SOLD}


def test_a_settlement_is_offered_within_the_rules_and_withdrawn(desk: Desk, aws: Any) -> None:
    route, body = "/loans/loan_1/settlements", settlement(1_700_000)
    early = desk.post(route, body, "approver")
    late(aws)
    made = desk.post(route, body, "approver")
    again = desk.post(route, body, "approver")

    assert early.body["code"] == "not_late_enough"
    assert (made.status, made.body["state"], made.body["pay"]) == (201, "offered", body["pay"])
    assert again.body["code"] == "relief_open"
    loan, _ = Loans(desk.table).get("loan_1")
    assert loan.grant is not None and loan.grant.closes and loan.grant.pay == 1_700_000
    gone = desk.post(f"{route}/{made.body['settlement_id']}/withdrawal", {"reason": "A wrong sum."}, "approver")
    assert (gone.status, gone.body["state"]) == (200, "withdrawn")
    assert Loans(desk.table).get("loan_1")[0].grant is None
    [shown] = desk.get(route, "auditor").body["settlements"]
    assert [(step["state"], step["because"]) for step in shown["steps"]] == [
        ("offered", SOLD),
        ("withdrawn", "A wrong sum."),
    ]


def test_above_the_limit_a_settlement_waits_for_somebody_else(desk: Desk, aws: Any) -> None:
    late(aws)
    made = desk.post("/loans/loan_1/settlements", settlement(1_200_000), "approver")
    assert (made.body["state"], Loans(desk.table).get("loan_1")[0].grant) == ("proposed", None)
    [waits] = desk.get("/settlements", "auditor", market="in").body["settlements"]
    assert waits == made.body
    route = f"/loans/loan_1/settlements/{waits['settlement_id']}/decision"
    body = {"decision": "approved", "reason": "Seen."}
    own = desk.post(route, body, "approver")
    other = desk.post(route, body, "approver", subject="ravi")

    assert (own.status, own.body["code"]) == (403, "own_approval")
    assert (other.status, other.body["state"]) == (200, "offered")
    assert desk.get("/settlements", "approver", market="in").body["settlements"] == []
    loan, _ = Loans(desk.table).get("loan_1")
    assert loan.grant is not None and loan.grant.pay == 1_200_000


def test_the_borrower_sees_what_was_offered_to_him_and_declines_it(
    desk: Desk, aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(aws)
    proposed = desk.post("/loans/loan_1/settlements", settlement(1_200_000), "approver").body["settlement_id"]
    desk.post(f"/loans/loan_1/settlements/{proposed}/decision", {"decision": "refused", "reason": "No."}, "approver")
    offered = desk.post("/loans/loan_1/settlements", settlement(1_700_000), "approver").body["settlement_id"]
    with opened("relief", monkeypatch, loans=loans) as door:
        route = "/v1/loans/loan_1/settlements"
        [shown] = call(door, f"GET {route}", subject="asha").body["settlements"]
        other = call(door, f"GET {route}", subject="ravi")
        hidden = call(door, f"POST {route}/{proposed}/answer", {"decision": "declined"}, subject="asha", key="one")
        answer = call(door, f"POST {route}/{offered}/answer", {"decision": "declined"}, subject="asha", key="two")
        again = call(door, f"POST {route}/{offered}/answer", {"decision": "declined"}, subject="asha", key="two")

    assert (shown["settlement_id"], shown["state"], shown["because"]) == (offered, "offered", SOLD)
    assert shown["credit_record"] == "settled_for_less" and shown["given_up"]["minor"] > 0
    assert (other.status, hidden.status) == (404, 404)
    assert (answer.status, answer.body["state"], again.body) == (200, "declined", answer.body)
    assert Loans(desk.table).get("loan_1")[0].grant is None


def test_two_people_write_a_loan_off(desk: Desk, aws: Any) -> None:
    late(aws)
    assert desk.get("/loans/loan_1/write-off").status == 404
    desk.post("/loans/loan_1/write-off", {"reason": "Not to be found."}, "approver")
    body = {"decision": "approved", "reason": "Seen."}
    own = desk.post("/loans/loan_1/write-off/decision", body, "approver")
    other = desk.post("/loans/loan_1/write-off/decision", body, "approver", subject="ravi")

    assert (own.status, own.body["code"]) == (403, "own_approval")
    assert (other.status, other.body["state"]) == (200, "approved")
    assert Loans(desk.table).get("loan_1")[0].state == "written_off"
    assert desk.get("/loans/loan_1/write-off", "auditor").body == other.body

"""A borrower in hard times, on the deployed stage: plans, money without an order, a mandate, a case and a write-off."""

from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from infra.local.staff import Member
from shared.domain.references import read
from tests.journeys import books, events
from tests.journeys.conftest import NewBorrower
from tests.journeys.strays import RETURN, held, send_back, sent_back, settled, stray
from tests.journeys.waiting import until

AGENT = {"name": "Meena Iyer", "phone": "+911204567800"}


@pytest.fixture(scope="module")
def reviewer(outside: Outside) -> Member:
    return Member(outside, "ravi", "reviewer")


@pytest.fixture(scope="module")
def approver(outside: Outside) -> Member:
    return Member(outside, "anita", "approver", "reviewer")


def first_due(borrower: Borrower, loan_id: str) -> date:
    return date.fromisoformat(borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"][0]["due_on"])


def late_by(outside: Outside, borrower: Borrower, loan_id: str, days: int) -> None:
    """Turns to the morning on which the first due is late by so many days."""
    outside.turn_to(10, first_due(borrower, loan_id) + timedelta(days=days))


def test_plans_are_compared_and_a_simple_one_is_agreed_at_once(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    plans = f"/v1/loans/{loan_id}/plans"
    shown = borrower.client.get(plans)
    choice = {"kind": "due_day", "day": 5}
    imagined = borrower.client.post(f"{plans}/preview", {"choice": choice}, key="")
    made = borrower.client.post(plans, {"choice": choice, "reason": "other"}, key="plan")
    again = borrower.client.post(plans, {"choice": choice, "reason": "other"}, key="plan")

    assert {each["choice"]["kind"] for each in shown["options"]} >= {"pause", "longer_tenor", "due_day"}
    assert (made["state"], again) == ("agreed", made)
    [to_come, *_] = borrower.client.get(f"/v1/loans/{loan_id}/schedule")["to_come"]
    assert to_come["due_on"] == imagined["option"]["terms"]["first_due_on"] == made["terms"]["first_due_on"]
    assert borrower.client.get(f"{plans}/{made['plan_id']}") == made
    assert books.entries(borrower, loan_id, "rescheduled")


def test_a_reviewer_agrees_to_a_pause_and_the_record_stays(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member
) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    body = {"choice": {"kind": "pause", "instalments": 2}, "reason": "lost_income"}
    plan_id = borrower.client.post(f"/v1/loans/{loan_id}/plans", body)["plan_id"]
    decision = {"decision": "agreed", "reason": "The letter shows it."}
    early = borrower.client.send("POST", f"/v1/desk/plans/{plan_id}/decision", decision)
    waiting = reviewer.client.get("/v1/desk/plans?market=in&limit=100")["plans"]
    reviewer.client.post(f"/v1/desk/plans/{plan_id}/decision", decision)
    [decided] = borrower.client.get(f"/v1/loans/{loan_id}/plans")["plans"]

    assert early.status == 401 and plan_id in [plan["plan_id"] for plan in waiting]
    assert (decided["state"], decided["because"]) == ("agreed", "The letter shows it.")
    auditor = Member(outside, "olga", "auditor")
    records = auditor.client.get("/v1/desk/audit?market=in&limit=100")["decisions"]
    assert [each["action"] for each in records if each["subject"] == plan_id] == ["plan.agreed"]


def test_a_plan_that_staff_propose_is_the_borrowers_to_decline(new_borrower: NewBorrower, reviewer: Member) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    body = {"choice": {"kind": "longer_tenor", "instalments": 6}, "reason": "illness"}
    plan_id = reviewer.client.post(f"/v1/desk/loans/{loan_id}/plans", body)["plan_id"]
    answer = borrower.client.post(f"/v1/loans/{loan_id}/plans/{plan_id}/answer", {"decision": "declined"})

    assert answer["state"] == "declined" and not books.entries(borrower, loan_id, "rescheduled")


def test_a_transfer_finds_its_loan_and_a_stray_one_is_held_and_assigned(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member
) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    shown = borrower.client.get(f"/v1/loans/{loan_id}/repayment-options")
    assert read(shown["reference"]) == (loan_id, "instalment")
    on = str(outside.rail_today())
    events.send(outside, "evt_neft_1", events.received(shown["reference"], "NEFT_1", 10_000, on))
    events.send(outside, "evt_neft_2", events.received("EMI for January", "NEFT_2", 20_000, on))
    until("the transfer", lambda: books.entries(borrower, loan_id, "repayment"), bool)

    def held() -> list[Any]:
        found = reviewer.client.get("/v1/desk/unmatched?currency=INR&limit=100")["payments"]
        return [each for each in found if each["payment_id"] == "NEFT_2"]

    [stray] = until("the stray transfer", held, bool)
    body = {"loan_id": loan_id, "purpose": "instalment", "reason": "The bank's receipt."}
    done = reviewer.client.post(f"/v1/desk/unmatched/{stray['held_id']}/assignment", body)

    assert (stray["state"], done["state"]) == ("held", "assigned")
    assert len(books.entries(borrower, loan_id, "repayment")) == 2


@pytest.mark.parametrize("behaviour", ["ok", "lose_reply", "lose_both"])
def test_what_fits_no_loan_goes_back_to_the_payment_that_it_was_once(
    outside: Outside, approver: Member, behaviour: str
) -> None:
    outside.refunds_behave(behaviour)
    found = sent_back(outside, approver, "sahyadri.loans@sandbox")
    twice = approver.client.send("POST", f"/v1/desk/unmatched/{found['held_id']}/return", RETURN)

    refunds = outside.refunds(found["payment_id"])
    assert [(each["status"], each["order"]["amount"]["minor"]) for each in refunds] == [("settled", 20_000)]
    assert (twice.status, twice.code) == (422, "payment_resolved")


def test_a_refund_that_fails_leaves_the_money_held_and_may_be_ordered_again(outside: Outside, approver: Member) -> None:
    outside.refunds_behave("fail")
    found = stray(outside, approver, "sahyadri.loans@sandbox")
    send_back(approver, found)
    failed = until(
        "the failure",
        lambda: held(approver, found["payment_id"]),
        lambda it: it is not None and it["refund_reason"] is not None,
    )
    send_back(approver, found)
    settled(outside, found["payment_id"])

    assert (failed["state"], failed["refund_reason"]) == ("held", "payer_account_closed")
    assert [each["status"] for each in outside.refunds(found["payment_id"])] == ["failed", "settled"]


def test_a_mandate_follows_the_rails_news_until_it_is_taken_back(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    mandate = f"/v1/loans/{borrower.active_loan()}/mandate"
    made = borrower.client.post(mandate, {"limit": {"minor": 500_000, "currency": "INR"}})
    news = {"type": "mandate.active", "reference": made["mandate_id"]}
    events.send(outside, "evt_mandate_1", news)
    until("the mandate", lambda: borrower.client.get(mandate)["state"], lambda state: state == "active")
    gone = borrower.client.send("DELETE", mandate)
    events.send(outside, "evt_mandate_2", {**news, "type": "mandate.paused"})
    outside.rest()

    assert made["link"].startswith("upi://mandate?") and gone.body["state"] == "revoked"
    assert borrower.client.get(mandate)["state"] == "revoked"


def test_a_collector_is_told_of_first_and_at_the_end_two_people_write_off(
    outside: Outside, new_borrower: NewBorrower, reviewer: Member, approver: Member
) -> None:
    borrower = new_borrower()
    loan_id, meena = borrower.active_loan(), Member(outside, "meena", "collector")
    late_by(outside, borrower, loan_id, 7)
    outside.at_its_hour("remind-in")
    case = f"/v1/desk/cases/{loan_id}"

    def listed() -> list[str]:
        found = meena.client.get("/v1/desk/cases?market=in&limit=100")["cases"]
        return [each["loan_id"] for each in found]

    until("the case", listed, lambda found: loan_id in found)
    outside.rest()
    meena.client.post(f"{case}/agent", AGENT)
    early = meena.client.send("POST", f"{case}/contacts", {"channel": "call", "outcome": "no_answer"})
    until(
        "the notice of the agent",
        lambda: meena.client.send("POST", f"{case}/assignment", {"reason": "Mine."}).status,
        lambda status: status == 200,
    )
    meena.client.post(f"{case}/contacts", {"channel": "call", "outcome": "will_pay"})
    promise = {"amount": {"minor": 100_000, "currency": "INR"}, "by": str(outside.rail_today())}
    meena.client.post(f"{case}/promises", promise)
    told = borrower.client.get(f"/v1/loans/{loan_id}/contacts")
    outside.rest()

    assert early.code == "not_the_agent"
    assert len([text for text in outside.texts_to(borrower.person.phone) if AGENT["name"] in text]) == 1
    assert (told["agent"], told["contacts"][0]["outcome"]) == (AGENT, "will_pay")
    assert [each["state"] for each in told["promises"]] == ["open"]

    late_by(outside, borrower, loan_id, 95)
    approver.client.post(f"{case}/legal", {"reason": "Nothing helps."})
    until(
        "the demand",
        lambda: borrower.client.get(f"/v1/loans/{loan_id}/contacts")["legal"],
        lambda legal: legal is not None and legal["demanded_on"] is not None,
    )
    late_by(outside, borrower, loan_id, 200)
    write_off = f"/v1/desk/loans/{loan_id}/write-off"
    reviewer.client.post(write_off, {"reason": "Not to be found."})
    approver.client.post(f"{write_off}/decision", {"decision": "approved", "reason": "Seen."})
    loan = borrower.loan(loan_id)
    assert loan["state"] == "written_off" and loan["written_off"]["minor"] > 0
    [option] = borrower.client.get(f"/v1/loans/{loan_id}/repayment-options")["options"]
    assert option["kind"] == "written_off"


def test_two_people_offer_a_settlement_the_borrower_is_told_and_paying_it_ends_the_loan(
    outside: Outside, new_borrower: NewBorrower, approver: Member
) -> None:
    borrower, other = new_borrower(), Member(outside, "vikram", "approver")
    loan_id = borrower.active_loan()
    late_by(outside, borrower, loan_id, 61)
    owed = borrower.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")["amount"]
    pay = {"minor": owed["minor"] // 2, "currency": "INR"}
    by = (date.fromisoformat(outside.rail_today()) + timedelta(days=10)).isoformat()
    desk = f"/v1/desk/loans/{loan_id}/settlements"
    made = approver.client.post(desk, {"pay": pay, "by": by, "reason": "He sells his car."})
    route, body = f"{desk}/{made['settlement_id']}", {"decision": "approved", "reason": "Seen."}
    own = approver.client.send("POST", f"{route}/decision", body)
    listed = other.client.get("/v1/desk/settlements?market=in&limit=100")["settlements"]
    waiting = [each["settlement_id"] for each in listed if each["loan_id"] == loan_id]
    other.client.post(f"{route}/decision", body)
    [shown] = borrower.client.get(f"/v1/loans/{loan_id}/settlements")["settlements"]
    quoted = borrower.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")

    assert (made["state"], own.code, waiting) == ("proposed", "own_approval", [made["settlement_id"]])
    assert (shown["state"], shown["pay"], quoted["amount"]) == ("offered", pay, pay)
    until(
        "the notice of the offer",
        lambda: [each["kind"] for each in borrower.client.get(f"/v1/loans/{loan_id}/notices")["notices"]],
        lambda kinds: "settlement_offered" in kinds,
    )
    borrower.repay(loan_id, pay, "foreclosure")
    borrower.await_state(loan_id, "closed")
    [kept] = borrower.client.get(f"/v1/loans/{loan_id}/settlements")["settlements"]
    assert kept["state"] == "kept"

"""A borrower is charged penalties, sees that a waiver is open, asks in time, is reviewed, and pays on the date."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from infra.local.borrower import Borrower, Person, another
from infra.local.outside import Outside
from infra.local.staff import Member

# What is overdue of it after three months costs enough that two people have to agree.
HALF_A_LAKH = {"minor": 5_000_000, "currency": "INR"}
WELL_PAID = replace(another(Person(), 70_001), monthly_income=30_000_000)
DAYS_OVERDUE = 50


@pytest.fixture(scope="module")
def late(outside: Outside) -> list[tuple[Borrower, str]]:
    """Two borrowers who have paid nothing yet, 85 days after they got the money."""
    people = (WELL_PAID, replace(another(Person(), 70_002), monthly_income=30_000_000))
    borrowers = [Borrower(outside, person) for person in people]
    found = [(borrower, borrower.active_loan(HALF_A_LAKH, 3)) for borrower in borrowers]
    first, *_ = borrowers[0].client.get(f"/v1/loans/{found[0][1]}/schedule")["instalments"]
    today = date.fromisoformat(borrowers[0].loan(found[0][1])["on"])
    outside.advance((date.fromisoformat(first["due_on"]) - today).days + DAYS_OVERDUE)
    return found


def decide(member: Member, waiver_id: str, decision: str = "approve") -> Any:
    """What a member of the staff does: looks at the figures, and decides on them."""
    seen = member.client.get(f"/v1/desk/waivers/{waiver_id}")
    body = {"decision": decision, "reason": "The hospital's letter.", "figures_hash": seen["figures_hash"]}
    return member.client.send("POST", f"/v1/desk/waivers/{waiver_id}/decision", body)


def test_who_asks_in_time_and_pays_on_the_date_owes_no_penal_charges_any_more(
    outside: Outside, late: list[tuple[Borrower, str]]
) -> None:
    (asha, loan_id), _ = late
    reviewer, approver = Member(outside, "ravi", "reviewer"), Member(outside, "anita", "approver", "reviewer")
    terms = asha.client.get(f"/v1/loans/{loan_id}/waiver")
    assert (terms["can_ask"], terms["why_not"], terms["days_past_due"]) == (True, [], DAYS_OVERDUE)

    asked = asha.client.post(f"/v1/loans/{loan_id}/waivers", {"reason": "illness"}, key="ask")
    again = asha.client.post(f"/v1/loans/{loan_id}/waivers", {"reason": "illness"}, key="ask")
    assert (asked["state"], asked["outcome"], again) == ("requested", terms["outcome"], asked)

    waiver_id = asked["waiver_id"]
    listed = reviewer.client.get("/v1/desk/waivers?market=in&limit=100")["waivers"]
    assert waiver_id in [each["waiver_id"] for each in listed]
    assert decide(approver, waiver_id).body["state"] == "approved"
    own = decide(approver, waiver_id)
    assert (own.status, own.code) == (403, "own_approval")
    assert decide(reviewer, waiver_id).body["state"] == "granted"

    outside.advance(5)
    before = asha.loan(loan_id)
    asha.repay(loan_id, asked["outcome"]["pay"])
    loan, waiver = asha.loan(loan_id), asha.client.get(f"/v1/loans/{loan_id}/waivers/{waiver_id}")
    assert (waiver["state"], loan["dues"], loan["overdue"]["minor"]) == ("kept", [], 0)
    ledger = asha.client.get(f"/v1/loans/{loan_id}/ledger")
    given_up = ledger["balances"]["waivers"]["minor"]
    assert 0 < given_up <= asked["outcome"]["waived"]["minor"]
    assert before["overdue"]["minor"] == asked["outcome"]["pay"]["minor"] + given_up


def test_an_auditor_finds_each_decision(outside: Outside, late: list[tuple[Borrower, str]]) -> None:
    auditor = Member(outside, "olga", "auditor")
    (asha, loan_id), _ = late
    (waiver,) = asha.client.get(f"/v1/loans/{loan_id}/waivers")["waivers"]
    month = waiver["asked_at"][:7]
    found = auditor.client.get(f"/v1/desk/audit?market=in&month={month}&limit=100")["decisions"]
    figures = auditor.client.get(f"/v1/desk/waivers/figures?market=in&month={month}")["figures"]

    mine = [each["action"] for each in found if each["subject"] == waiver["waiver_id"]]
    assert mine == ["waiver.approve", "waiver.grant"]
    assert figures["by_state"]["kept"] >= 1 and figures["granted"]["repaid"] > 0


def test_a_second_time_and_too_late_are_refused_with_their_reasons(
    outside: Outside, late: list[tuple[Borrower, str]]
) -> None:
    (asha, first), (ravi, second) = late
    outside.advance(25)
    codes = []
    for borrower, loan_id in ((asha, first), (ravi, second)):
        refused = borrower.client.send("POST", f"/v1/loans/{loan_id}/waivers", {"reason": "illness"})
        assert (refused.status, refused.code) == (422, "waiver_not_possible")
        codes.append(refused.body["why_not"])

    assert codes == [["second_time"], ["too_late"]]

"""Calls that answer routes well once: a borrower who reads everything, falls behind and asks for relief, and staff."""

from collections.abc import Callable

from infra.local.borrower import Borrower
from infra.local.client import Call
from infra.local.outside import Outside
from infra.local.staff import Member
from tests.journeys.corpus import BODIES

DAYS_LATE = 71
# Whose answer takes a story of its own; that story, on the deployed stage or at the door, is in the file named.
ELSEWHERE = {
    "GET /v1/me/phone-change": "tests/journeys/test_phone_change.py",
    "PUT /v1/me/phone-change": "tests/journeys/test_phone_change.py",
    "DELETE /v1/me/phone-change": "tests/journeys/test_phone_change.py",
    "POST /v1/me/phone-change/code": "tests/journeys/test_phone_change.py",
    "POST /v1/me/phone-change/confirmation": "tests/journeys/test_phone_change.py",
    "GET /v1/desk/documents": "tests/journeys/test_rights.py",
    "GET /v1/desk/documents/{borrower_id}/{document_id}": "tests/journeys/test_rights.py",
    "POST /v1/desk/documents/{borrower_id}/{document_id}/decision": "tests/journeys/test_rights.py",
    "POST /v1/applications/{application_id}/review": "tests/journeys/test_decisions.py",
    "GET /v1/desk/applications/{application_id}": "tests/journeys/test_decisions.py",
    "POST /v1/desk/applications/{application_id}/decision": "tests/journeys/test_decisions.py",
    "GET /v1/desk/applications/{application_id}/replay": "tests/journeys/test_decisions.py",
    "GET /v1/desk/scorecards/{version}/dry-run": "tests/journeys/test_decisions.py",
    "POST /v1/desk/waivers/{waiver_id}/decision": "tests/journeys/test_waivers.py",
    "POST /v1/desk/waivers/{waiver_id}/reversal": "tests/functions/test_waivers.py",
    "POST /v1/loans/{loan_id}/settlements/{settlement_id}/answer": "tests/functions/test_desk_loans.py",
    "GET /v1/desk/loans/{loan_id}/settlements": "tests/functions/test_desk_loans.py",
    "POST /v1/desk/loans/{loan_id}/settlements": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/loans/{loan_id}/settlements/{settlement_id}/decision": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/loans/{loan_id}/settlements/{settlement_id}/withdrawal": "tests/functions/test_desk_loans.py",
    "POST /v1/desk/loans/{loan_id}/write-off": "tests/journeys/test_hard_times.py",
    "GET /v1/desk/loans/{loan_id}/write-off": "tests/functions/test_desk_loans.py",
    "POST /v1/desk/loans/{loan_id}/write-off/decision": "tests/journeys/test_hard_times.py",
    "GET /v1/desk/cases/{loan_id}": "tests/functions/test_desk_cases.py",
    "POST /v1/desk/cases/{loan_id}/agent": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/cases/{loan_id}/assignment": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/cases/{loan_id}/contacts": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/cases/{loan_id}/promises": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/cases/{loan_id}/legal": "tests/functions/test_desk_cases.py",
    "POST /v1/desk/disputes/{dispute_id}/compensation": "tests/functions/test_dispute.py",
    "POST /v1/desk/rejects": "tests/functions/test_rejects.py",
    "POST /v1/desk/rejects/{reject_id}/correction": "tests/functions/test_rejects.py",
    "POST /v1/desk/partners": "tests/journeys/test_partners.py",
    "POST /v1/desk/partners/{partner_id}/decision": "tests/journeys/test_partners.py",
    "POST /v1/desk/merchants": "tests/functions/test_desk_merchants.py",
    "POST /v1/desk/merchants/{merchant_id}/decision": "tests/functions/test_desk_merchants.py",
    "POST /v1/partners/{partner_id}/events": "tests/journeys/test_partners.py",
    "POST /v1/desk/unmatched/{held_id}/assignment": "tests/journeys/test_hard_times.py",
    "POST /v1/desk/unmatched/{held_id}/return": "tests/functions/test_desk_loans.py",
    "GET /v1/desk/partners/{partner_id}/report": "tests/journeys/test_settlement.py",
    "POST /v1/desk/partners/{partner_id}/transfers": "tests/functions/test_transfer.py",
    "GET /v1/desk/partners/{partner_id}/files": "tests/journeys/test_settlement.py",
    "GET /v1/desk/partners/{partner_id}/movements": "tests/journeys/test_settlement.py",
    "POST /v1/desk/differences/{difference_id}/explanation": "tests/journeys/test_settlement.py",
}


def about_oneself(borrower: Borrower) -> None:
    """All that a borrower may ask and say about his data, his phone and how he is written to."""
    client = borrower.client
    for path in ("openings", "export", "sessions", "notices", "credit-file", "standing", "contact-wishes"):
        client.get(f"/v1/me/{path}")
    client.put("/v1/me/contact-wishes", BODIES["PUT", "/v1/me/contact-wishes"])
    device = client.post("/v1/me/devices", {"platform": "android", "token": "token-of-the-contract-1"})
    client.get("/v1/me/devices")
    client.send("DELETE", f"/v1/me/devices/{device['device_id']}")
    session = signed_in_at_provider(borrower)
    client.put("/v1/me/sign-in-providers/mi", {"session": session})
    signed_in_at_provider(borrower)
    client.get("/v1/me/sign-in-providers")
    client.send("DELETE", "/v1/me/sign-in-providers/mi")
    client.put("/v1/me/erasure", BODIES["PUT", "/v1/me/erasure"])
    client.get("/v1/me/erasure")
    client.send("DELETE", "/v1/me/erasure")


def signed_in_at_provider(borrower: Borrower) -> str:
    """The session of a sign-in with an account; before that is linked, it signs nobody in."""
    begun = borrower.client.post("/v1/sign-ins/provider", {"provider": "mi"})
    back = borrower.outside.signs_in_at_provider(begun["authorization_url"], "mi-of-the-contract")
    answer = {"provider": "mi", "session": begun["session"], "code": back["code"]}
    borrower.client.send("POST", "/v1/sessions/provider", answer)
    return str(begun["session"])


def at_a_checkout(borrower: Borrower) -> None:
    """A limit, an order that is left, and one that is paid."""
    client, price = borrower.client, {"minor": 600_000, "currency": "INR"}
    borrower.apply(purpose="purchase")
    client.get("/v1/me/limit")
    left = borrower.reserve("CONTRACT-1", price)
    client.get(f"/v1/checkouts/{left['checkout_id']}")
    client.send("DELETE", f"/v1/checkouts/{left['checkout_id']}")
    borrower.await_state(borrower.confirm(borrower.reserve("CONTRACT-2", price))["loan_id"], "active")


def about_the_loan(borrower: Borrower, loan_id: str, reviewer: Member) -> None:
    """What opens its numbers, and relief as far as one borrower can be given it at once."""
    client, loan = borrower.client, f"/v1/loans/{loan_id}"
    for part in (
        "receipts",
        "instalments/1",
        "notices",
        "contacts",
        "repayment-options",
        "plans",
        "waiver",
        "waivers",
        "settlements",
    ):
        client.get(f"{loan}/{part}")
    client.post(f"{loan}/what-if", BODIES["POST", "/v1/loans/{loan_id}/what-if"], key="")
    client.post(f"{loan}/mandate", BODIES["POST", "/v1/loans/{loan_id}/mandate"])
    client.get(f"{loan}/mandate")
    client.send("DELETE", f"{loan}/mandate")
    waiver = client.post(f"{loan}/waivers", {"reason": "illness"})
    client.get(f"{loan}/waivers/{waiver['waiver_id']}")
    reviewer.client.get(f"/v1/desk/waivers/{waiver['waiver_id']}")
    asked = BODIES["POST", "/v1/loans/{loan_id}/plans"]
    client.post(f"{loan}/plans/preview", {"choice": asked["choice"]}, key="")
    plan = client.post(f"{loan}/plans", asked)
    client.get(f"{loan}/plans/{plan['plan_id']}")
    refusal = {"decision": "refused", "reason": "Another fits better."}
    reviewer.client.post(f"/v1/desk/plans/{plan['plan_id']}/decision", refusal)
    client.post("/v1/me/credit-file/disputes", {"loan_id": loan_id, "reason": "paid_already"})
    dispute, *_ = client.get("/v1/me/credit-file/disputes")["disputes"]
    disputes = f"/v1/desk/disputes/{dispute['dispute_id']}"
    reviewer.client.get(disputes)
    reviewer.client.post(f"{disputes}/decision", {"decision": "confirmed", "reason": "The file is as the books are."})
    proposed = reviewer.client.post(f"/v1/desk{loan.removeprefix('/v1')}/plans", asked)
    client.post(f"{loan}/plans/{proposed['plan_id']}/answer", {"decision": "declined"})


def of_staff(outside: Outside, told: Callable[[Call], None]) -> Member:
    """What staff read, and the reviewer who goes on."""
    reviewer = Member(outside, "contract", "reviewer", "approver", "collector", told=told)
    auditor = Member(outside, "contract-auditor", "auditor", told=told)
    for path in ("partners/tapti", "merchants", "merchants/lotus"):
        auditor.client.get(f"/v1/desk/{path}")
    for path in ("waivers", "plans", "cases", "settlements", "applications", "disputes", "rejects", "partners"):
        reviewer.client.get(f"/v1/desk/{path}?market=in")
    for path in ("audit", "waivers/figures", "scorecards/drift"):
        auditor.client.get(f"/v1/desk/{path}?market=in")
    reviewer.client.get("/v1/desk/unmatched?currency=INR")
    reviewer.client.get("/v1/desk/partners/sahyadri/days")
    for path in ("differences", "claims"):
        reviewer.client.get(f"/v1/desk/{path}?partner=sahyadri")
    return reviewer


def sign_out(borrower: Borrower) -> None:
    """Of one device, and in again."""
    session, *_ = borrower.client.get("/v1/me/sessions")["sessions"]
    borrower.client.send("DELETE", f"/v1/me/sessions/{session['session_id']}")
    borrower.sign_in()

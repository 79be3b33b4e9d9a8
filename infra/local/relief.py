"""Two borrowers who fell behind: one gets a plan and keeps it, the other a waiver of penal charges."""

from datetime import date
from typing import Any

from infra.local import account
from infra.local.borrower import Borrower
from infra.local.staff import Member

LENT = {"minor": 3_000_000, "currency": "INR"}


def plan_story(meena: Borrower) -> None:
    """Her job changed: she asks for a longer loan, a reviewer agrees, and she pays it off early.

    Raises `CallFailed` or `TooLate` at the first step that does not go as it must.
    """
    account.title("A third borrower, Meena: her job changed, and she cannot pay as agreed")
    loan_id = meena.active_loan(LENT, 6)
    _go_to_due(meena, loan_id, days_after=20)
    found = meena.client.get(f"/v1/loans/{loan_id}/plans")
    account.table([_option(each) for each in found["options"]])
    account.title("She asks for six instalments more, and a reviewer decides on the figures")
    choice = {"kind": "longer_tenor", "instalments": 6}
    body = {"choice": choice, "reason": "lower_income"}
    asked = meena.client.post(f"/v1/loans/{loan_id}/plans", body, key="plan")
    reviewer = Member(meena.outside, "farah", "reviewer", told=account.call)
    decision = {"decision": "agreed", "reason": "The new payslip."}
    account.show(reviewer.client.post(f"/v1/desk/plans/{asked['plan_id']}/decision", decision))
    _told(meena, loan_id, "plan_agreed")
    account.title("She pays the first instalment of the plan on its day, and settles the rest")
    loan = _go_to_next(meena, loan_id)
    meena.repay(loan_id, _demanded(loan))
    assert not meena.loan(loan_id)["days_past_due"]
    quoted = meena.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    meena.repay(loan_id, quoted["amount"], "foreclosure")
    account.show({"state": meena.await_state(loan_id, "closed")["state"]})


def waiver_story(arjun: Borrower) -> None:
    """He was charged penalties, sees that a waiver is open, asks in time, is reviewed, and pays on the date."""
    account.title("A fourth borrower, Arjun, has been ill: penal charges have come together")
    loan_id = arjun.active_loan(LENT, 3)
    _go_to_due(arjun, loan_id, days_after=40)
    loan = arjun.loan(loan_id)
    account.show({name: loan[name] for name in ("on", "overdue", "days_past_due")})
    account.title("What a waiver would mean for him, before he asks")
    terms = arjun.client.get(f"/v1/loans/{loan_id}/waiver")
    account.show(terms)
    account.title("He asks; who may decide it does")
    asked = arjun.client.post(f"/v1/loans/{loan_id}/waivers", {"reason": "illness"}, key="waiver")
    decide(arjun, asked["waiver_id"], loan_id)
    _told(arjun, loan_id, "waiver_granted")
    account.title("He pays on the date, and what was to be given up is given up")
    arjun.outside.advance(5)
    arjun.repay(loan_id, asked["outcome"]["pay"])
    waiver = arjun.client.get(f"/v1/loans/{loan_id}/waivers/{asked['waiver_id']}")
    loan = arjun.loan(loan_id)
    account.show({"waiver": waiver["state"], "overdue": loan["overdue"], "days past due": loan["days_past_due"]})
    assert (waiver["state"], loan["overdue"]["minor"]) == ("kept", 0), waiver


def decide(arjun: Borrower, waiver_id: str, loan_id: str) -> None:
    """By rule where it is small; else by a reviewer, and above his limit by an approver first."""
    for name, roles in (("anita", ("approver", "reviewer")), ("farah", ("reviewer",))):
        state = arjun.client.get(f"/v1/loans/{loan_id}/waivers/{waiver_id}")["state"]
        if state not in ("requested", "approved"):
            return
        member = Member(arjun.outside, name, *roles, told=account.call)
        seen = member.client.get(f"/v1/desk/waivers/{waiver_id}")
        body = {"decision": "approve", "reason": "The hospital's letter.", "figures_hash": seen["figures_hash"]}
        account.show({"state": member.client.post(f"/v1/desk/waivers/{waiver_id}/decision", body)["state"]})


def _told(borrower: Borrower, loan_id: str, kind: str) -> None:
    """The notice of what was decided, as it went to the borrower's phone."""

    def of_kind(answer: Any) -> list[str]:
        return [notice["text"] for notice in answer["notices"] if notice["kind"] == kind and notice["sent_at"]]

    path = f"/v1/loans/{loan_id}/notices"
    found = borrower.client.get_until("the notice of the decision", path, lambda answer: bool(of_kind(answer)))
    account.line(f"The borrower is told: {of_kind(found)[0]}")


def _option(each: Any) -> dict[str, Any]:
    outlook, choice = each["outlook"], each["choice"]
    told = {"plan": choice["kind"], "instalments": choice["instalments"], "decided_by": each["decided_by"]}
    return told | {
        "instalment": outlook["instalment"],
        "ends_on": outlook["ends_on"],
        "interest": outlook["interest"],
        "costs_more": each["costs_more"],
    }


def _go_to_due(borrower: Borrower, loan_id: str, days_after: int) -> None:
    """So many days after the first due date, with the nights that lie between."""
    first, *_ = borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    _turn(borrower, loan_id, first["due_on"])
    borrower.outside.advance(days_after)
    account.line(f"The night of {borrower.outside.night()} has run.")


def _go_to_next(borrower: Borrower, loan_id: str) -> Any:
    """The loan on the next due date, after its night."""
    _turn(borrower, loan_id, borrower.loan(loan_id)["next_due"]["due_on"])
    account.line(f"The night of {borrower.outside.night()} has run.")
    return borrower.loan(loan_id)


def _turn(borrower: Borrower, loan_id: str, day: str) -> None:
    today = date.fromisoformat(borrower.loan(loan_id)["on"])
    borrower.outside.advance((date.fromisoformat(day) - today).days)


def _demanded(loan: Any) -> dict[str, Any]:
    """All that may be demanded today."""
    parts = ("principal", "interest", "fee", "penalty")
    return {"minor": sum(due[part]["minor"] for due in loan["dues"] for part in parts), "currency": "INR"}

"""Money that fits no loan, as staff find it and send it back."""

from typing import Any

from infra.local.outside import Outside
from infra.local.staff import Member
from tests.journeys.waiting import until

RETURN = {"market": "in", "reason": "A stranger's."}


def stray(outside: Outside, member: Member, payee_vpa: str) -> Any:
    """A payment that names no loan, as it is held."""
    known_as = outside.pay("EMI for January", {"minor": 20_000, "currency": "INR"}, payee_vpa)
    return until("the stray payment", lambda: held(member, known_as), bool)


def held(member: Member, payment_id: str) -> Any:
    """The payment while it waits for somebody; None when it does not."""
    found = member.client.get("/v1/desk/unmatched?currency=INR&limit=100")["payments"]
    return next((each for each in found if each["payment_id"] == payment_id), None)


def send_back(member: Member, found: Any) -> Any:
    return member.client.post(f"/v1/desk/unmatched/{found['held_id']}/return", RETURN)


def sent_back(outside: Outside, approver: Member, payee_vpa: str) -> Any:
    """A stray payment after the rail has brought it back to its payer."""
    found = stray(outside, approver, payee_vpa)
    send_back(approver, found)
    settled(outside, found["payment_id"])
    return found


def settled(outside: Outside, payment_id: str) -> None:
    """Waits until the rail has brought the payment back."""

    def is_back(refunds: list[Any]) -> bool:
        return bool(refunds) and refunds[-1]["status"] == "settled"

    until("the refund", lambda: outside.refunds(payment_id), is_back)

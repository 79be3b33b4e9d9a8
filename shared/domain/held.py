"""Money that came and fits no loan: it is held until staff say which loan it is for, or that it went back."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.errors import Refused
from shared.domain.money import Money

# called_back: the payer's bank took it back, before or after it was assigned.
MOVES: dict[str, tuple[str, ...]] = {
    "held": ("assigned", "returned", "called_back"),
    "assigned": ("called_back",),
    "returned": (),
    "called_back": (),
}
REASONS = ("unknown_reference", "other_currency", "beyond_purchase")


@dataclass(frozen=True, slots=True)
class HeldPayment:
    """`payment_id` is the rail's. `why` it fits nothing: `unknown_reference`, the loan's is another currency, or a
    merchant gave back more than he was paid (`beyond_purchase`).

    `loan_id` is the loan that it was assigned to; `because` the reason of who resolved it, `proof` what the lender's
    bank calls the money that was sent back.
    """

    held_id: str
    payment_id: str
    reference: str
    amount: Money
    received_on: date
    why: str
    state: str
    held_at: datetime
    version: int = 0
    loan_id: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str | None = None
    proof: str | None = None


def held_id(payment_id: str) -> str:
    """It follows from the rail's id, so that the same news is held once."""
    return f"held_{hashlib.sha256(payment_id.encode()).hexdigest()[:26].upper()}"


def moved(held: HeldPayment, state: str) -> HeldPayment:
    """Raises `Refused` when it was resolved before."""
    if state not in MOVES[held.state]:
        raise Refused("payment_resolved", f"This payment is {held.state.replace('_', ' ')}.")
    return replace(held, state=state)


def assigned(held: HeldPayment, loan_id: str, *, by: str, because: str, at: datetime) -> HeldPayment:
    return replace(moved(held, "assigned"), loan_id=loan_id, decided_by=by, because=because, decided_at=at)


def returned(held: HeldPayment, proof: str, *, by: str, because: str, at: datetime) -> HeldPayment:
    """The lender sent it back to where it came from."""
    return replace(moved(held, "returned"), proof=proof, decided_by=by, because=because, decided_at=at)

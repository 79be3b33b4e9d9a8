"""Money that came and fits no loan: it is held until staff say which loan it is for, or send it back.

It goes back by the rail that it came by, to the payment that it was: only the rail knows whose account that was.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.arrivals import PAYMENT, arrival
from shared.domain.errors import Refused
from shared.domain.money import Money

# called_back: the payer's bank took it back, before or after it was assigned. A refund that failed leaves it held; of
# one that is unknown the rail was called and its reply was lost.
MOVES: dict[str, tuple[str, ...]] = {
    "held": ("assigned", "refund_pending", "called_back"),
    "assigned": ("called_back",),
    "refund_pending": ("refund_sent", "refund_unknown", "returned", "held"),
    "refund_unknown": ("refund_sent", "returned", "held"),
    "refund_sent": ("returned", "held"),
    "returned": (),
    "called_back": (),
}
REASONS = ("unknown_reference", "other_currency", "other_rail", "beyond_purchase")


@dataclass(frozen=True, slots=True)
class HeldPayment:
    """`payment_id` is the rail's. `why` it fits nothing: `unknown_reference`, the loan's is another currency, its money
    comes by another rail, or a merchant gave back more than he was paid (`beyond_purchase`).

    `rail` is the one that it came by, `word` what that calls such money. `loan_id` is the loan that it was assigned to;
    `because` the reason of who resolved it. `refunds` counts the orders to send it back, `refund_reason` is why the
    last one failed.
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
    refunds: int = 0
    refund_reason: str | None = None
    rail: str = "upi"
    word: str = PAYMENT

    @property
    def arrival(self) -> str:
        """The name that no other money has."""
        return arrival(self.rail, self.word, self.payment_id)

    @property
    def is_going_back(self) -> bool:
        return self.state.startswith("refund_")

    @property
    def refund_id(self) -> str:
        """Of the last order to send it back. The rail takes one refund per id."""
        return f"{self.held_id}.{self.refunds}"


def held_id(arrival: str) -> str:
    """It follows from the money's name, so that the same news is held once."""
    return f"held_{hashlib.sha256(arrival.encode()).hexdigest()[:26].upper()}"


def moved(held: HeldPayment, state: str) -> HeldPayment:
    """Raises `Refused` when it was resolved before."""
    if state not in MOVES[held.state]:
        raise Refused("payment_resolved", f"This payment is {held.state.replace('_', ' ')}.")
    return replace(held, state=state)


def of_refund(refund_id: str) -> str:
    """The id of the money that a refund is of."""
    return refund_id.partition(".")[0]


def assigned(held: HeldPayment, loan_id: str, *, by: str, because: str, at: datetime) -> HeldPayment:
    return replace(moved(held, "assigned"), loan_id=loan_id, decided_by=by, because=because, decided_at=at)


def refund_ordered(held: HeldPayment, *, by: str, because: str, at: datetime) -> HeldPayment:
    """It is to go back to where it came from. Raises `Refused` when it was resolved before."""
    ordered = replace(moved(held, "refund_pending"), refunds=held.refunds + 1, refund_reason=None)
    return replace(ordered, decided_by=by, because=because, decided_at=at)


def refund_over(held: HeldPayment, status: str, reason: str | None) -> HeldPayment:
    """The rail sent it back (`settled`), or did not (`failed`): then it is held as before."""
    if status == "settled":
        return moved(held, "returned")
    return replace(moved(held, "held"), refund_reason=reason or "unknown")

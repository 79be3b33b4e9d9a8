"""A checkout: an order that a borrower wants to pay for with a loan, from its reservation to the loan or an end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.errors import Conflict, NotFound, Refused
from shared.domain.market import Matching
from shared.domain.money import Money
from shared.domain.offers import Board, Offer, Unmatched

# A reservation whose time is over is so by itself: nothing is written about it.
MOVES: dict[str, tuple[str, ...]] = {"reserved": ("confirmed", "released"), "confirmed": (), "released": ()}


@dataclass(frozen=True, slots=True)
class Checkout:
    """`reserved_until` is the instant from which the reservation counts no more. `language` is its borrower's."""

    checkout_id: str
    borrower_id: str
    market: str
    merchant_id: str
    merchant: str
    order_id: str
    amount: Money
    tenor_months: int
    state: str
    reserved_at: datetime
    reserved_until: datetime
    ranking: Matching
    unmatched: tuple[Unmatched, ...] = ()
    offer_id: str | None = None
    loan_id: str | None = None
    language: str = "en"
    version: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Which checkout a merchant's order belongs to: a second one is let in only once that one is over."""

    checkout_id: str
    version: int = 0


def state_at(checkout: Checkout, at: datetime) -> str:
    """The state as it is seen: `expired` once its time is over."""
    return "expired" if checkout.state == "reserved" and at >= checkout.reserved_until else checkout.state


def require_offers(board: Board) -> None:
    """Raises `Refused` (no_matching_offer), naming why, when no lender pays for the order."""
    if not board.offers:
        refusal = Refused("no_matching_offer", "No lender offers a loan for this purchase at present.")
        refusal.members["unmatched"] = [{"lender": each.lender, "reason": each.reason} for each in board.unmatched]
        raise refusal


def confirmed(
    checkout: Checkout, offers: Sequence[Offer], *, offer_id: str, kfs_hash: str, loan_id: str, on: date, at: datetime
) -> tuple[Checkout, Offer]:
    """The offer that was chosen, by the hash of its statement. Raises `Refused`, `NotFound` or `Conflict`."""
    require_reserved(checkout, at)
    offer = next((offer for offer in offers if offer.offer_id == offer_id), None)
    if offer is None:
        raise NotFound("offer_not_found", "This checkout has no such offer.", "/offer_id")
    if kfs_hash != offer.kfs_hash:
        raise Conflict("kfs_stale", "This is not the hash of the offer's Key Facts Statement.", "/kfs_hash")
    if on > offer.valid_until:
        raise Refused("kfs_expired", "The Key Facts Statement was valid until {until}.", until=offer.valid_until)
    return replace(_moved(checkout, "confirmed"), offer_id=offer_id, loan_id=loan_id), offer


def released(checkout: Checkout) -> Checkout:
    """Raises `Refused` (checkout_confirmed) once it became a loan."""
    if checkout.state == "confirmed":
        raise Refused("checkout_confirmed", "This checkout was confirmed before. You may leave its loan instead.")
    return _moved(checkout, "released")


def require_reserved(checkout: Checkout, at: datetime) -> None:
    match state_at(checkout, at):
        case "confirmed":
            raise Refused("checkout_confirmed", "This checkout was confirmed before.")
        case "released" | "expired":
            raise Refused("checkout_over", "The time of this checkout is over, and its reservation is released.")


def _moved(checkout: Checkout, state: str) -> Checkout:
    assert state in MOVES[checkout.state], (checkout.state, state)
    return replace(checkout, state=state, version=checkout.version + 1)

"""The name of money that came by a rail: the rail, its word for such money, its own id.

A rail's id is good among its payments, or among what merchants gave back by it, and nowhere else: two rails may give
one id to two payments. So whatever is named after money that came bears all three: `upi.payment.upi_7f3a9c`.
"""

# What rails and lenders call it in their statements.
PAYMENT, MERCHANT_REFUND = "payment", "merchant_refund"


def arrival(rail: str, word: str, known_as: str) -> str:
    """No two are alike: a rail's name and its words have no dot in them."""
    assert "." not in rail and word in (PAYMENT, MERCHANT_REFUND), (rail, word)
    return f"{rail}.{word}.{known_as}"


def rails_id(arrival: str) -> str:
    return arrival.split(".", 2)[2]


def word(arrival: str) -> str:
    return arrival.split(".", 2)[1]


def movement_id(arrival: str, *, is_back: bool = False) -> str:
    """As a statement names it, which is of one account and says nothing of rails; `is_back` when it did not stay."""
    return f"{word(arrival)}{'_return' if is_back else ''}.{rails_id(arrival)}"


def of_movement(movement_id: str, rail: str) -> str | None:
    """What a statement's line is of, or of the return of, if it came by that rail; None for what did not come."""
    named = rails_own(movement_id)
    return arrival(rail, *named) if named else None


def rails_own(movement_id: str) -> tuple[str, str] | None:
    """A rail's word and id for what came, and may have gone back; None for what has an id of ours."""
    said, _, known_as = movement_id.partition(".")
    forth = said.removesuffix("_return")
    return (forth, known_as) if forth in (PAYMENT, MERCHANT_REFUND) else None

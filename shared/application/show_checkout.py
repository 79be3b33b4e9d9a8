"""See a checkout, or leave it: what it holds of the limit is free at once."""

from datetime import datetime

from shared.adapters.checkouts import Checkouts
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.loans import Loans
from shared.application.again import again
from shared.domain import limits
from shared.domain.checkouts import Checkout, released, state_at
from shared.domain.offers import Offer


def show_checkout(checkout_id: str, borrower_id: str, *, loans: Loans) -> tuple[Checkout, list[Offer]]:
    """With its offers. Raises `NotFound`."""
    return Checkouts(loans.table).of_borrower(checkout_id, borrower_id)


def release_checkout(checkout_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Checkout, list[Offer]]:
    """The checkout, released; a second time changes nothing. Raises `NotFound` or `Refused` (checkout_confirmed)."""

    def release() -> tuple[Checkout, list[Offer]]:
        checkout, offers = show_checkout(checkout_id, borrower_id, loans=loans)
        if state_at(checkout, at) in ("released", "expired"):
            return checkout, offers
        done = released(checkout)
        limit = Limits(loans.table).get(borrower_id)
        assert limit is not None, borrower_id
        Checkouts(loans.table).release(done, changed_limit(limits.released(limit, checkout_id, at)))
        return done, offers

    return again(release)

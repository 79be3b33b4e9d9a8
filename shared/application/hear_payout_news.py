"""What a rail told about a payout."""

from datetime import datetime

from shared.adapters.loans import Loans
from shared.adapters.rails import PayoutNews
from shared.application.settle_payout import settle_payout
from shared.domain.payouts import Payout


def hear_payout_news(told: PayoutNews, refund_id: str, at: datetime, *, loans: Loans) -> Payout | None:
    """The payout, or None when we never ordered it, or when it ended otherwise than the rail now says.

    Money that came back after it was settled changes nothing yet.
    """
    payout = loans.payout(told.reference)
    if payout is None or told.type == "payout.returned":
        return payout
    status = told.type.removeprefix("payout.")
    payout = settle_payout(told.reference, status, told.settled_on, told.reason, refund_id, at, loans=loans)
    return payout if payout.state == status else None

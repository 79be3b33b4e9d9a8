"""What a rail told about a payout."""

from datetime import datetime

from shared.adapters.loans import Loans
from shared.adapters.rails import PayoutNews
from shared.application.return_payout import return_payout
from shared.application.settle_payout import settle_payout
from shared.domain.payouts import Payout


def hear_payout_news(told: PayoutNews, refund_id: str, at: datetime, *, loans: Loans) -> Payout | None:
    """The payout, or None when we never ordered it, or when it ended otherwise than the rail now says."""
    payout = loans.payout(told.reference)
    if payout is None:
        return None
    if told.type == "payout.returned":
        return return_payout(payout.payout_id, told.returned_on, told.reason, at, loans=loans)
    status = told.type.removeprefix("payout.")
    payout = settle_payout(told.reference, status, told.settled_on, told.reason, refund_id, at, loans=loans)
    is_old_news = status == "settled" and payout.state == "returned"
    return payout if payout.state == status or is_old_news else None

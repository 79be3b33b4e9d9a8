"""What a rail told about a payout."""

from datetime import datetime

from shared.adapters.loans import Loans
from shared.adapters.rails import PayoutNews
from shared.application.return_payout import return_payout
from shared.application.settle_payout import settle_payout
from shared.domain.payouts import Payout
from shared.domain.rails import PAYOUT, tells_of
from shared.markets import market_at


def hear_payout_news(told: PayoutNews, refund_id: str, at: datetime, *, loans: Loans) -> Payout | None:
    """The payout, or None when we never ordered it by that rail, or when it ended otherwise than that now says."""
    payout = loans.payout(told.reference)
    if payout is None or not went_by(told.rail, payout, loans=loans):
        return None
    if told.type == "payout.returned":
        return return_payout(payout.payout_id, told.returned_on, told.reason, at, loans=loans)
    status = told.type.removeprefix("payout.")
    payout = settle_payout(told.reference, status, told.settled_on, told.reason, refund_id, at, loans=loans)
    is_old_news = status == "settled" and payout.state == "returned"
    return payout if payout.state == status or is_old_news else None


def went_by(rail: str, payout: Payout, *, loans: Loans) -> bool:
    """Whether it is that rail's to pay, and to tell of."""
    _, contract = loans.get(payout.loan_id)
    return tells_of(rail, PAYOUT, market_at(contract.market, payout.ordered_at).rails)

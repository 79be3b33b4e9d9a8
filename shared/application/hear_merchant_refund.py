"""A merchant gave money back for an order: the loan that paid for it is worked out again. Once for each refund.

What fits no purchase, is more than the merchant was paid, or came by another rail than that which paid him, is held
for staff.
"""

from datetime import datetime

from shared.adapters.held import Held
from shared.adapters.loans import Loans, new_payout
from shared.adapters.rails import MerchantRefundNews
from shared.application.again import again
from shared.application.hear_payout_news import went_by
from shared.application.settle_repayment import hold
from shared.domain import merchant_refunds, payouts
from shared.domain.calendar import business_date
from shared.domain.errors import Refused, Unavailable
from shared.domain.held import held_id
from shared.domain.loan import after
from shared.domain.replay import with_merchant_refund


def hear_merchant_refund(news: MerchantRefundNews, payout_id: str, at: datetime, *, loans: Loans) -> str | None:
    """The id of the loan, or None when the money is held. `payout_id` names the order to send on what is too much.

    Raises `Unavailable` while the payout is not known to be settled: news may overtake each other.
    """

    def take_back() -> str | None:
        payout = loans.payout(news.reference)
        if payout is None or payout.purchase is None:
            return hold(news, "unknown_reference", at, loans)
        if not went_by(news.rail, payout, loans=loans):
            return hold(news, "other_rail", at, loans)
        if payout.is_open:
            raise Unavailable("temporarily_unavailable", "The payout that is given back is not settled yet.")
        if loans.entry(payout.loan_id, merchant_refunds.name(news.arrival)):
            return payout.loan_id
        # It may fit by now, and is staff's to resolve.
        held = Held(loans.table).find(held_id(news.arrival))
        if held is not None:
            return held.loan_id
        loan, contract = loans.get(payout.loan_id)
        entries, amount = loans.entries(payout.loan_id), news.amount.money()
        try:
            merchant_refunds.require_fits(loan, contract, entries, amount)
        except Refused:
            return hold(news, "beyond_purchase", at, loans)
        loan, booked = with_merchant_refund(loan, contract, entries, news.arrival, amount, at)
        orders = []
        if payouts.owes_refund(loan):
            today = business_date(at, contract.time_zone)
            entry, refund = payouts.refund_ordered(loan, contract, payout_id, today, at)
            loan, booked, orders = after(loan, contract, entry), (*booked, entry), [new_payout(refund)]
        loans.book(loan, contract, booked, orders)
        return payout.loan_id

    return again(take_back)

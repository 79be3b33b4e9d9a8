"""A refund that nobody has sent yet is of money that the borrower does not have here any more: it is not sent.

What was paid too much went back by its own bank, or settled a due of a loan that runs again.
"""

from dataclasses import replace
from datetime import datetime

from shared.adapters.loans import Loans, changed_payout, new_payout
from shared.application.again import again
from shared.domain import payouts
from shared.domain.calendar import business_date
from shared.domain.loan import after
from shared.domain.payouts import Payout
from shared.domain.replay import without


def retract_refund(payout_id: str, refund_id: str, at: datetime, *, loans: Loans) -> Payout:
    """The payout as it stands: unchanged while it is owed, or once it may have been sent.

    Its order is as if it had never been. `refund_id` names the order of what is still too much.
    """

    def retract() -> Payout:
        payout = loans.payout(payout_id)
        assert payout is not None and payout.purpose == "refund", payout_id
        loan, contract = loans.get(payout.loan_id)
        if payout.state != "pending" or payouts.covers(loan, payout):
            return payout
        entries = loans.entries(payout.loan_id)
        loan, booked = without(loan, contract, entries, payouts.order_name(payout), at)
        over = replace(payout, state="failed", reason=payouts.NOT_OWED)
        orders = [changed_payout(over)]
        if payouts.owes_refund(loan):
            today = business_date(at, contract.time_zone)
            entry, refund = payouts.refund_ordered(loan, contract, refund_id, today, at)
            loan, booked, orders = after(loan, contract, entry), (*booked, entry), [*orders, new_payout(refund)]
        loans.book(loan, contract, booked, orders)
        return over

    return again(retract)

"""A payout is over: the rail paid it, or did not."""

from dataclasses import replace
from datetime import date, datetime

from shared.adapters.loans import Loans, changed_payout, new_payout
from shared.application.again import again
from shared.domain import payouts, replay
from shared.domain.calendar import business_date
from shared.domain.loan import after
from shared.domain.payouts import Payout


def settle_payout(
    payout_id: str,
    status: str,
    on: date | None,
    reason: str | None,
    refund_id: str,
    at: datetime,
    *,
    loans: Loans,
    only_unsent: bool = False,
) -> Payout:
    """The payout, over. A second settlement of the same payout changes nothing.

    `status` is settled or failed; `on` the rail's own date, or None when only our asking told. `refund_id` names the
    next payout where more money came while a refund was under way. With `only_unsent`, one that is no longer `pending`
    stays as it is: somebody else may have sent it meanwhile.
    """

    def settle() -> Payout:
        payout = loans.payout(payout_id)
        assert payout is not None, payout_id
        if not payout.is_open or (only_unsent and payout.state != "pending"):
            return payout
        loan, contract = loans.get(payout.loan_id)
        today = business_date(at, contract.time_zone)
        day = max(min(on or today, today), business_date(payout.ordered_at, contract.time_zone))
        if status == "settled":
            entry = payouts.settled(loan, contract, payout, day, at)
        else:
            entry = payouts.failed(loan, payout, day, at)
        over = replace(payout, state=status, reason=reason)
        # A loan that runs again while its refund is under way has its dues of the days before first.
        (loan, entries), orders = replay.taken(loan, contract, entry, at), [changed_payout(over)]
        if status == "settled" and payouts.owes_refund(loan):
            entry, refund = payouts.refund_ordered(loan, contract, refund_id, today, at)
            loan, entries, orders = after(loan, contract, entry), (*entries, entry), [*orders, new_payout(refund)]
        loans.book(loan, contract, entries, orders)
        return over

    return again(settle)

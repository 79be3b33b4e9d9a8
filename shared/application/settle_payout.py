"""A payout is over: the rail paid it, or did not."""

from dataclasses import replace
from datetime import date, datetime

from shared.adapters.loans import Loans, changed_payout
from shared.application.again import again
from shared.domain import payouts
from shared.domain.calendar import business_date
from shared.domain.loan import after
from shared.domain.payouts import Payout


def settle_payout(
    payout_id: str, status: str, on: date | None, reason: str | None, at: datetime, *, loans: Loans
) -> Payout:
    """The payout, over. A second settlement of the same payout changes nothing.

    `status` is settled or failed; `on` the rail's own date, or None when only our asking told.
    """

    def settle() -> Payout:
        payout = loans.payout(payout_id)
        assert payout is not None, payout_id
        if not payout.is_open:
            return payout
        loan, contract = loans.get(payout.loan_id)
        day = min(on or business_date(at, contract.time_zone), business_date(at, contract.time_zone))
        if status == "settled":
            entry = payouts.settled(loan, contract, payout, day, at)
        else:
            entry = payouts.failed(loan, payout, day, at)
        over = replace(payout, state=status, reason=reason)
        loans.book(after(loan, entry), [entry], [changed_payout(over)])
        return over

    return again(settle)

"""Money that was paid out came back: the loan is worked out again as if it had never arrived."""

from dataclasses import replace
from datetime import date, datetime

from shared.adapters.loans import Loans, changed_payout
from shared.application.again import again
from shared.domain.calendar import business_date
from shared.domain.errors import Unavailable
from shared.domain.payouts import Payout, returned


def return_payout(payout_id: str, on: date | None, reason: str | None, at: datetime, *, loans: Loans) -> Payout | None:
    """The payout, returned; None when it failed, so that nothing can have come back. Told twice, it changes once.

    Raises `Unavailable` while it is not known to be settled: news may overtake each other.
    """

    def give_back() -> Payout | None:
        payout = loans.payout(payout_id)
        assert payout is not None, payout_id
        if payout.is_open:
            raise Unavailable("temporarily_unavailable", "The payout that came back is not settled yet.")
        if payout.state != "settled":
            return payout if payout.state == "returned" else None
        loan, contract = loans.get(payout.loan_id)
        today = business_date(at, contract.time_zone)
        entries = loans.entries(payout.loan_id)
        loan, booked = returned(loan, contract, entries, payout, min(on or today, today), at)
        back = replace(payout, state="returned", reason=reason)
        loans.book(loan, contract, booked, [changed_payout(back)])
        return back

    return again(give_back)

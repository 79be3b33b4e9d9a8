"""Do for one loan what is due up to one business date: its instalments fall due, what it owes back is ordered, and it
ends where nobody asked for its money in time."""

from datetime import date, datetime

from shared.adapters.capacity import Capacity
from shared.adapters.loans import Loans, new_payout
from shared.adapters.table import Write
from shared.application.again import again
from shared.domain import agenda, dues, payouts
from shared.domain.loan import after


def work_loan(loan_id: str, on: date, refund_id: str, at: datetime, *, loans: Loans) -> bool:
    """Whether anything was to be done: a loan that was worked for that date before is only read.

    `on` is the run's business date. What falls due, and the end of a sanction, have their own days, however late that
    is; what is ordered is of today.
    """

    def work() -> bool:
        loan, contract, listed_on = loans.listed(loan_id)
        loan, entries = dues.until(loan, contract, on, at)
        orders = list[Write]()
        if payouts.owes_refund(loan):
            entry, payout = payouts.refund_ordered(loan, contract, refund_id, on, at)
            loan, entries = after(loan, contract, entry), (*entries, entry)
            orders.append(new_payout(payout))
        elif (ended_on := payouts.lapses_on(loan, contract)) is not None and ended_on <= on:
            lapse = payouts.lapsed(loan, loans.entries(loan_id), ended_on, at)
            loan, entries = after(loan, contract, lapse), (*entries, lapse)
            orders += Capacity(loans.table).give_back(loan_id)
        # A loan that the index lists under another day than its head says would be found every night.
        if not entries and listed_on == agenda.work_on(loan, contract):
            return False
        loans.book(loan, contract, entries, orders)
        return True

    return again(work)

"""Money came: book it on the loan that its reference names, once, and give back what nothing will ever settle."""

from datetime import datetime

from shared.adapters.loans import Loans, changed_order, new_payout
from shared.adapters.rails import PaymentNews
from shared.application.again import again
from shared.domain import payouts
from shared.domain.calendar import business_date
from shared.domain.loan import after
from shared.domain.repayment import Receipt, received
from shared.domain.repayment_orders import RepaymentOrder, paid
from shared.domain.replay import is_late, with_receipt


def settle_repayment(news: PaymentNews, refund_id: str, at: datetime, *, loans: Loans) -> RepaymentOrder | None:
    """The order that the money belongs to, or None when it fits no order.

    The entry is named after the rail's payment, so that the same news twice, or twenty times at once, is one entry.
    A second payment for one order is money all the same: it is booked as an instalment.
    """

    def settle() -> RepaymentOrder | None:
        order = loans.repayment_order(news.reference)
        if order is None or loans.entry(order.loan_id, f"repayment.{news.payment_id}"):
            return order
        amount = news.amount.money()
        done = paid(order, amount)
        if done.state == "unmatched" and order.state == "settled":
            return None
        if done.state == "unmatched":
            loans.change(changed_order(done))
            return done
        loan, contract = loans.get(order.loan_id)
        today = business_date(at, contract.time_zone)
        purpose = order.purpose if order.state == "ordered" else "instalment"
        receipt = Receipt(news.payment_id, amount, purpose, min(news.received_on, today), at)
        if is_late(loan, receipt):
            loan, entries = with_receipt(loan, contract, loans.entries(loan.loan_id), receipt)
        else:
            loan, entries = received(loan, contract, receipt)
        orders = [changed_order(done)]
        if payouts.owes_refund(loan):
            entry, payout = payouts.refund_ordered(loan, contract, refund_id, today, at)
            loan, entries = after(loan, contract, entry), (*entries, entry)
            orders.append(new_payout(payout))
        loans.book(loan, contract, entries, orders)
        return done

    return again(settle)

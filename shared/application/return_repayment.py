"""Money that had come went back: the loan is worked out again as if it had never come."""

from datetime import datetime

from shared.adapters.loans import Loans, changed_order
from shared.adapters.rails import ReturnNews
from shared.application.again import again
from shared.domain.errors import Unavailable
from shared.domain.ledger import live
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder, returned
from shared.domain.replay import without


def return_repayment(news: ReturnNews, at: datetime, *, loans: Loans) -> RepaymentOrder | None:
    """The order that the money belonged to, or None when it fits no order. Told twice, it goes back once.

    Raises `Unavailable` when the payment itself is not known yet: news may overtake each other.
    """

    def give_back() -> RepaymentOrder | None:
        order = loans.repayment_order(news.reference)
        if order is None:
            return None
        # The head first: an entry that comes between the two reads makes the head that was read too old to be written.
        loan, contract = loans.get(order.loan_id)
        name, entries = f"repayment.{news.payment_id}", loans.entries(order.loan_id)
        if not any(entry.name == name for entry in entries):
            raise Unavailable("temporarily_unavailable", "The payment that went back is not known yet.")
        standing = next((entry for entry in live(entries) if entry.name == name), None)
        if standing is None:
            return order
        loan, booked = without(loan, contract, entries, name, at)
        amount = Money(standing.moved("lender_funds"), contract.currency)
        done = returned(order, amount)
        loans.book(loan, contract, booked, [changed_order(done)])
        return done

    return again(give_back)

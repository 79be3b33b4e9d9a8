"""Money that had come went back: the loan is worked out again as if it had never come."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.held import Held, changed_held
from shared.adapters.loans import Loans, changed_order
from shared.adapters.rails import ReturnNews
from shared.application.again import again
from shared.application.settle_repayment import meant_for
from shared.domain import merchant_refunds
from shared.domain.errors import Unavailable
from shared.domain.held import MOVES, HeldPayment, held_id, moved
from shared.domain.ledger import live
from shared.domain.money import Money
from shared.domain.repayment import repayment_name
from shared.domain.repayment_orders import RepaymentOrder, returned
from shared.domain.replay import without


@dataclass(frozen=True, slots=True)
class _Came:
    """The money that a return names: its entry in the books of the loan, or as what it is or was held."""

    name: str
    loan_id: str | None
    held: HeldPayment | None = None
    order: RepaymentOrder | None = None


def return_repayment(news: ReturnNews, at: datetime, *, loans: Loans) -> str | None:
    """The id of the loan that the money was booked on, or None when it was on none. Told twice, it goes back once.

    Raises `Unavailable` when the money itself is not known yet: news may overtake each other. It is looked for by the
    name that the same rail's payment has, or what a merchant gave back by it, so that no rail takes back what came by
    another.
    """

    def give_back() -> str | None:
        came = _came(news, loans)
        held = came.held
        if came.loan_id is None:
            if held is None:
                raise _unknown()
            if held.is_going_back:
                raise Unavailable("temporarily_unavailable", "The payment is on its way back already.")
            if "called_back" in MOVES[held.state]:
                loans.change(changed_held(moved(held, "called_back")))
            return None
        # The head first: an entry that comes between the two reads makes the head that was read too old to be written.
        loan, contract = loans.get(came.loan_id)
        entries = loans.entries(came.loan_id)
        if not any(entry.name == came.name for entry in entries):
            raise _unknown()
        standing = next((entry for entry in live(entries) if entry.name == came.name), None)
        if standing is None:
            return came.loan_id
        loan, booked = without(loan, contract, entries, came.name, at)
        amount = Money(standing.moved("lender_funds"), contract.currency)
        orders = [changed_order(returned(came.order, amount))] if came.order else []
        loans.book(loan, contract, booked, [*orders, *([changed_held(moved(held, "called_back"))] if held else [])])
        return came.loan_id

    return again(give_back)


def _came(news: ReturnNews, loans: Loans) -> _Came:
    """A rail may give one id to a payment and to what a merchant gave back, whose reference tells them apart."""
    payment, refund = (Held(loans.table).find(held_id(each)) for each in (news.arrival, news.refund_arrival))
    if payment is None or payment.reference != news.reference:
        if refund is not None and refund.reference == news.reference:
            return _Came(repayment_name(news.refund_arrival), refund.loan_id, refund)
        # Who gives back what he was paid names the payout.
        payout = loans.payout(news.reference)
        if payout is not None and payout.purchase is not None:
            return _Came(merchant_refunds.name(news.refund_arrival), payout.loan_id)
    if payment is not None:
        return _Came(repayment_name(news.arrival), payment.loan_id, payment)
    order, loan_id, _ = meant_for(news.reference, loans)
    return _Came(repayment_name(news.arrival), loan_id, None, order)


def _unknown() -> Unavailable:
    return Unavailable("temporarily_unavailable", "The payment that went back is not known yet.")

"""Money came: book it on the loan that its reference names, once, and give back what nothing will ever settle.

What fits no loan is held for staff to resolve.
"""

from collections.abc import Sequence
from datetime import datetime

from shared.adapters.held import Held, new_held
from shared.adapters.loans import Loans, changed_order, new_payout
from shared.adapters.mandates import Mandates
from shared.adapters.rails import MerchantRefundNews, PaymentNews
from shared.adapters.requests import Request
from shared.adapters.table import Write
from shared.application.again import again
from shared.domain import payouts, references
from shared.domain.arrivals import rails_id, word
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.held import HeldPayment, held_id
from shared.domain.loan import Loan, after
from shared.domain.mandates import Mandate
from shared.domain.rails import MANDATE, TRANSFER, tells_of
from shared.domain.repayment import Receipt, received, repayment_name
from shared.domain.repayment_orders import RepaymentOrder, paid
from shared.domain.replay import is_late, with_receipt
from shared.markets import market_at


def settle_repayment(news: PaymentNews, refund_id: str, at: datetime, *, loans: Loans) -> str | None:
    """The id of the loan that the money is booked on, or None when it is held.

    The entry is named after the rail's payment, so that the same news twice, or twenty times at once, is one entry.
    A second payment for one order is money all the same: it is booked as an instalment. What came by a rail that
    moves no such money is held as well: it is real, and the rail has no say in that loan.
    """

    def settle() -> str | None:
        order, loan_id, purpose = meant_for(news.reference, loans)
        if loan_id is None:
            return hold(news, "unknown_reference", at, loans)
        # An order for which nothing came has no payment: what came of it is written with the payment itself.
        is_first = order is not None and order.state == "ordered"
        if not is_first and loans.entry(loan_id, repayment_name(news.arrival)):
            return loan_id
        try:
            loan, contract = loans.get(loan_id)
        except NotFound:
            return hold(news, "unknown_reference", at, loans)
        days = _days(order, loan, at, loans)
        if not _comes_by(news.rail, order, contract, *days):
            return hold(news, "other_rail", at, loans)
        done = paid(order, news.amount.money()) if order else None
        if news.amount.currency != contract.currency:
            is_settled = order is not None and order.state == "settled"
            writes = [changed_order(done)] if done and not is_settled else []
            return hold(news, "other_currency", at, loans, writes)
        # What comes first for an order, by the rail that it was asked of, was never held: no read for most payments.
        is_expected = is_first and _comes_by(news.rail, order, contract, days[0])
        if not is_expected and (held := Held(loans.table).find(held_id(news.arrival))):
            # It fits by now, and is staff's to resolve.
            return held.loan_id
        on = min(news.received_on, business_date(at, contract.time_zone))
        choice = order.choice if order and order.purpose == purpose else None
        receipt = Receipt(news.arrival, news.amount.money(), purpose, on, at, choice)
        book_receipt(loan, contract, receipt, refund_id, [changed_order(done)] if done else [], at, loans=loans)
        return loan_id

    return again(settle)


def book_receipt(
    loan: Loan,
    contract: Contract,
    receipt: Receipt,
    refund_id: str,
    writes: Sequence[Write],
    at: datetime,
    *,
    loans: Loans,
    request: Request | None = None,
    answer: object = None,
) -> None:
    """The money on the loan, in its place among what happened, with the order to send back what is too much."""
    orders = list(writes)
    if is_late(loan, receipt):
        loan, entries = with_receipt(loan, contract, loans.entries(loan.loan_id), receipt)
    else:
        loan, entries = received(loan, contract, receipt)
    if payouts.owes_refund(loan):
        today = business_date(at, contract.time_zone)
        entry, payout = payouts.refund_ordered(loan, contract, refund_id, today, at)
        loan, entries = after(loan, contract, entry), (*entries, entry)
        orders.append(new_payout(payout))
    loans.book(loan, contract, entries, orders, request, answer)


def meant_for(reference: str, loans: Loans) -> tuple[RepaymentOrder | None, str | None, str]:
    """The order and the loan that money with this reference is for, where there are such, and what it is meant for."""
    named = references.read(reference)
    if named is not None and named[1] != references.ORDER:
        return None, *named
    order = loans.repayment_order(named[0] if named else reference)
    if order is None:
        return None, None, "instalment"
    return order, order.loan_id, order.purpose if order.state == "ordered" else "instalment"


def mandate_of(order: RepaymentOrder, loans: Loans) -> Mandate:
    """That by which a debit is asked for."""
    mandate = Mandates(loans.table).find(order.mandate_id or "")
    assert mandate is not None, order
    return mandate


def _days(order: RepaymentOrder | None, loan: Loan, at: datetime, loans: Loans) -> tuple[datetime, ...]:
    """Of which the rails may bring the money: that of the order, or of the loan without one, and today.

    A debit comes by the rail that has its mandate, and by no other.
    """
    if order is None:
        return loan.sanctioned_at, at
    return (mandate_of(order, loans).created_at,) if order.method == MANDATE else (order.ordered_at, at)


def _comes_by(rail: str, order: RepaymentOrder | None, contract: Contract, *days: datetime) -> bool:
    """Whether money for that order, or for the loan without one, comes by this rail on any of those days."""
    what = order.method if order else TRANSFER
    return tells_of(rail, what, *(market_at(contract.market, day).rails for day in days))


def hold(
    news: PaymentNews | MerchantRefundNews,
    why: str,
    at: datetime,
    loans: Loans,
    writes: Sequence[Write] = (),
) -> str | None:
    """Once; what was held and assigned before is on that loan, whose id is answered."""
    known = Held(loans.table).find(held_id(news.arrival))
    if known is not None:
        return known.loan_id
    held = HeldPayment(
        held_id=held_id(news.arrival),
        payment_id=rails_id(news.arrival),
        reference=news.reference,
        amount=news.amount.money(),
        received_on=news.received_on,
        why=why,
        state="held",
        held_at=at,
        rail=news.rail,
        word=word(news.arrival),
    )
    loans.table.transact([new_held(held), *writes])
    return None

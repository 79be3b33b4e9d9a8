"""Ask the rail for a debit, and ask what became of it until it is over. It is only ever asked for under its own id."""

from datetime import datetime

from shared.adapters.debits import Debits
from shared.adapters.loans import Loans, changed_order
from shared.adapters.mandates import Mandates
from shared.adapters.rails import DebitNews, DebitStanding, NoAnswer, Rail, Rails
from shared.adapters.table import Stale
from shared.application.again import again
from shared.application.settle_repayment import mandate_of, settle_repayment
from shared.domain import dues, mandates
from shared.domain.calendar import business_date
from shared.domain.debits import PATIENCE, owed, window_at
from shared.domain.errors import Unavailable
from shared.domain.mandates import Mandate
from shared.domain.rails import MANDATE, RailNames, tells_of
from shared.domain.repayment_orders import NOT_SENT, RepaymentOrder, failed, sent
from shared.markets import market, market_at


def send_debit(order_id: str, refund_id: str, at: datetime, *, loans: Loans, rails: Rails) -> RepaymentOrder:
    """The order as it stands. The caller asks again later while it is open.

    It is marked as sent before the rail is called: killed anywhere, or its reply lost, the next call asks the rail by
    the same id first. Once it may not be sent any more (see `_may_be_sent`) it has failed, if the rail never heard of
    it and whoever marked it is dead for long.
    """
    order = _known(order_id, loans)
    if not order.is_open:
        return order
    rail = _rail(mandate_of(order, loans), loans, rails)
    try:
        standing = rail.ask_debit(order) if order.state == "sent" else None
        if standing is None and _may_be_sent(order, at, loans):
            order = sent(order, at)
            loans.change(changed_order(order))
            standing = _asked(order, rail)
        if standing is not None:
            return _heard(order_id, standing, refund_id, at, loans)
        if order.sent_at is None or at - order.sent_at >= PATIENCE:
            loans.change(changed_order(failed(order, NOT_SENT)))
    except (NoAnswer, Stale):
        """The rail is asked, or the order looked at, when the message comes again."""
    return _known(order_id, loans)


def hear_debit(news: DebitNews, *, loans: Loans) -> bool:
    """Whether we know such an order, of a debit by that rail."""
    order = loans.repayment_order(news.reference)
    if order is None or order.method != MANDATE:
        return False
    if not tells_of(news.rail, MANDATE, _rails(mandate_of(order, loans), loans)):
        return False
    _fail(news.reference, news.reason, loans)
    return True


def end_mandate(mandate_id: str, *, loans: Loans, rails: Rails) -> None:
    """Tells the rail that the borrower took it back. Raises `Unavailable` until it has heard that."""
    mandate = Mandates(loans.table).find(mandate_id)
    assert mandate is not None, mandate_id
    try:
        _rail(mandate, loans, rails).revoke(mandate_id)
    except NoAnswer as error:
        raise Unavailable("temporarily_unavailable", "The rail does not answer.") from error


def _known(order_id: str, loans: Loans) -> RepaymentOrder:
    order = loans.repayment_order(order_id)
    assert order is not None, order_id
    return order


def _rail(mandate: Mandate, loans: Loans, rails: Rails) -> Rail:
    """That at which the mandate was registered: no other knows it."""
    return rails(_rails(mandate, loans).of(MANDATE))


def _rails(mandate: Mandate, loans: Loans) -> RailNames:
    _, contract = loans.get(mandate.loan_id)
    return market_at(contract.market, mandate.created_at).rails


def _may_be_sent(order: RepaymentOrder, at: datetime, loans: Loans) -> bool:
    """In its hours, by a mandate that is active, for what is still owed."""
    loan, contract = loans.get(order.loan_id)
    debit, mandate = Debits(loans.table).of_loan(order.loan_id), mandate_of(order, loans)
    assert debit is not None, order
    on = business_date(at, contract.time_zone)
    rules, today = market(contract.market, on).debits, dues.until(loan, contract, on, at)[0]
    return (
        debit.order_id == order.repayment_id
        and at < debit.until
        and window_at(rules, contract.time_zone, at) is not None
        and mandates.may_debit(mandate, order.amount, on)
        and order.amount <= owed(today, contract, debit)
    )


def _asked(order: RepaymentOrder, rail: Rail) -> DebitStanding:
    standing = rail.debit(order)
    if standing.status != "refused":
        return standing
    # An earlier asking may have been taken and its reply lost: only what the rail never heard of has failed.
    return rail.ask_debit(order) or DebitStanding("failed", standing.reason)


def _heard(order_id: str, standing: DebitStanding, refund_id: str, at: datetime, loans: Loans) -> RepaymentOrder:
    if standing.payment is not None:
        settle_repayment(standing.payment, refund_id, at, loans=loans)
    elif standing.status == "failed":
        _fail(order_id, standing.reason or "unknown", loans)
    return _known(order_id, loans)


def _fail(order_id: str, reason: str, loans: Loans) -> None:
    """Unless money came for it."""

    def fail() -> None:
        order = _known(order_id, loans)
        done = failed(order, reason)
        if done != order:
            loans.change(changed_order(done))

    again(fail)

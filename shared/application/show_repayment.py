"""A borrower's repayment orders on one of his loans."""

from shared.adapters.loans import Loans
from shared.adapters.rails import NoAnswer, Rails
from shared.domain.errors import NotFound, Unavailable
from shared.domain.repayment_orders import RepaymentOrder
from shared.markets import market_at


def show_repayments(
    loan_id: str, borrower_id: str, after: str | None, limit: int, *, loans: Loans
) -> tuple[list[RepaymentOrder], str | None]:
    """Oldest first, and the id behind which the next page begins. Raises `NotFound`."""
    loans.of_borrower(loan_id, borrower_id)
    return loans.repayment_orders(loan_id, after, limit)


def show_page(order: RepaymentOrder, *, loans: Loans, rails: Rails) -> str | None:
    """Where the borrower types in his card, None where he pays otherwise or has paid: the rail's own page, so that we
    never see it. Raises `Unavailable`."""
    if not order.awaits_card:
        return None
    _, contract = loans.get(order.loan_id)
    try:
        return rails(market_at(contract.market, order.ordered_at).rails.of(order.method)).page(order)
    except NoAnswer as error:
        raise Unavailable("temporarily_unavailable", "The card's page cannot be had at the moment.") from error


def show_repayment(loan_id: str, repayment_id: str, borrower_id: str, *, loans: Loans) -> RepaymentOrder:
    """Raises `NotFound` for another's, and for one of another loan."""
    order = loans.repayment_order(repayment_id)
    if order is None or order.loan_id != loan_id or order.borrower_id != borrower_id:
        raise NotFound("not_found", "There is no such repayment.")
    return order

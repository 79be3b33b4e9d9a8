"""Money that had come went back: the loan is worked out again as if it had never come."""

from datetime import datetime

from shared.adapters.held import Held, changed_held
from shared.adapters.loans import Loans, changed_order
from shared.adapters.rails import ReturnNews
from shared.application.again import again
from shared.application.settle_repayment import meant_for
from shared.domain.errors import Unavailable
from shared.domain.held import MOVES, held_id, moved
from shared.domain.ledger import live
from shared.domain.money import Money
from shared.domain.repayment import repayment_name
from shared.domain.repayment_orders import returned
from shared.domain.replay import without


def return_repayment(news: ReturnNews, at: datetime, *, loans: Loans) -> str | None:
    """The id of the loan that the money was booked on, or None when it was on none. Told twice, it goes back once.

    Raises `Unavailable` when the payment itself is not known yet: news may overtake each other. It is looked for by the
    name that the same rail's payment has, so that no rail takes back what came by another.
    """

    def give_back() -> str | None:
        order, loan_id, _ = meant_for(news.reference, loans)
        held = Held(loans.table).find(held_id(news.arrival))
        loan_id = held.loan_id if held else loan_id
        if loan_id is None:
            if held is None:
                raise _unknown()
            if held.is_going_back:
                raise Unavailable("temporarily_unavailable", "The payment is on its way back already.")
            if "called_back" in MOVES[held.state]:
                loans.change(changed_held(moved(held, "called_back")))
            return None
        # The head first: an entry that comes between the two reads makes the head that was read too old to be written.
        loan, contract = loans.get(loan_id)
        name, entries = repayment_name(news.arrival), loans.entries(loan_id)
        if not any(entry.name == name for entry in entries):
            raise _unknown()
        standing = next((entry for entry in live(entries) if entry.name == name), None)
        if standing is None:
            return loan_id
        loan, booked = without(loan, contract, entries, name, at)
        amount = Money(standing.moved("lender_funds"), contract.currency)
        orders = [changed_order(returned(order, amount))] if order and held is None else []
        loans.book(loan, contract, booked, [*orders, *([changed_held(moved(held, "called_back"))] if held else [])])
        return loan_id

    return again(give_back)


def _unknown() -> Unavailable:
    return Unavailable("temporarily_unavailable", "The payment that went back is not known yet.")

"""Whether a loan's head is what its entries say: the head is only a cache of their fold."""

from shared.adapters.loans import Loans
from shared.domain.loan import is_fold


def is_book_right(loan_id: str, *, loans: Loans) -> bool:
    """Compares the head as read with the fold of the entries up to it; later ones may have come meanwhile."""
    loan, contract = loans.get(loan_id)
    entries = [entry for entry in loans.entries(loan_id) if entry.sequence <= loan.sequence]
    return is_fold(loan, contract, entries)

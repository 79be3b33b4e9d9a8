"""Whether a loan's head is what its entries say: the head is only a cache of their fold."""

from dataclasses import replace

from shared.adapters.loans import Loans
from shared.domain.loan import fold, sanctioned


def is_book_right(loan_id: str, *, loans: Loans) -> bool:
    """Compares the head as read with the fold of the entries up to it; later ones may have come meanwhile."""
    loan, contract = loans.get(loan_id)
    entries = [entry for entry in loans.entries(loan_id) if entry.sequence <= loan.sequence]
    start = sanctioned(
        loan_id, loan.borrower_id, contract, loan.application_id, loan.offer_id, accepted_at=loan.sanctioned_at
    )
    return len(entries) == loan.sequence and fold(start, entries) == replace(loan, version=0)

"""Why the numbers of a loan are what they are, and what they would become."""

from collections.abc import Sequence
from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.domain import dues
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.explain import Explanation, explained
from shared.domain.ledger import Entry, live
from shared.domain.loan import origin
from shared.domain.what_if import Change, Outlook, outlook


def standing_entries(
    loan_id: str, borrower_id: str, at: datetime, *, loans: Loans
) -> tuple[Contract, tuple[Entry, ...]]:
    """What stands in the books today, with dues that the night has not booked yet. Raises `NotFound`."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    _, due = dues.until(loan, contract, business_date(at, contract.time_zone), at)
    return contract, (*live(loans.entries(loan_id)), *due)


def explain_instalment(
    loan_id: str, borrower_id: str, number: int, at: datetime, *, loans: Loans
) -> tuple[Contract, Explanation, tuple[Entry, ...]]:
    """The days behind an instalment up to today, and all entries that stand. Raises `NotFound`."""
    loan, _ = loans.of_borrower(loan_id, borrower_id)
    contract, entries = standing_entries(loan_id, borrower_id, at, loans=loans)
    found = explained(origin(loan), contract, entries, number, business_date(at, contract.time_zone))
    if found is None:
        raise NotFound("not_found", "There is no such instalment yet.")
    return contract, found, entries


def imagine(
    loan_id: str, borrower_id: str, changes: Sequence[Change], at: datetime, *, loans: Loans
) -> tuple[Contract, date, Outlook, Outlook]:
    """How the loan goes on as agreed, and with the changes. Nothing is written. Raises `NotFound` or `Refused`."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    today = business_date(at, contract.time_zone)
    loan, _ = dues.until(loan, contract, today, at)
    return contract, today, outlook(loan, contract, (), today, at), outlook(loan, contract, changes, today, at)

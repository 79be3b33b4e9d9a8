"""The other loans of a loan's borrower, where they bear on its class: who has one loan has no more of it read."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.domain import dues
from shared.domain.contract import Contract
from shared.domain.delinquency import Account
from shared.domain.lateness import account, steps, together
from shared.domain.ledger import live
from shared.domain.loan import Loan


@dataclass(frozen=True, slots=True)
class Other:
    """Another loan of the borrower as it was read, and its lateness up to a day."""

    loan: Loan
    contract: Contract
    account: Account


def other_loans(loan: Loan, on: date, at: datetime, *, loans: Loans) -> tuple[Other, ...]:
    """Those whose time meets the loan's, or that of another that does: lateness passes from loan to loan."""
    ids = [loan_id for loan_id in loans.ids_of(loan.borrower_id) if loan_id != loan.loan_id]
    known = [loans.get(loan_id) for loan_id in ids]
    near = together(loan, [other for other, _ in known])
    return tuple(_other(other, contract, on, at, loans) for other, contract in known if other in near)


def _other(loan: Loan, contract: Contract, on: date, at: datetime, loans: Loans) -> Other:
    _, unbooked = dues.until(loan, contract, on, at)
    return Other(loan, contract, account(steps(loan, contract, (*live(loans.entries(loan.loan_id)), *unbooked))))

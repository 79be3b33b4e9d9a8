"""How a borrower has repaid his loans so far, from their entries. One without loans costs one read."""

from datetime import datetime

from shared.adapters.loans import Loans
from shared.adapters.table import Stale
from shared.domain import dues
from shared.domain.calendar import business_date
from shared.domain.conduct import Conduct
from shared.domain.contract import Contract
from shared.domain.lateness import Step, steps
from shared.domain.loan import Loan
from shared.domain.loan_conduct import conduct
from shared.domain.market import Market

# More than anybody has open at a time; what is older than his last ones says little.
LAST = 12


def know_conduct(borrower_id: str, market: Market, at: datetime, *, loans: Loans) -> Conduct:
    """With dues that the night has not booked yet. Raises `Stale` when a loan moved while it was read."""
    lives = [_life(loan, contract, at, loans) for loan, contract in loans.last_of(borrower_id, LAST)]
    return conduct(lives, market.conduct, business_date(at, market.time_zone))


def _life(loan: Loan, contract: Contract, at: datetime, loans: Loans) -> tuple[Step, ...]:
    booked = loans.entries(loan.loan_id)
    if booked and booked[-1].sequence != loan.sequence:
        raise Stale(())
    _, unbooked = dues.until(loan, contract, business_date(at, contract.time_zone), at)
    return steps(loan, contract, (*booked, *unbooked))

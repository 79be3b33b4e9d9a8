"""Open a case when a loan is classed worse, and close it when nothing is overdue any more."""

from datetime import datetime

from shared.adapters.cases import Cases, changed_case
from shared.adapters.loans import Loans
from shared.application.again import again
from shared.application.borrowers_loans import other_loans
from shared.domain import cases, dues
from shared.domain.calendar import business_date
from shared.domain.lateness import account, scale, steps
from shared.domain.ledger import live
from shared.markets import market


def keep_case(loan_id: str, at: datetime, *, loans: Loans) -> bool:
    """Whether the case of the loan has changed. A loan that owes nothing and has no case is read and no more."""

    def keep() -> bool:
        loan, contract = loans.get(loan_id)
        on, found = business_date(at, contract.time_zone), Cases(loans.table).find(loan_id)
        today, unbooked = dues.until(loan, contract, on, at)
        is_idle = found is None or not found.is_open
        if is_idle and not today.written_off and not any(due.due_on < on for due in today.dues):
            return False
        life = steps(loan, contract, (*live(loans.entries(loan_id)), *unbooked))
        classes = scale(contract, market(contract.market, on))
        others = [other.account for other in other_loans(loan, on, at, loans=loans)]
        of = (found, loan_id, loan.borrower_id, contract.market, account(life), classes)
        kept = cases.kept(*of, others=others, at=at, on=on, is_recovery=bool(today.written_off))
        if kept is None or kept == found:
            return False
        loans.change(changed_case(kept))
        return True

    return again(keep)

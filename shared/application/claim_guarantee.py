"""Call a loan in that is overdue for as long as its lender's guarantee says: once, as far as the pool goes.

It is a fact beside the loan: the borrower owes all of it as before, and the loan stays in the books. Whoever looks at
an overdue loan does it, on the day under which the index of notices has it for that.
"""

from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.adapters.partners import Partners
from shared.adapters.settled_days import Guarantees
from shared.application.again import again
from shared.domain import dues
from shared.domain.errors import Conflict
from shared.domain.guarantee import called_in, claims_on
from shared.domain.loan import Loan
from shared.domain.partners import Partner


def claim_guarantee(loan: Loan, on: date, at: datetime, *, loans: Loans, partners: Partners) -> date | None:
    """The day on which to look at the loan again for its claim; None when it has been made, or there is none to come.

    `loan` is the head as it was read. A loan of no guarantee, or with nothing due, costs no read.
    """
    partner = next((each for each in partners.all() if each.partner_id == loan.partner_id), None)
    if partner is None or partner.guarantee is None or loan.state != "active":
        return None
    day = claims_on(loan.dues, partner.guarantee)
    if day is None or day > on:
        return day
    try:
        again(lambda: _claim(loan.loan_id, partner, on, at, loans))
    except Conflict:
        # Many of one lender have the same day, and one pool: this one stays under today, for the next look.
        return on
    return None


def _claim(loan_id: str, partner: Partner, on: date, at: datetime, loans: Loans) -> None:
    """By two at once, or again after its reply was lost, it is one claim: its item is named after the loan."""
    guarantees, guarantee = Guarantees(loans.table), partner.guarantee
    loan, contract = loans.get(loan_id)
    today, _ = dues.until(loan, contract, on, at)
    day = claims_on(today.dues, guarantee) if guarantee else None
    if guarantee is None or day is None or day > on or guarantees.claim(loan_id):
        return
    claim, pool = called_in(
        loan_id,
        today.principal,
        today.dues,
        guarantees.pool(partner.partner_id),
        guarantee,
        share=1 - partner.loss_share,
        currency=contract.currency,
        on=on,
        at=at,
    )
    guarantees.call_in(claim, pool)

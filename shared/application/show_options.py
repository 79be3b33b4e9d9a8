"""What a borrower may sensibly pay today."""

from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.application.show_loan import show_loan
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.repayment_options import RepaymentOption, options
from shared.markets import market


def show_options(
    loan_id: str, borrower_id: str, at: datetime, *, loans: Loans
) -> tuple[Contract, date, tuple[str, ...], tuple[RepaymentOption, ...]]:
    """Today, how one may pay, and the amounts. Raises `NotFound`."""
    loan, contract = show_loan(loan_id, borrower_id, at, loans=loans)
    on = business_date(at, contract.time_zone)
    return contract, on, market(contract.market, on).repayment_methods, options(loan, contract, on)

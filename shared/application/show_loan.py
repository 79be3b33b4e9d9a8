"""A loan as it stands on a day, without writing anything: instalments that fell due by then count as due."""

from datetime import date, datetime

from shared.adapters.loans import Loans
from shared.domain import dues, payoff
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import Loan
from shared.domain.payoff import Payoff
from shared.domain.replay import as_of


def show_loan(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Loan, Contract]:
    """Raises `NotFound`."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    return on_day(loan, contract, at), contract


def show_loan_on(loan_id: str, borrower_id: str, on: date, at: datetime, *, loans: Loans) -> tuple[Loan, Contract]:
    """As it stood at the end of a day, by what is known now. Raises `NotFound`, or `Refused` for a day to come."""
    loan, contract = loans.of_borrower(loan_id, borrower_id)
    if on > business_date(at, contract.time_zone):
        raise Refused("day_to_come", "That day is still to come; ask what would be instead.", "/on")
    return as_of(loan, contract, loans.entries(loan_id), on, at)[0], contract


def on_day(loan: Loan, contract: Contract, at: datetime) -> Loan:
    return dues.until(loan, contract, business_date(at, contract.time_zone), at)[0]


def quote_payoff(loan_id: str, borrower_id: str, purpose: str, at: datetime, *, loans: Loans) -> Payoff:
    """What ends the loan today, by `foreclosure` or `cooling_off`. Raises `NotFound` or `Refused`."""
    loan, contract = show_loan(loan_id, borrower_id, at, loans=loans)
    on = business_date(at, contract.time_zone)
    quote = payoff.cooling_off if purpose == "cooling_off" else payoff.foreclosure
    return quote(loan, contract, on)


def no_dues(loan_id: str, borrower_id: str, at: datetime, *, loans: Loans) -> tuple[Loan, Contract]:
    """The loan, if nothing is owed on it. Raises `NotFound` or `Refused`."""
    loan, contract = show_loan(loan_id, borrower_id, at, loans=loans)
    if loan.state != "closed":
        raise Refused("dues_outstanding", "The letter is given when the loan is closed.")
    return loan, contract

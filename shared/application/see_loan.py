"""See a loan whole, as its books say it today: for whoever attends to it. Nothing is written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.adapters.loans import Loans
from shared.adapters.table import Stale
from shared.application.borrowers_loans import Other, other_loans
from shared.domain import dues
from shared.domain.calendar import business_date
from shared.domain.contract import Contract
from shared.domain.delinquency import Change, loan_history
from shared.domain.lateness import Step, account, position, scale, steps
from shared.domain.ledger import Entry
from shared.domain.loan import Loan, is_fold
from shared.domain.market import Market
from shared.domain.notices import Position
from shared.markets import market_at


@dataclass(frozen=True, slots=True)
class Seen:
    """`loan` is the head as it was read, `today` the same with dues that the night has not booked yet.

    `entries` are all, those unbooked dues too, and `life` those that stand. `others` are the borrower's other loans,
    whose class may depend on this one. `classes` are the changes of class up to yesterday: a class is judged at a day's
    end. `is_book_right`: the head is what its booked entries say.
    """

    loan: Loan
    contract: Contract
    market: Market
    on: date
    at: datetime
    today: Loan
    entries: tuple[Entry, ...]
    life: tuple[Step, ...]
    others: tuple[Other, ...]
    position: Position
    classes: tuple[Change, ...]
    is_book_right: bool


def see_loan(loan_id: str, at: datetime, *, loans: Loans) -> Seen:
    """The books are read whole: classes have a history that no head can hold. So they are checked here, without a read
    more. Raises `Stale` when the loan moved while it was read."""
    loan, contract = loans.get(loan_id)
    booked = loans.entries(loan_id)
    if booked and booked[-1].sequence != loan.sequence:
        raise Stale(())
    market, on = market_at(contract.market, at), business_date(at, contract.time_zone)
    today, unbooked = dues.until(loan, contract, on, at)
    entries = (*booked, *unbooked)
    life = steps(loan, contract, entries)
    others = other_loans(loan, on, at, loans=loans)
    lateness, theirs = account(life), [other.account for other in others]
    return Seen(
        loan=loan,
        contract=contract,
        market=market,
        on=on,
        at=at,
        today=today,
        entries=entries,
        life=life,
        others=others,
        position=position(today, contract, lateness, market, on, theirs),
        classes=loan_history(lateness, theirs, scale(contract, market), on - timedelta(days=1)),
        is_book_right=is_fold(loan, contract, booked),
    )

"""What is taken of a borrower's limit: by purchases as far as they are unpaid, and by checkouts that are under way."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.adapters.limits import Limits
from shared.adapters.loans import Loans
from shared.domain import limits
from shared.domain.contract import Contract
from shared.domain.errors import NotFound
from shared.domain.limits import LimitStanding, SpendingLimit
from shared.domain.loan import Loan
from shared.domain.money import Money
from shared.markets import today


@dataclass(frozen=True, slots=True)
class Taken:
    """A limit that has forgotten what is long over, the loans that it names, and what they owe together."""

    limit: SpendingLimit
    loans: tuple[tuple[Loan, Contract], ...]
    used: Money


def show_limit(borrower_id: str, at: datetime, *, loans: Loans) -> LimitStanding:
    """Raises `NotFound` where no limit was ever granted."""
    limit = Limits(loans.table).get(borrower_id)
    if limit is None:
        raise NotFound("not_found", "You have no limit. Apply for one with the purpose purchase.")
    return limits.standing(limit, taken(limit, today(limit.market, at), at, loans=loans).used, at)


def taken(limit: SpendingLimit, on: date, at: datetime, *, loans: Loans) -> Taken:
    """Reads the loans that the limit names, which are few: those of purchases that are not long over."""
    read = tuple(loans.get(each.loan_id) for each in limit.drawn)
    used = sum(limits.owed(loan, contract, on, at) for loan, contract in read)
    left = limits.without_ended(limit, (loan for loan, _ in read), on)
    return Taken(left, read, Money(used, limit.granted.currency))

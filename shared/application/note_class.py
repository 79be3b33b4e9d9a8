"""Note for a loan's lender what is new of its class, before anybody is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from shared.adapters import class_news
from shared.adapters.loans import Loans
from shared.application.see_loan import Seen
from shared.domain.class_news import ClassNews, fresh

DAY = timedelta(days=1)


def note_class(seen: Seen, noted: Sequence[ClassNews], *, loans: Loans) -> Seen:
    """The loan with the head as it is then. `noted` is all that was before. Raises `Stale` when the loan moved."""
    news = fresh(noted, seen.classes, seen.on - DAY, seen.loan.sequence, seen.at)
    if news is None:
        return seen
    loans.book(seen.loan, seen.contract, (), [class_news.new(seen.loan.loan_id, news)])
    return replace(seen, loan=replace(seen.loan, version=seen.loan.version + 1))


def next_class_on(seen: Seen) -> date | None:
    """The day after the next change of class, also of one that the borrower is not told of."""
    return min((change.on + DAY for change in seen.position.changes if change.on >= seen.on), default=None)

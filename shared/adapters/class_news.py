"""What a lender was told of a loan's class, in the loans book under the loan.

The key begins as those of notices do, so that whoever tells the borrower reads all that was told at once.
"""

from collections.abc import Iterable

from shared.adapters.table import Item, Table, Write, load_all, record
from shared.domain.class_news import ClassNews

PREFIX = "notice_class#"
# The stream makes what bears this a message for whoever tells partners.
TELLS = {"tells": "partner"}


def of_loan(table: Table, loan_id: str) -> list[ClassNews]:
    """The oldest first."""
    return among(table.query(loan_id, PREFIX))


def among(items: Iterable[Item]) -> list[ClassNews]:
    return load_all(ClassNews, (item for item in items if item["sk"].startswith(PREFIX)))


def place(news: ClassNews) -> str:
    return f"{PREFIX}{news.number:05}"


def new(loan_id: str, news: ClassNews) -> Write:
    """Written with the head one version later, so that no entry comes between it and the last that it names."""
    return Write(record(news, loan_id, place(news), **TELLS))

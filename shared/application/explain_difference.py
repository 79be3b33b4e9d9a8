"""Staff explain a difference that no statement will: it is closed with a reason, of much money by two people."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from shared.adapters.audit import decided
from shared.adapters.differences import Differences, changed_difference
from shared.adapters.requests import Request
from shared.adapters.table import Table, plain
from shared.application.again import once
from shared.domain.reconciliation import Difference, explained
from shared.domain.staff import Staff, decision_of
from shared.markets import market_at, today

T = TypeVar("T")


def explain_difference(
    difference_id: str,
    because: str,
    member: Staff,
    decision_id: str,
    at: datetime,
    *,
    book: Table,
    request: Request,
    view: Callable[[Difference], T],
) -> T:
    """What `view` makes of the difference, closed or waiting for a second. Raises `NotFound` or `Refused`."""

    def explain() -> T:
        known = Differences(book).get(difference_id)
        now = explained(known, member, because, market_at(known.market, at).reconciliation, at)
        answer = view(now)
        saw = {name: plain(each) for name, each in (("here", known.here), ("there", known.there)) if each}
        record = decision_of(
            member,
            decision_id,
            f"difference.{now.state}",
            difference_id,
            saw,
            market=known.market,
            on=today(known.market, at),
            at=at,
            reason=because,
        )
        book.transact([changed_difference(now), decided(record)], request, answer)
        return answer

    return once(explain, request, book)

"""Erase a borrower whose day has come: the key, the data, the documents, the sign-in. The books stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.adapters.accounts import Accounts
from shared.adapters.borrower_notices import ToTell, to_tell
from shared.adapters.clients import AWS_ERRORS
from shared.adapters.documents import DocumentFiles
from shared.adapters.erasures import Erasures
from shared.adapters.people import People
from shared.adapters.table import Write
from shared.application.again import again
from shared.application.ask_erasure import plan
from shared.application.keep_data import Ties, kept_until, next_step
from shared.domain import erasure, retention
from shared.domain.borrowers import Borrower
from shared.domain.erasure import Erasure
from shared.domain.errors import DomainError
from shared.markets import today

# Whatever was under way when the key went, a request or the check of a paper, has ended by then.
SETTLED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a borrower is known, and what his erasure has to wait for."""

    people: People
    ties: Ties
    erasures: Erasures
    files: DocumentFiles
    accounts: Accounts


def erase_due(market: str, at: datetime, has_time: Callable[[], bool], *, places: Places) -> tuple[int, list[str]]:
    """How many were looked at, and the ids of those that failed, who hold up nobody; all these stay listed."""
    looked, failed = 0, []
    for borrower_id in places.erasures.due(market, today(market, at)):
        if not has_time():
            break
        try:
            erase_borrower(borrower_id, at, places=places)
        except (DomainError, *AWS_ERRORS):
            failed.append(borrower_id)
        looked += 1
    return looked, failed


def erase_borrower(borrower_id: str, at: datetime, *, places: Places) -> Erasure | None:
    """The erasure as it then stands, None of one who has no clock. What there is to wait for is worked out again.

    Of one who did not ask, what is not needed any more goes, and he is told in time before the last of it does. Killed
    anywhere, the next call goes on: it stays listed until all is gone. The key goes first, so that whatever is left
    over for a night is closed for ever. What others wrote while they did not know of it yet goes at a later look.
    """

    people, erasures = places.people, places.erasures

    def begin() -> Erasure | None:
        seen = erasures.get(borrower_id)
        if seen is None or seen.state in ("erasing", "done"):
            return seen
        borrower = people.get(borrower_id)
        made = _planned(borrower, seen, at, places)
        if made.due_on is None or made.due_on > today(borrower.market, at):
            return (
                made
                if made == seen
                else erasures.save(borrower, made, seen, at, _told(borrower, made, seen, at, places))
            )
        return erasures.begin(borrower, erasure.begun(made), seen, at)

    begun = again(begin)
    if begun is None or begun.state != "erasing":
        return begun
    erasures.overwrite(people, borrower_id, at)
    places.files.erase(borrower_id)
    places.accounts.remove(borrower_id)
    borrower = people.get(borrower_id)
    assert borrower.erased_at is not None, borrower_id
    return begun if at < borrower.erased_at + SETTLED else erasures.save(borrower, erasure.done(begun, at), begun, at)


def _planned(borrower: Borrower, seen: Erasure, at: datetime, places: Places) -> Erasure:
    ties = places.ties
    if seen.is_asked:
        return plan(seen, borrower.id, borrower.market, at, loans=ties.loans, applications=ties.applications)
    until = kept_until(borrower.id, borrower.market, seen, at, ties=ties)
    for kind in retention.over(until, today(borrower.market, at)):
        if kind == "papers":
            places.files.erase(borrower.id)
        places.erasures.release(places.people, borrower.id, kind, at)
    return next_step(seen, until, borrower.market, at)


def _told(borrower: Borrower, made: Erasure, seen: Erasure, at: datetime, places: Places) -> list[Write]:
    """That all goes on a day, once it is known, to one who did not ask."""
    if not made.is_by_rule or made.due_on is None or made.due_on == seen.due_on:
        return []
    notice = ToTell(f"data_erasure.{made.due_on}", "data_erasure", today(borrower.market, at), {"by": made.due_on})
    return [to_tell(places.ties.loans.table, borrower.id, notice)]

"""Erase a borrower whose day has come: the key, the data, the documents, the sign-in. The books stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.adapters.accounts import Accounts
from shared.adapters.applications import Applications
from shared.adapters.documents import DocumentFiles
from shared.adapters.erasures import Erasures
from shared.adapters.loans import Loans
from shared.adapters.people import People
from shared.application.again import again
from shared.application.ask_erasure import plan
from shared.domain import erasure
from shared.domain.erasure import Erasure
from shared.domain.errors import DomainError
from shared.markets import today


@dataclass(frozen=True, slots=True)
class Places:
    """Where a borrower is known, and what his erasure has to wait for."""

    people: People
    loans: Loans
    applications: Applications
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
        except DomainError:
            failed.append(borrower_id)
        looked += 1
    return looked, failed


def erase_borrower(borrower_id: str, at: datetime, *, places: Places) -> Erasure | None:
    """The erasure as it then stands, None where none was asked for. What there is to wait for is worked out again.

    Killed anywhere, the next call goes on: it stays listed until all is gone. The key goes first, so that whatever is
    left over for a night is closed for ever.
    """

    people, erasures = places.people, places.erasures

    def begin() -> Erasure | None:
        seen = erasures.get(borrower_id)
        if seen is None or seen.is_over or seen.state == "erasing":
            return seen
        borrower = people.get(borrower_id)
        made = plan(seen, borrower_id, borrower.market, at, loans=places.loans, applications=places.applications)
        if made.due_on is None or made.due_on > today(borrower.market, at):
            return made if made == seen else erasures.save(borrower, made, seen, at)
        return erasures.begin(borrower, erasure.begun(made), seen, at)

    begun = again(begin)
    if begun is None or begun.state != "erasing":
        return begun
    erasures.overwrite(people, borrower_id, at)
    places.files.erase(borrower_id)
    places.accounts.remove(borrower_id)
    return erasures.save(people.get(borrower_id), erasure.done(begun, at), begun, at)

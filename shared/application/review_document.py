"""A person's look at a paper of which no machine was sure: the list, the paper, the decision with its record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from shared.adapters.audit import decided as recorded
from shared.adapters.borrower_notices import ToTell, to_tell
from shared.adapters.documents import DocumentFiles
from shared.adapters.paper_list import Line, PaperList, listed
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import SK, People, document_write
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.application.again import again, once
from shared.domain import paper_reviews
from shared.domain.borrowers import Borrower
from shared.domain.consents import KYC, check_given, has_given
from shared.domain.documents import Document, with_document
from shared.domain.errors import Conflict, NotFound
from shared.domain.papers import Holder, Stated
from shared.domain.staff import Staff, decision_of, figures_hash
from shared.markets import market_at, today

DOOR = "desk_documents"
# Why a paper is accepted: it says what the borrower says.
MATCHES = "matches"
# So many say it, and leave the call its time for the rest.
MOST_LATE = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Books:
    """The people book, and the loans book, where the record of decisions and what is to be told lie."""

    people: People
    loans: Table


@dataclass(frozen=True, slots=True)
class Waiting:
    borrower_id: str
    document: Document


@dataclass(frozen=True, slots=True)
class Looked:
    """A paper beside what it has to say; `link` leads to the very file for a minute."""

    document: Document
    holder: Holder
    stated: Stated
    link: str


def waiting_documents(
    market: str, after: str | None, limit: int, at: datetime, *, papers: PaperList, people: People
) -> tuple[Sequence[Waiting], str | None]:
    """A page of those that wait for a person, the most urgent first."""
    lines, then = papers.page(market, after, limit)
    found = ((line, people.find_document(line.borrower_id, line.document_id)) for line in lines)
    return [Waiting(line.borrower_id, each) for line, each in found if each and _waits(each, at)], then


def look_at(
    borrower_id: str, document_id: str, at: datetime, *, people: People, seals: PaperSeals, files: DocumentFiles
) -> Looked:
    """Recorded before it is opened, where the borrower reads it.

    Raises `NotFound`, `Refused` (document_decided) for one that waits for nobody, `consent_missing` once the consent
    to look is withdrawn.
    """
    borrower, document = people.get(borrower_id), people.document(borrower_id, document_id)
    paper_reviews.require_waiting(document, at)
    check_given(borrower, KYC)
    seals.record(borrower_id, document_id, DOOR, at, is_review=True)
    key = seals.key(borrower)
    holder = seals.holder(borrower_id, key)
    if holder is None:
        raise _unknown()
    return Looked(document, holder, seals.stated(document, key), files.link(borrower_id, document))


def review_document(
    borrower_id: str,
    document_id: str,
    reason: str | None,
    seen: str,
    decision_id: str,
    at: datetime,
    *,
    member: Staff,
    books: Books,
    request: Request,
    view: Callable[[Waiting], T],
) -> T:
    """What `view` makes of the document: rejected for `reason`, else accepted, or waiting for a second person.

    `seen` is the hash of the figures that were looked at. The decision, the borrower's readiness, the record and what
    he is to be told are one transaction. Raises `NotFound`, `Refused`, or `Conflict` (figures_stale).
    """
    people = books.people

    def step() -> T:
        borrower, document = people.get(borrower_id), people.document(borrower_id, document_id)
        if borrower.erased_at is not None:
            raise _unknown()
        paper_reviews.require_waiting(document, at)
        saw = paper_reviews.figures(document)
        if seen != figures_hash(saw):
            raise Conflict("figures_stale", "The figures have changed; please look at them again.", "/figures_hash")
        done = _decided(borrower, document, reason, member, at)
        answer = view(Waiting(borrower_id, done))
        kept = _record(borrower, done, saw, reason or MATCHES, member, decision_id, at)
        writes = [kept, *_elsewhere(people, borrower, document, done), *_told(books.loans, borrower, done, at)]
        books.loans.transact(writes, request, answer)
        return answer

    return once(step, request, books.loans)


def _decided(borrower: Borrower, document: Document, reason: str | None, member: Staff, at: datetime) -> Document:
    rules = market_at(borrower.market, at).papers
    if reason is not None:
        return paper_reviews.rejected(document, rules, reason, member, at)
    check_given(borrower, KYC)
    return paper_reviews.accepted(document, rules, member, at)


def end_reviews(
    market: str, at: datetime, has_time: Callable[[], bool], *, papers: PaperList, books: Books
) -> tuple[int, int]:
    """Rejects what nobody decided in all its time, and crosses out lines of what is gone: how many were rejected, and
    how many are late, of the most urgent.

    Ended twice, or decided meanwhile, the second finds it so. One at which nobody may look is not late.
    """
    ended = late = 0
    for line in papers.due(market, at):
        if late == MOST_LATE or not has_time():
            break
        done = again(partial(_ended, line, market, at, papers, books))
        ended += done is True
        late += done is None and has_given(books.people.get(line.borrower_id), KYC)
    return ended, late


def _ended(line: Line, market: str, at: datetime, papers: PaperList, books: Books) -> bool | None:
    """Whether a paper was rejected, or its line only crossed out; None while it has time."""
    people = books.people
    document = people.find_document(line.borrower_id, line.document_id)
    if document is None or document.verdict != "unsure":
        people.table.transact([papers.strike(market, line, at)])
        return False
    over = paper_reviews.over(document, at)
    if over is None:
        return None
    borrower = people.get(line.borrower_id)
    people.table.transact([*_elsewhere(people, borrower, document, over), *_told(books.loans, borrower, over, at)])
    return True


def _elsewhere(people: People, borrower: Borrower, seen: Document, done: Document) -> list[Write]:
    """The people book's part: raises `Stale` at its writing when the borrower or the paper changed since."""
    ready = replace(with_document(borrower, done), version=borrower.version + 1)
    changed = Write(record(ready, borrower.id, SK), borrower.version)
    writes = (changed, document_write(borrower.id, done, seen.version), *listed(borrower, done))
    return [replace(write, table=people.table.name) for write in writes]


def _told(loans: Table, borrower: Borrower, done: Document, at: datetime) -> list[Write]:
    """That it is decided; nothing while a second person has to agree."""
    if done.verdict == "unsure":
        return []
    on = today(borrower.market, at)
    return [to_tell(loans, borrower.id, ToTell(f"paper.{done.id}", f"paper_{done.verdict}", on, {}))]


def _record(
    borrower: Borrower, done: Document, saw: Any, reason: str, member: Staff, decision_id: str, at: datetime
) -> Write:
    made = decision_of(
        member,
        decision_id,
        f"document.{'agreed' if done.verdict == 'unsure' else done.verdict}",
        done.id,
        saw,
        market=borrower.market,
        on=today(borrower.market, at),
        at=at,
        reason=reason,
    )
    return recorded(made)


def _waits(document: Document, at: datetime) -> bool:
    return document.verdict == "unsure" and document.review is not None and at < document.review.ends_at


def _unknown() -> NotFound:
    return NotFound("not_found", "There is no such document.")

"""KYC documents: one upload each, frozen as it arrived, and the verdict on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from shared.domain.borrowers import Borrower
from shared.domain.errors import Refused
from shared.domain.market import Market
from shared.domain.names import name
from shared.domain.papers import Findings, PaperRules, Stated

LARGEST_BYTES = 5 * 1024 * 1024

Verdict = Literal["waiting", "accepted", "unsure", "rejected"]


@dataclass(frozen=True, slots=True)
class PaperReview:
    """A person's look at a paper: when it is due, when it is over, who of two has agreed, and who decided."""

    due_at: datetime
    ends_at: datetime
    agreed_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """`verdict` is `waiting` until the file has come and been checked, and `unsure` while a person has to look at it.

    `reasons` say why it was rejected, or what no machine could tell. `stated` is what the borrower says of the paper,
    sealed. `file_version` and `file_sha256` name the very bytes that were kept of an accepted or unsure one, or were
    rejected: a later upload changes nothing. `papers` are the hashes by which the same file is known elsewhere.
    """

    id: str
    kind: str
    content_type: str
    size_bytes: int
    requested_at: datetime
    sha256: str | None = None
    verdict: Verdict = "waiting"
    reasons: tuple[str, ...] = ()
    checked_at: datetime | None = None
    file_version: str | None = None
    file_sha256: str | None = None
    papers: tuple[str, ...] = ()
    stated: str | None = None
    review: PaperReview | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class PaperWaits:
    """A message: no machine was sure of a paper, and a person looks at it."""

    borrower_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """An object that arrived, as the bucket tells it."""

    borrower_id: str
    document_id: str
    file_version: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A form to be sent with the file as its last field; it takes that type and size, to that place, for a while."""

    url: str
    fields: dict[str, str]
    expires_in: int


def check_request(document: Document, present: Sequence[Document], market: Market) -> None:
    if document.kind not in market.document_kinds:
        raise Refused("document_not_accepted", "Accepted here: {kinds}.", "/kind", kinds=market.document_kinds)
    rules = market.papers
    since = document.requested_at - timedelta(days=rules.sent_days)
    if sum(each.requested_at > since for each in present) >= rules.most_sent:
        raise Refused(
            "too_many_documents",
            "A borrower sends at most {most} documents in {days} days.",
            most=rules.most_sent,
            days=rules.sent_days,
        )


def check_stated(stated: Stated, on: date) -> None:
    """Raises `name_invalid`, or `document_not_accepted` for a paper that has expired."""
    if stated.name is not None:
        name(stated.name, "/name")
    if stated.expires_on is not None and stated.expires_on < on:
        raise Refused("document_not_accepted", "This document has expired.", "/expires_on")


def judged(
    document: Document,
    found: Findings,
    rules: PaperRules,
    *,
    file_version: str,
    file_sha256: str | None,
    at: datetime,
) -> Document:
    """The document with its verdict: rejected for what is against it, for a person where there is doubt."""
    verdict: Verdict = "rejected" if found.against else "unsure" if found.doubts else "accepted"
    ends_at = at + timedelta(days=rules.most_days)
    review = PaperReview(at + timedelta(hours=rules.review_hours), ends_at) if verdict == "unsure" else None
    return replace(
        document,
        verdict=verdict,
        reasons=found.against or found.doubts,
        checked_at=at,
        file_version=file_version,
        file_sha256=file_sha256,
        review=review,
        version=document.version + 1,
    )


def with_document(borrower: Borrower, document: Document) -> Borrower:
    """The borrower whose flags say which kinds are accepted."""
    if document.verdict != "accepted" or document.kind in borrower.accepted_documents:
        return borrower
    return replace(borrower, accepted_documents=(*borrower.accepted_documents, document.kind))

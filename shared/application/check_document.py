"""Check a document that arrived. The event may come twice or late: the first version that is judged stays judged."""

import hashlib
from datetime import datetime

from shared.adapters.documents import DocumentFiles
from shared.adapters.people import Change, People, document_write
from shared.domain.borrowers import Borrower
from shared.domain.consents import KYC, has_given
from shared.domain.documents import LARGEST_BYTES, Arrival, Document, judged, with_document
from shared.domain.files import faults


def check_document(people: People, files: DocumentFiles, arrival: Arrival, at: datetime) -> Document:
    """The document with its verdict, which is written together with the borrower's readiness."""
    waiting = people.document(arrival.borrower_id, arrival.document_id)
    if waiting.verdict != "waiting":
        return waiting
    may_look = has_given(people.get(arrival.borrower_id), KYC)
    verdict = _verdict(waiting, files, arrival, at) if may_look else _unseen(waiting, "consent_withdrawn", arrival, at)

    def decide(borrower: Borrower) -> Change:
        if people.document(borrower.id, waiting.id).verdict != "waiting":
            return None
        return with_document(borrower, verdict), [document_write(borrower.id, verdict, waiting.version)]

    people.change(arrival.borrower_id, decide)
    return people.document(arrival.borrower_id, arrival.document_id)


def _verdict(document: Document, files: DocumentFiles, arrival: Arrival, at: datetime) -> Document:
    if arrival.size_bytes > LARGEST_BYTES:
        return _unseen(document, "too_large", arrival, at)
    content = files.read(arrival)
    digest = hashlib.sha256(content).hexdigest()
    reasons = faults(content, document.content_type)
    if len(content) != document.size_bytes:
        reasons = ["size_differs", *reasons]
    if document.sha256 not in (None, digest):
        reasons = ["content_differs", *reasons]
    return judged(document, reasons=reasons, file_version=arrival.file_version, file_sha256=digest, at=at)


def _unseen(document: Document, reason: str, arrival: Arrival, at: datetime) -> Document:
    """Rejected for a reason that needs no look into the file."""
    return judged(document, reasons=[reason], file_version=arrival.file_version, file_sha256=None, at=at)

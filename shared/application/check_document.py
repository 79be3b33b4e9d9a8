"""Check a document that arrived. The event may come twice or late: the first version that is judged stays judged.

What is accepted is kept as a file of its own: a picture is made anew, so that nothing of the old file but its pixels is
in it. What arrived goes by itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.adapters.documents import DocumentFiles
from shared.adapters.images import FORMATS, remade
from shared.adapters.people import Change, People, document_write, paper_writes
from shared.domain.borrowers import Borrower, sharing
from shared.domain.consents import KYC, has_given
from shared.domain.documents import LARGEST_BYTES, Arrival, Document, judged, with_document
from shared.domain.files import faults


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about a file; of a sound one, what may be kept, and by which hashes it is known elsewhere."""

    reasons: tuple[str, ...]
    sha256: str | None = None
    content: bytes = b""
    papers: tuple[str, ...] = ()


def check_document(people: People, files: DocumentFiles, arrival: Arrival, at: datetime) -> Document:
    """The document with its verdict, which is written together with the borrower's readiness."""
    waiting = people.document(arrival.borrower_id, arrival.document_id)
    if waiting.verdict != "waiting":
        return waiting
    checked = _checked(waiting, people, files, arrival)
    verdict = _verdict(waiting, checked, people, files, arrival, at)

    def decide(borrower: Borrower) -> Change:
        if people.document(borrower.id, waiting.id).verdict != "waiting":
            return None
        owners = people.owners(checked.papers)
        if not _are_free(owners, borrower.id):
            final = replace(verdict, verdict="rejected", reasons=("used_by_another",))
            noted = sharing(borrower, "document", is_shared=True)
            return noted, [document_write(borrower.id, final, waiting.version)]
        claims = paper_writes(borrower.id, checked.papers, owners)
        return with_document(borrower, verdict), [document_write(borrower.id, verdict, waiting.version), *claims]

    people.change(arrival.borrower_id, decide)
    return people.document(arrival.borrower_id, arrival.document_id)


def _checked(document: Document, people: People, files: DocumentFiles, arrival: Arrival) -> Checked:
    if not has_given(people.get(arrival.borrower_id), KYC):
        return Checked(("consent_withdrawn",))
    if arrival.size_bytes > LARGEST_BYTES:
        return Checked(("too_large",))
    content = files.read(arrival)
    digest = hashlib.sha256(content).hexdigest()
    reasons = faults(content, document.content_type)
    if len(content) != document.size_bytes:
        reasons = ["size_differs", *reasons]
    if document.sha256 not in (None, digest):
        reasons = ["content_differs", *reasons]
    if reasons:
        return Checked(tuple(reasons), digest)
    if document.content_type not in FORMATS:
        return Checked((), digest, content, (digest,))
    picture = remade(content, document.content_type)
    if picture is None:
        return Checked(("structure_broken",), digest)
    return Checked((), digest, picture.content, (digest, picture.fingerprint))


def _verdict(
    document: Document, checked: Checked, people: People, files: DocumentFiles, arrival: Arrival, at: datetime
) -> Document:
    """As it is before anybody else claims the same paper; what is accepted is kept first, and named by its version."""
    version, sha256 = arrival.file_version, checked.sha256
    if checked.papers and _are_free(people.owners(checked.papers), arrival.borrower_id):
        version = files.keep(arrival, checked.content, document.content_type)
        sha256 = hashlib.sha256(checked.content).hexdigest()
    made = judged(document, reasons=checked.reasons, file_version=version, file_sha256=sha256, at=at)
    return replace(made, papers=checked.papers)


def _are_free(owners: Mapping[str, str | None], borrower_id: str) -> bool:
    """The same paper under two borrowers: whoever sent it first keeps it."""
    return set(owners.values()) <= {borrower_id, None}

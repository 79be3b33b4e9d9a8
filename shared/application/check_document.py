"""Check a document that arrived. The event may come twice or late: the first version that is judged stays judged.

What is accepted, or is for a person to look at, is kept as a file of its own: a picture is made anew, so that nothing
of the old file but its pixels is in it. What arrived goes by itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.adapters.documents import DocumentFiles
from shared.adapters.identity_numbers import shows_aadhaar
from shared.adapters.images import FORMATS, remade
from shared.adapters.paper_list import listed
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import Change, People, document_write, paper_writes
from shared.adapters.queue import Queue
from shared.adapters.vault import DataKey
from shared.domain import pdf_text
from shared.domain.borrowers import Borrower, sharing
from shared.domain.consents import KYC, has_given
from shared.domain.documents import LARGEST_BYTES, Arrival, Document, PaperWaits, judged, with_document
from shared.domain.files import faults
from shared.domain.papers import Findings, examined
from shared.markets import market_at, today

AADHAAR = "aadhaar_masked"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found out about a file; of a sound one, what may be kept, by which hashes it is known elsewhere, and
    its lines where they can be read."""

    reasons: tuple[str, ...]
    sha256: str | None = None
    content: bytes = b""
    papers: tuple[str, ...] = ()
    text: tuple[str, ...] | None = None


def check_document(
    people: People, papers: PaperSeals, files: DocumentFiles, notices: Queue, arrival: Arrival, at: datetime
) -> Document:
    """The document with its verdict, which is written together with the borrower's readiness.

    What the paper says is compared with the profile as it is when the verdict is written. Killed before the message
    that a person looks, the event comes again.
    """
    seen = people.document(arrival.borrower_id, arrival.document_id)
    document = seen if seen.verdict != "waiting" else _judged(seen, people, papers, files, arrival, at)
    if document.verdict == "unsure":
        notices.send([PaperWaits(arrival.borrower_id, document.id)])
    return document


def _judged(
    waiting: Document, people: People, papers: PaperSeals, files: DocumentFiles, arrival: Arrival, at: datetime
) -> Document:
    sender = people.get(arrival.borrower_id)
    checked = _checked(waiting, sender, files, arrival)
    version, sha256 = _kept(waiting, checked, people, files, arrival)
    key = papers.key(sender)

    def decide(borrower: Borrower) -> Change:
        if people.document(borrower.id, waiting.id).verdict != "waiting":
            return None
        owners = people.owners(checked.papers)
        is_free = _are_free(owners, borrower.id)
        found = _findings(waiting, checked, borrower, papers, key, at) if is_free else Findings(("used_by_another",))
        rules = market_at(borrower.market, at).papers
        verdict = judged(waiting, found, rules, file_version=version, file_sha256=sha256, at=at)
        if not is_free:
            noted = sharing(borrower, "document", is_shared=True)
            return noted, [document_write(borrower.id, verdict, waiting.version)]
        final = replace(verdict, papers=checked.papers)
        claims = paper_writes(borrower.id, checked.papers, owners)
        writes = [document_write(borrower.id, final, waiting.version), *claims, *listed(borrower, final)]
        return with_document(borrower, final), writes

    people.change(arrival.borrower_id, decide)
    return people.document(arrival.borrower_id, arrival.document_id)


def _checked(document: Document, borrower: Borrower, files: DocumentFiles, arrival: Arrival) -> Checked:
    if not has_given(borrower, KYC):
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
        return Checked((), digest, content, (digest,), pdf_text.lines(content))
    picture = remade(content, document.content_type)
    if picture is None:
        return Checked(("structure_broken",), digest)
    return Checked((), digest, picture.content, (digest, picture.fingerprint))


def _kept(
    document: Document, checked: Checked, people: People, files: DocumentFiles, arrival: Arrival
) -> tuple[str, str | None]:
    """The version and the hash of what is kept, before anybody else claims the same paper; else of what arrived."""
    if checked.papers and _are_free(people.owners(checked.papers), arrival.borrower_id):
        version = files.keep(arrival, checked.content, document.content_type)
        return version, hashlib.sha256(checked.content).hexdigest()
    return arrival.file_version, checked.sha256


def _findings(
    document: Document, checked: Checked, borrower: Borrower, papers: PaperSeals, key: DataKey, at: datetime
) -> Findings:
    if checked.reasons:
        return Findings(checked.reasons)
    if not has_given(borrower, KYC):
        return Findings(("consent_withdrawn",))
    if document.kind == AADHAAR and shows_aadhaar(checked.text or ()):
        return Findings(("not_masked",))
    holder = papers.holder(borrower.id, key)
    assert holder is not None, borrower.id
    market = market_at(borrower.market, at)
    shows, stated = market.papers.shows.get(document.kind, ()), papers.stated(document, key)
    return examined(shows, market.identity_scheme, holder, stated, checked.text, today(borrower.market, at))


def _are_free(owners: Mapping[str, str | None], borrower_id: str) -> bool:
    """The same paper under two borrowers: whoever sent it first keeps it."""
    return set(owners.values()) <= {borrower_id, None}

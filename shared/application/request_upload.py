"""Ask for a link under which one KYC document can be sent."""

from dataclasses import replace

from shared.adapters.documents import DocumentFiles
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import People
from shared.domain.consents import KYC, check_given
from shared.domain.documents import Document, Upload, check_request, check_stated
from shared.domain.errors import Refused
from shared.domain.papers import Stated
from shared.markets import market_at, today

CHECKED_BY = "kyc_check"


def request_upload(
    people: People, papers: PaperSeals, files: DocumentFiles, borrower_id: str, document: Document, stated: Stated
) -> Upload:
    """Raises `consent_missing`, `profile_incomplete`, `document_not_accepted` or `too_many_documents`.

    A paper is compared with the profile, so that comes first. The opening for that is recorded here, where it is asked
    for: the door that compares writes nothing but its verdict.
    """
    borrower, at = people.get(borrower_id), document.requested_at
    check_given(borrower, KYC)
    if borrower.paper_key is None:
        raise Refused("profile_incomplete", "Please save your profile first.")
    check_request(document, people.documents(borrower_id), market_at(borrower.market, at))
    check_stated(stated, today(borrower.market, at))
    papers.record(borrower_id, document.id, CHECKED_BY, at)
    if stated != Stated():
        key = papers.key(borrower)
        document = replace(document, stated=papers.sealed(document.id, stated, key))
    people.add_document(borrower_id, document)
    return files.upload(borrower_id, document)

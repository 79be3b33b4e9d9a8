"""Ask for a link under which one KYC document can be sent."""

from shared.adapters.documents import DocumentFiles
from shared.adapters.people import People
from shared.domain.consents import KYC, check_given
from shared.domain.documents import Document, Upload, check_request
from shared.markets import market_at


def request_upload(people: People, files: DocumentFiles, borrower_id: str, document: Document) -> Upload:
    """Raises `consent_missing`, `document_not_accepted` for a kind that is not taken, or `too_many_documents`."""
    borrower = people.get(borrower_id)
    check_given(borrower, KYC)
    check_request(document, people.documents(borrower_id), market_at(borrower.market, document.requested_at))
    people.add_document(borrower_id, document)
    return files.upload(borrower_id, document)

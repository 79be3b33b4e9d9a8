"""An object arrived in the KYC bucket: check it and record the verdict."""

from typing import Any
from urllib.parse import unquote_plus

from shared import identity, wiring
from shared.application.check_document import check_document
from shared.domain.documents import Arrival
from shared.runtime import logger, now

PREFIX = "documents/"


def handler(event: dict[str, Any], context: Any) -> None:
    """The event may come twice. What fails is delivered again, and then kept for the operators."""
    for arrival in arrivals(event):
        papers, files, notices = identity.paper_seals(), identity.document_files(), wiring.notices_queue()
        document = check_document(wiring.people(), papers, files, notices, arrival, now())
        shown = {"document_id": document.id, "verdict": document.verdict, "reasons": document.reasons}
        logger.info("document_checked", extra=shown)


def arrivals(event: dict[str, Any]) -> list[Arrival]:
    """What the bucket tells of. Keys are `documents/<borrower>/<document>`, written as in a URL."""
    found = []
    for told in (record["s3"]["object"] for record in event.get("Records", ())):
        borrower_id, _, document_id = unquote_plus(told["key"]).removeprefix(PREFIX).partition("/")
        found.append(Arrival(borrower_id, document_id, told["versionId"], told["size"]))
    return found

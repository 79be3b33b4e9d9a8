"""`/v1/me/documents`: links for uploading KYC documents, and the verdicts on what came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import identity, wiring
from shared.application.request_upload import request_upload
from shared.device import bound
from shared.domain.documents import LARGEST_BYTES, Document, Upload
from shared.domain.papers import Stated
from shared.runtime import caller, now, resolver, serve
from shared.schemas import Body, Day, Text

app = resolver()

DocumentId = Annotated[str, Path(max_length=64)]


class DocumentBody(Body):
    """`sha256`, when given, is checked against what arrives.

    `number`, `name` and `expires_on` are as they are printed on the paper: no machine accepts it without what its kind
    has of these, but where it is in a machine-readable zone.
    """

    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", strict=True)]
    content_type: Literal["image/jpeg", "image/png", "application/pdf"]
    size_bytes: Annotated[int, Field(strict=True, gt=0, le=LARGEST_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", strict=True)] | None = None
    number: Annotated[str, Field(pattern=r"^[A-Za-z0-9 /-]{4,30}$", strict=True)] | None = None
    name: Text | None = None
    expires_on: Day | None = None


@dataclass(frozen=True, slots=True)
class UploadView:
    document_id: str
    upload: Upload


@dataclass(frozen=True, slots=True)
class DocumentView:
    """`verdict` is `waiting`, `accepted`, `unsure` or `rejected`.

    `reasons` say why it was rejected, or of what no machine is sure: then a person looks, who should have by
    `review_due_at`.
    """

    document_id: str
    kind: str
    content_type: str
    size_bytes: int
    verdict: str
    reasons: tuple[str, ...]
    review_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Documents:
    documents: list[DocumentView]


@app.post("/v1/me/documents", status_code=201)
def ask(body: DocumentBody) -> UploadView:
    """Each call makes a link of its own, and nothing else: it needs no Idempotency-Key."""
    document = Document(
        id=wiring.new_id("doc"),
        kind=body.kind,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        requested_at=now(),
        sha256=body.sha256,
    )
    stated = Stated(body.number, body.name, body.expires_on)
    people, papers, files = wiring.people(), identity.paper_seals(), identity.document_files()
    return UploadView(document.id, request_upload(people, papers, files, caller(app), document, stated))


@app.get("/v1/me/documents")
def list_documents() -> Documents:
    return Documents([_view(document) for document in wiring.people().documents(caller(app))])


@app.get("/v1/me/documents/<document_id>")
def show(document_id: DocumentId) -> DocumentView:
    return _view(wiring.people().document(caller(app), document_id))


def _view(document: Document) -> DocumentView:
    return DocumentView(
        document_id=document.id,
        kind=document.kind,
        content_type=document.content_type,
        size_bytes=document.size_bytes,
        verdict=document.verdict,
        reasons=document.reasons,
        review_due_at=document.review.due_at if document.review and document.verdict == "unsure" else None,
    )


handler = serve(app, bound)

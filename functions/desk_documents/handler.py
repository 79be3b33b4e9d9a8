"""`/v1/desk/documents`: papers of which no machine was sure, most urgent first; a look at one, and the decision."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import model_validator

from shared import identity, wiring
from shared.application.review_document import Books, Waiting, look_at, review_document, waiting_documents
from shared.domain import paper_reviews
from shared.domain.papers import Stated
from shared.domain.staff import figures_hash
from shared.runtime import now, request, resolver, serve, staff
from shared.schemas import Body, Hash, Limit, Text

app = resolver()

InMarket = Annotated[str, Query(pattern=r"^[a-z]{2}$", description="the market's code")]
AfterPaper = Annotated[
    str | None, Query(pattern=r"^[0-9T:Z-]{20}#doc_[0-9A-Z]{26}$", description="the page before's `next`")
]
BorrowerId = Annotated[str, Path(max_length=64)]
DocumentId = Annotated[str, Path(max_length=64)]


class PaperDecision(Body):
    """`reason` is one of the market's codes, with a rejection only. `figures_hash` is that of what was looked at."""

    decision: Literal["accept", "reject"]
    reason: Text | None = None
    figures_hash: Hash

    @model_validator(mode="after")
    def _a_rejection_says_why(self) -> "PaperDecision":
        if (self.decision == "reject") != (self.reason is not None):
            raise ValueError("a rejection has a reason, and only that")
        return self


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """`doubts` are what no machine was sure of. `agreed_by` has agreed already; another person has to, too."""

    borrower_id: str
    document_id: str
    kind: str
    content_type: str
    verdict: str
    doubts: tuple[str, ...]
    checked_at: datetime | None
    due_at: datetime | None
    ends_at: datetime | None
    is_overdue: bool
    agreed_by: str | None


@dataclass(frozen=True, slots=True)
class WaitingPapers:
    documents: tuple[WaitingPaper, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What the paper has to say, and what the borrower says of it; `link` leads to the file for a minute."""

    document: WaitingPaper
    name: str
    identity_number: str
    birth_date: date
    stated: Stated
    link: str
    figures: dict[str, Any]
    figures_hash: str


@app.get("/v1/desk/documents")
def show_waiting(market: InMarket, after: AfterPaper = None, limit: Limit = 20) -> WaitingPapers:
    staff(app, "reviewer", "approver", "auditor")
    found, then = waiting_documents(market, after, limit, now(), papers=identity.paper_list(), people=wiring.people())
    return WaitingPapers(tuple(map(_view, found)), then)


@app.get("/v1/desk/documents/<borrower_id>/<document_id>")
def look(borrower_id: BorrowerId, document_id: DocumentId) -> LookedAt:
    staff(app, "reviewer", "approver")
    seals, files = identity.paper_seals(), identity.document_files()
    found = look_at(borrower_id, document_id, now(), people=wiring.people(), seals=seals, files=files)
    figures = dict(paper_reviews.figures(found.document))
    return LookedAt(
        document=_view(Waiting(borrower_id, found.document)),
        name=found.holder.name,
        identity_number=found.holder.identity_number,
        birth_date=found.holder.birth_date,
        stated=found.stated,
        link=found.link,
        figures=figures,
        figures_hash=figures_hash(figures),
    )


@app.post("/v1/desk/documents/<borrower_id>/<document_id>/decision")
def decide(borrower_id: BorrowerId, document_id: DocumentId, body: PaperDecision) -> WaitingPaper:
    member = staff(app, "reviewer", "approver")
    return review_document(
        borrower_id,
        document_id,
        body.reason,
        body.figures_hash,
        wiring.new_id("aud"),
        now(),
        member=member,
        books=Books(wiring.people(), wiring.loans_table()),
        request=request(app, by=member),
        view=_view,
    )


def _view(waiting: Waiting) -> WaitingPaper:
    document, review = waiting.document, waiting.document.review
    return WaitingPaper(
        borrower_id=waiting.borrower_id,
        document_id=document.id,
        kind=document.kind,
        content_type=document.content_type,
        verdict=document.verdict,
        doubts=document.reasons,
        checked_at=document.checked_at,
        due_at=review.due_at if review else None,
        ends_at=review.ends_at if review else None,
        is_overdue=review is not None and paper_reviews.is_overdue(review, now()),
        agreed_by=review.agreed_by if review else None,
    )


handler = serve(app)

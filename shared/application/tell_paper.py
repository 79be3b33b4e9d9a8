"""Tell a borrower that a person looks at his paper, and by when he should have an answer."""

from datetime import datetime

from shared.adapters.borrower_notices import BorrowerNotices, ToTell
from shared.adapters.channels import Channels
from shared.adapters.people import People
from shared.application.tell_borrower import tell_borrower
from shared.domain.documents import PaperWaits
from shared.domain.telling import Telling
from shared.markets import today

KIND = "paper_waits"


def tell_paper(
    asked: PaperWaits, at: datetime, *, notices: BorrowerNotices, people: People, channels: Channels
) -> Telling | None:
    """As `tell_borrower`; None where it waits no more: what became of it is told by itself."""
    document = people.find_document(asked.borrower_id, asked.document_id)
    if document is None or document.verdict != "unsure" or document.review is None:
        return None
    market = people.get(asked.borrower_id).market
    on = today(market, document.checked_at or document.requested_at)
    notice = ToTell(f"{KIND}.{document.id}", KIND, on, {"by": today(market, document.review.due_at)})
    return tell_borrower(asked.borrower_id, notice, at, notices=notices, people=people, channels=channels)

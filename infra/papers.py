"""Papers of borrowers: who takes them, who checks them, who looks at what no machine was sure of."""

from collections.abc import Mapping

from infra.books import Book
from infra.documents import Documents
from infra.function import Door


def papers(*, doors: Mapping[str, Door], documents: Documents, people: Book, loans: Book) -> None:
    """The door that checks writes its verdict and nothing else; the link's door records what it will open."""
    kyc, checks, desk = (doors[name] for name in ("kyc", "kyc_check", "desk_documents"))
    documents.uploaded_by(kyc)
    documents.checked_by(checks)
    documents.known_by(doors["borrower"])
    documents.looked_at_by(desk)
    people.written_by(kyc, "brw_*", "openings#*")
    people.written_by(checks, "brw_*", "paper#*")
    people.written_by(desk, "brw_*", "paper#waiting#*", "openings#*")
    loans.written_by(desk, "brw_*", "audit#*", "request#stf_*")

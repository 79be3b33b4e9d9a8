"""The people book without a key: each borrower's flags, consents and documents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.adapters.table import ANY, Item, Stale, Table, Write, load, load_all, record
from shared.domain.borrowers import Borrower
from shared.domain.consents import Consent, ConsentEvent
from shared.domain.documents import Document
from shared.domain.errors import Conflict, NotFound

SK = "borrower"
PAPER, OWNER = "paper#", "owner"
TRIES = 3

# The borrower as changed and what is written with that; None when there is nothing to change.
Change = tuple[Borrower, list[Write]] | None


@dataclass(frozen=True, slots=True)
class Claim:
    """`borrower_id` is None once its owner was erased. `is_proven`: his bank knows him by his name."""

    borrower_id: str | None = None
    is_proven: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class People:
    table: Table

    def open(self, borrower_id: str, market: str, language: str) -> None:
        """The borrower's own item; nothing happens when there is one."""
        if self.table.get(borrower_id, SK) is None:
            try:
                self.table.transact([Write(record(Borrower(borrower_id, market, language), borrower_id, SK))])
            except Stale:
                return

    def get(self, borrower_id: str) -> Borrower:
        """Raises `NotFound` for whoever never signed in."""
        return known(self.table.get(borrower_id, SK))

    def change(self, borrower_id: str, decide: Callable[[Borrower], Change]) -> Borrower:
        """Reads, decides and writes in one transaction; decides again when the borrower changed meanwhile.

        Raises `NotFound` for one who was erased.
        """
        for _ in range(TRIES):
            seen = self.get(borrower_id)
            if seen.erased_at is not None:
                raise _unknown()
            change = decide(seen)
            if change is None:
                return seen
            changed = replace(change[0], version=seen.version + 1)
            try:
                self.table.transact([Write(record(changed, borrower_id, SK), seen.version), *change[1]])
            except Stale:
                continue
            return changed
        raise Conflict("request_in_flight", "Something else is changing this at the moment. Please try again.")

    def item(self, borrower_id: str, sk: str) -> Item | None:
        item = self.table.get(borrower_id, sk)
        return None if item is None or _is_erased(item) else item

    def items(self, borrower_id: str) -> list[Item]:
        """All that is kept under the borrower."""
        return [item for item in self.table.query(borrower_id) if not _is_erased(item)]

    def consents(self, borrower_id: str) -> list[Consent]:
        return load_all(Consent, self.table.query(borrower_id, "consent#"))

    def consent(self, borrower_id: str, purpose: str) -> Consent | None:
        item = self.table.get(borrower_id, f"consent#{purpose}")
        return load(Consent, item) if item else None

    def documents(self, borrower_id: str) -> list[Document]:
        found = self.table.query(borrower_id, "document#")
        return load_all(Document, [item for item in found if not _is_erased(item)])

    def find_document(self, borrower_id: str, document_id: str) -> Document | None:
        item = self.item(borrower_id, f"document#{document_id}")
        return load(Document, item) if item else None

    def document(self, borrower_id: str, document_id: str) -> Document:
        found = self.find_document(borrower_id, document_id)
        if found is None:
            raise NotFound("not_found", "There is no such document.")
        return found

    def owners(self, hashes: Sequence[str]) -> dict[str, str | None]:
        """Whose papers they are, by their hashes: None of one who was erased; those never sent before are missing."""
        found = {each: self.table.get(f"{PAPER}{each}", OWNER) for each in hashes}
        return {each: item.get("borrower_id") for each, item in found.items() if item}

    def claim(self, hashed: str) -> "Claim | None":
        """Whose an account or a number is, by its hash; None where nobody ever told it."""
        item = self.table.get(f"{PAPER}{hashed}", OWNER)
        return None if item is None else load(Claim, item)

    def add_document(self, borrower_id: str, document: Document) -> None:
        self.table.transact([document_write(borrower_id, document, None)])


def claim_write(hashed: str, claim: Claim, seen: Claim | None) -> Write:
    """The claim in the place of the one that was seen, unless somebody else is quicker."""
    made = replace(claim, version=seen.version + 1 if seen else 1)
    return Write(record(made, f"{PAPER}{hashed}", OWNER), (seen.version or ANY) if seen else None)


def known(item: Item | None) -> Borrower:
    """The borrower that the item holds. Raises `NotFound` where there is none."""
    if item is None:
        raise _unknown()
    return load(Borrower, item)


def paper_writes(borrower_id: str, hashes: Sequence[str], owners: Mapping[str, str | None]) -> list[Write]:
    """That those papers are his which are nobody's, unless somebody else is quicker."""
    free = [each for each in hashes if owners.get(each) is None]
    item = {"sk": OWNER, "borrower_id": borrower_id}
    return [Write({"pk": f"{PAPER}{each}", **item}, ANY if each in owners else None) for each in free]


def _is_erased(item: Item) -> bool:
    """Overwritten; what is left of it goes by itself."""
    return "erased_at" in item and item["sk"] != SK


def _unknown() -> NotFound:
    return NotFound("not_found", "There is no such borrower.")


def consent_writes(borrower_id: str, seen: Consent | None, consent: Consent, event: ConsentEvent) -> list[Write]:
    """The consent as it stands, and the event in its history, which is never written again."""
    return [
        Write(record(consent, borrower_id, f"consent#{consent.purpose}"), seen.version if seen else None),
        Write(record(event, borrower_id, f"consent_event#{consent.purpose}#{consent.version:06d}")),
    ]


def document_write(borrower_id: str, document: Document, seen: int | None) -> Write:
    return Write(record(document, borrower_id, f"document#{document.id}"), seen)

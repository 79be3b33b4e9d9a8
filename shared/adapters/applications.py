"""Applications in the loans book: the head, its offers, the borrower's list, and which of them is the latest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, load, load_all, record
from shared.domain import loan
from shared.domain.applications import Application
from shared.domain.errors import NotFound
from shared.domain.offers import Offer

HEAD, OFFER, LATEST = "application", "offer#", "open"


@dataclass(frozen=True, slots=True)
class Latest:
    """The borrower's latest application: only while it and its loan are over may there be another."""

    application_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Applications:
    table: Table

    def get(self, application_id: str) -> Application:
        """Raises `NotFound`."""
        item = self.table.get(application_id, HEAD)
        if item is None:
            raise NotFound("not_found", "There is no such application.")
        return load(Application, item)

    def of_borrower(self, application_id: str, borrower_id: str) -> Application:
        """Raises `NotFound` for another's too: nobody learns which ids exist."""
        application = self.get(application_id)
        if application.borrower_id != borrower_id:
            raise NotFound("not_found", "There is no such application.")
        return application

    def page_of(self, borrower_id: str, after: str | None, limit: int) -> tuple[list[Application], str | None]:
        """Oldest first, and the id behind which the next page begins."""
        page = self.table.page(borrower_id, "app_", after, limit)
        return [self.get(application_id) for application_id in page.ids], page.next

    def offers(self, application_id: str) -> list[Offer]:
        """In the order of their ids."""
        return load_all(Offer, self.table.query(application_id, OFFER))

    def latest(self, borrower_id: str) -> Latest | None:
        item = self.table.get(borrower_id, LATEST)
        return None if item is None else load(Latest, item)

    def loan_is_over(self, loan_id: str) -> bool:
        """Whether nothing can happen to the loan any more."""
        item = self.table.get(loan_id, "loan")
        return item is not None and not loan.MOVES[item["state"]]

    def submit(
        self,
        application: Application,
        *,
        seen: Latest | None,
        expired: Application | None,
        request: Request,
        answer: Any,
    ) -> None:
        """The head with its task for the scorer, the list's pointer, the latest; and the end of the one before."""
        latest = Latest(application.application_id, seen.version + 1 if seen else 0)
        writes = [
            Write(record(application, application.application_id, HEAD, task="score")),
            Write({"pk": application.borrower_id, "sk": application.application_id}),
            Write(record(latest, application.borrower_id, LATEST), seen.version if seen else None),
        ]
        if expired is not None:
            writes.append(_changed(expired))
        self.table.transact(writes, request, answer)

    def decide(self, application: Application, offers: Sequence[Offer]) -> None:
        """The decision and its offers at once; the task is gone with it."""
        kept = [Write(record(offer, application.application_id, f"{OFFER}{offer.offer_id}")) for offer in offers]
        self.table.transact([_changed(application), *kept])

    def accept(self, application: Application, loan_writes: Sequence[Write], request: Request, answer: Any) -> None:
        """The accepted head and the loan that comes of it at once."""
        self.table.transact([_changed(application), *loan_writes], request, answer)


def _changed(application: Application) -> Write:
    """The head one version later than it was read."""
    return Write(record(application, application.application_id, HEAD), application.version - 1)

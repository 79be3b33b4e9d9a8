"""Applications in the loans book: the head, its offers, the borrower's list, and which of them is the latest.

What is long and never changes once it is decided is kept squeezed: the decision in the head, all offers in one item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.requests import Request
from shared.adapters.table import Item, Table, Write, load, plain, record, squeezed, unsqueezed
from shared.domain import loan
from shared.domain.applications import Application
from shared.domain.errors import NotFound
from shared.domain.offers import Offer

HEAD, OFFERS, LATEST = "application", "offers", "open"
DECIDED = ("decision", "ranking", "unmatched", "inputs")


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
        return load(Application, item | unsqueezed(item["decided"]) if "decided" in item else item)

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
        """As they were made; each with its Key Facts Statement, which is kept here and nowhere else."""
        item = self.table.get(application_id, OFFERS)
        return load(list[Offer], unsqueezed(item["offers"])) if item else []

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
            Write(_head(application) | {"task": "score"}),
            Write({"pk": application.borrower_id, "sk": application.application_id}),
            Write(record(latest, application.borrower_id, LATEST), seen.version if seen else None),
        ]
        if expired is not None:
            writes.append(_changed(expired))
        self.table.transact(writes, request, answer)

    def decide(self, application: Application, offers: Sequence[Offer]) -> None:
        """The decision and its offers at once; the task is gone with it."""
        writes = [_changed(application)]
        if offers:
            item = {
                "pk": application.application_id,
                "sk": OFFERS,
                "offers": squeezed([plain(offer) for offer in offers]),
            }
            writes.append(Write(item))
        self.table.transact(writes)

    def accept(self, application: Application, loan_writes: Sequence[Write], request: Request, answer: Any) -> None:
        """The accepted head and the loan that comes of it at once."""
        self.table.transact([_changed(application), *loan_writes], request, answer)


def _changed(application: Application) -> Write:
    """The head one version later than it was read."""
    return Write(_head(application), application.version - 1)


def _head(application: Application) -> Item:
    item = record(application, application.application_id, HEAD)
    if application.decision is None:
        return item
    decided = {name: item.pop(name) for name in DECIDED if name in item}
    return item | {"decided": squeezed(decided)}

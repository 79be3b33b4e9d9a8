"""Applications in the loans book: the head, its offers, the borrower's list, and which of them is the latest.

What is long and never changes once it is decided is kept squeezed: the decision in the head, all offers in one item.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zlib import crc32

from shared.adapters.borrower_notices import ToTell, to_tell
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.requests import Request
from shared.adapters.table import Item, Place, Table, Write, load, plain, record, squeezed, unsqueezed
from shared.domain import loan, review_notices
from shared.domain.applications import Application, Undecided
from shared.domain.errors import NotFound
from shared.domain.limits import by_decision, renewed
from shared.domain.night import SHARDS
from shared.domain.offers import Offer
from shared.domain.staff import month_of
from shared.markets import today

HEAD, OFFERS = "application", "offers"
# The borrower's latest application for each purpose.
LATEST = {"cash": "open", "purchase": "open_purchase"}
DECIDED = ("decision", "ranking", "unmatched", "inputs", "grounds", "automated")
WAITING = "referred"


@dataclass(frozen=True, slots=True)
class Latest:
    """The borrower's latest application: only while it and its loan are over may there be another for
    the same purpose.

    `asked_on` are the days of his last ones, as far as they count for the checks.
    """

    application_id: str
    version: int
    asked_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Applications:
    table: Table

    def get(self, application_id: str) -> Application:
        """Raises `NotFound`."""
        return read(self.table.get(application_id, HEAD))

    def place(self, application_id: str) -> Place:
        """Where its head lies, for whoever reads it with something else."""
        return Place(self.table, application_id, HEAD)

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

    def latest(self, borrower_id: str, purpose: str = "cash") -> Latest | None:
        item = self.table.get(borrower_id, LATEST[purpose])
        return None if item is None else load(Latest, item)

    def loan_is_over(self, loan_id: str) -> bool:
        """Whether nothing can happen to the loan any more."""
        item = self.table.get(loan_id, "loan")
        return item is not None and not loan.MOVES[item["state"]]

    def submit(
        self,
        application: Application,
        *,
        asked_on: tuple[date, ...],
        seen: Latest | None,
        expired: Application | None,
        request: Request,
        answer: Any,
    ) -> None:
        """The head with its task for the scorer, the list's pointer, the latest; and the end of the one before."""
        latest = Latest(application.application_id, seen.version + 1 if seen else 0, asked_on)
        writes = [
            Write(_head(application) | {"task": "score"}),
            Write({"pk": application.borrower_id, "sk": application.application_id}),
            Write(record(latest, application.borrower_id, LATEST[application.purpose]), seen.version if seen else None),
        ]
        if expired is not None:
            writes.append(_changed(expired))
        self.table.transact(writes, request, answer)

    def decide(self, application: Application, offers: Sequence[Offer]) -> None:
        """The decision with its offers, or the limit that it grants, at once; the task is gone with it.

        So ends what nobody decided in its time, too.
        """
        self.table.transact([_changed(application), *self._come_of(application, offers)])

    def review(
        self, application: Application, offers: Sequence[Offer], record: Write, request: Request, answer: Any
    ) -> None:
        """What a person decided, with the offers or the limit that come of it and the record of it."""
        self.table.transact([_changed(application), *self._come_of(application, offers), record], request, answer)

    def ask_review(self, application: Application, seen: Latest, request: Request, answer: Any) -> None:
        """The decline that waits for a person, while nothing newer was asked for since `seen` was read."""
        latest = replace(seen, version=seen.version + 1)
        writes = [
            _changed(application),
            Write(record(latest, application.borrower_id, LATEST[application.purpose]), seen.version),
        ]
        self.table.transact(writes, request, answer)

    def waiting(self, market: str, after: str | None, limit: int) -> tuple[list[Application], str | None]:
        """Those that wait for a person, who is needed soonest first. What has just changed may be missing or be here.

        One whose time ran out without anybody stays here until its borrower applies anew.
        """
        last = None
        if after is not None:
            item = _head(replace(self.get(after), state=WAITING))
            last = {name: item[name] for name in ("pk", "sk", "desk", "desk_at")}
        page = self.table.page_of_index("desk", ("desk", _desk(market)), last, limit)
        return [self.get(application_id) for application_id in page.ids], page.next

    def of_month(self, market: str, month: str, after: str | None, limit: int) -> tuple[list[Application], str | None]:
        """All of a market's month (`2026-11`), and where the next page begins. Their order is that of no time."""
        found: list[Application] = []
        last = self.get(after) if after is not None else None
        for number in range(_shard(last.application_id) if last else 0, SHARDS):
            is_begun = last is not None and number == _shard(last.application_id)
            page = self.of_shard(market, month, number, last if is_begun else None, limit - len(found))
            found += page
            if len(found) == limit:
                return found, found[-1].application_id
        return found, None

    def of_shard(
        self, market: str, month: str, number: int, after: Application | None, limit: int
    ) -> list[Application]:
        """Of one of a month's parts, to which chance gave it: the first ones are as good a sample as any."""
        last = None
        if after is not None:
            item = _head(after)
            last = {name: item[name] for name in ("pk", "sk", "applied", "submitted_at")}
        page = self.table.page_of_index("applied", ("applied", f"{market}#{month}#{number}"), last, limit)
        return [self.get(application_id) for application_id in page.ids]

    def undecided(self, market: str, number: int, until: datetime, limit: int) -> list[tuple[Undecided, datetime]]:
        """Of one part, who was submitted by then and is not decided, with when: the longest waiting first.

        Only the index is read, and what was just decided may still be in it.
        """
        page = self.table.client.query(
            TableName=self.table.name,
            IndexName="desk",
            KeyConditionExpression="desk = :shard AND desk_at <= :on",
            ExpressionAttributeValues={":shard": {"S": _unscored(market, number)}, ":on": {"S": until.isoformat()}},
            Limit=limit,
        )
        found = [(item["pk"]["S"], item["desk_at"]["S"].split("#")) for item in page["Items"]]
        return [(Undecided(pk, borrower_id), datetime.fromisoformat(then)) for pk, (then, borrower_id) in found]

    def accept(self, application: Application, loan_writes: Sequence[Write], request: Request, answer: Any) -> None:
        """The accepted head and the loan that comes of it at once."""
        self.table.transact([_changed(application), *loan_writes], request, answer)

    def _come_of(self, application: Application, offers: Sequence[Offer]) -> list[Write]:
        """The offers, or the limit in the place of the one before; and what the borrower is told of a person's look."""
        return [*self._granted(application, offers), *_told(self.table, application)]

    def _granted(self, application: Application, offers: Sequence[Offer]) -> list[Write]:
        if application.state == "granted":
            seen = Limits(self.table).get(application.borrower_id)
            return [changed_limit(renewed(seen, by_decision(application)))]
        item = {"pk": application.application_id, "sk": OFFERS, "offers": squeezed([plain(offer) for offer in offers])}
        return [Write(item)] if offers else []


def _told(table: Table, application: Application) -> list[Write]:
    """What the borrower is told once of a person's look, with the last day on which he can do something about it."""
    kind, review, until = review_notices.kind(application), application.review, application.open_until
    if kind is None or review is None:
        return []
    on = today(application.market, review.decided_at or review.due_at)
    days = {"by": until} if until is not None and review.decided_at else {}
    return [to_tell(table, application.borrower_id, ToTell(f"{kind}.{application.application_id}", kind, on, days))]


def read(item: Item | None) -> Application:
    """The head that the item holds. Raises `NotFound` where there is none."""
    if item is None:
        raise NotFound("not_found", "There is no such application.")
    return load(Application, item | unsqueezed(item["decided"]) if "decided" in item else item)


def _changed(application: Application) -> Write:
    """The head one version later than it was read."""
    return Write(_head(application), application.version - 1)


def _shard(application_id: str) -> int:
    return crc32(application_id.encode()) % SHARDS


def _desk(market: str) -> str:
    return f"{market}#application"


def _unscored(market: str, number: int) -> str:
    return f"{market}#submitted#{number}"


def _head(application: Application) -> Item:
    """With its place in its month, which never changes, and at the desk while it waits for the scorer or a person."""
    month = month_of(today(application.market, application.submitted_at))
    applied = f"{application.market}#{month}#{_shard(application.application_id)}"
    item = record(application, application.application_id, HEAD, applied=applied)
    if application.state == "submitted":
        waits = f"{application.submitted_at.isoformat()}#{application.borrower_id}"
        item |= {"desk": _unscored(application.market, _shard(application.application_id)), "desk_at": waits}
    if application.state == WAITING and application.review is not None:
        item |= {"desk": _desk(application.market), "desk_at": application.review.due_at.isoformat()}
    if application.decision is None:
        return item
    decided = {name: item.pop(name) for name in DECIDED if name in item}
    return item | {"decided": squeezed(decided)}

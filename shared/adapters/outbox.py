"""Events for partners in the loans book: each an item, under its partner and in the order in which they happened.

While one waits for another try, the index `desk` lists it by its partner and the time of that try.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from zlib import crc32

from shared.adapters.table import ANY, Item, Stale, Table, Write, load, record
from shared.domain.partner_events import Delivery

SHARDS = 16
ENDPOINTS = "webhooks"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A partner's address that wants no more events, since an instant."""

    partner_id: str
    url: str
    disabled_at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    table: Table

    def get(self, delivery: Delivery) -> Delivery | None:
        """The event as it stands, by one that names it."""
        item = self.table.get(*_key(delivery))
        return load(Delivery, item) if item else None

    def put(self, delivery: Delivery, seen: Delivery | None) -> bool:
        """Keeps what has become of it. False when somebody else did meanwhile, with a try of their own."""
        version = None if seen is None else seen.version
        made = replace(delivery, version=1 if seen is None else seen.version + 1)
        try:
            self.table.transact([Write(_item(made), version)])
        except Stale:
            return False
        return True

    def waiting(self, partner_id: str, limit: int, until: datetime | None = None) -> list[tuple[str, str]]:
        """The keys of those that wait for another try, the next to be tried first; by `until`, or at any time."""
        values = {":shard": _waiting(partner_id), ":on": until.isoformat() if until else "~"}
        answer = self.table.client.query(
            TableName=self.table.name,
            IndexName="desk",
            KeyConditionExpression="desk = :shard AND desk_at <= :on",
            ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            Limit=limit,
        )
        return [(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]

    def due(self, partner_id: str, at: datetime, limit: int) -> list[Delivery]:
        """Those whose next try is due, the longest due first; each as it stands, since the index may be behind."""
        found = [self.table.get(*keys) for keys in self.waiting(partner_id, limit, at)]
        deliveries = [load(Delivery, item) for item in found if item is not None]
        return [each for each in deliveries if each.next_try is not None and each.next_try <= at]

    def since(self, partner_id: str, after: str, limit: int) -> tuple[list[Delivery], str | None]:
        """Events in the order in which they happened, from behind a place (an instant is one), and the next place."""
        shards = [f"events#{partner_id}#{shard:02}" for shard in range(SHARDS)]
        parts = [self.table.part(shard, "2", after, limit + 1)[0] for shard in shards]
        found: Sequence[Item] = list(islice(merge(*parts, key=lambda item: str(item["sk"])), limit + 1))
        then = str(found[limit - 1]["sk"]) if len(found) > limit else None
        return [load(Delivery, item) for item in found[:limit]], then

    def disabled(self, partner_id: str) -> Endpoint | None:
        """The address that wanted no more, if the partner has had one."""
        item = self.table.get(ENDPOINTS, partner_id)
        return load(Endpoint, item) if item and "disabled_at" in item else None

    def disable(self, endpoint: Endpoint) -> None:
        self.table.transact([Write(record(endpoint, ENDPOINTS, endpoint.partner_id), ANY)])


def enabled(partner_id: str) -> Write:
    """The partner's address takes events again."""
    return Write({"pk": ENDPOINTS, "sk": partner_id}, ANY)


def _item(delivery: Delivery) -> Item:
    item = record(delivery, *_key(delivery))
    if delivery.next_try is not None:
        item |= {"desk": _waiting(delivery.partner_id), "desk_at": delivery.next_try.isoformat()}
    return item


def _key(delivery: Delivery) -> tuple[str, str]:
    shard = crc32(delivery.subject.encode()) % SHARDS
    place = f"{delivery.occurred_at.isoformat()}#{delivery.event_id}"
    return f"events#{delivery.partner_id}#{shard:02}", place


def _waiting(partner_id: str) -> str:
    return f"webhook#{partner_id}"

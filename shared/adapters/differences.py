"""What platform, rail and partner do not agree on, in the loans book, listed by partner while it is open."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.reconciliation import Difference

DIFFERENCE = "difference"
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """What the index says of an open difference: the day on which it was found, and the money in minor units."""

    on: date
    unexplained: int


@dataclass(frozen=True, slots=True)
class Differences:
    table: Table

    def find(self, difference_id: str) -> Difference | None:
        item = self.table.get(difference_id, DIFFERENCE)
        return load(Difference, item) if item else None

    def get(self, difference_id: str) -> Difference:
        """Raises `NotFound`."""
        found = self.find(difference_id)
        if found is None:
            raise NotFound("not_found", "There is no such difference.")
        return found

    def page(self, partner_id: str, after: str | None, limit: int) -> tuple[list[Difference], str | None]:
        """The open ones, oldest first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            item = _item(replace(self.get(after), state="open"))
            last = {name: item[name] for name in ("pk", "sk", "desk", "desk_at")}
        page = self.table.page_of_index("desk", ("desk", _desk(partner_id)), last, limit)
        found = [self.get(difference_id) for difference_id in page.ids]
        return [each for each in found if each.is_open], page.next

    def open(self, partner_id: str) -> dict[str, Listed]:
        """All open ones of a partner by id, as far as the index has them: no item is read, however many there are."""
        asked: dict[str, Any] = {
            "TableName": self.table.name,
            "IndexName": "desk",
            "KeyConditionExpression": "desk = :key",
            "ExpressionAttributeValues": {":key": {"S": _desk(partner_id)}},
            "Limit": PAGE,
        }
        found = dict[str, Listed]()
        while True:
            answer = self.table.client.query(**asked)
            found |= {item["pk"]["S"]: _listed(item["desk_at"]["S"]) for item in answer["Items"]}
            if "LastEvaluatedKey" not in answer:
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def keep(self, difference: Difference) -> None:
        """A new one, or one version later than it was read. Raises `Stale`."""
        self.table.transact([changed_difference(difference)])


def changed_difference(difference: Difference) -> Write:
    item = _item(replace(difference, version=difference.version + 1))
    return Write(item, difference.version or None)


def _item(difference: Difference) -> Item:
    """The index `desk` has those that are open, by the day on which they were found and the money that they are of."""
    item = record(difference, difference.difference_id, DIFFERENCE)
    if difference.is_open:
        item |= {"desk": _desk(difference.partner_id), "desk_at": f"{difference.on}#{difference.unexplained:015}"}
    return item


def _listed(place: str) -> Listed:
    on, _, minor = place.partition("#")
    return Listed(date.fromisoformat(on), int(minor))


def _desk(partner_id: str) -> str:
    return f"{partner_id}#difference"

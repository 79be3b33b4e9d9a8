"""A lender's days as the index of money that moved has them, and one loan's movements from its own journal.

The index may be a moment behind the book: a day is read some hours after it is over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.adapters.loans import ENTRY
from shared.adapters.table import Item, Table, load, unpack
from shared.domain.calendar import business_date
from shared.domain.flows import SHARDS, Flow, Movement, flow, shards
from shared.domain.ledger import Entry

# Steps of one request; a page is at most a MB.
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Flows:
    table: Table

    def of_day(self, partner_id: str, on: date) -> list[Flow]:
        """Every step that was recorded on a day and moved the lender's money."""
        return [each for shard in shards(partner_id, on) for each in _flows(self._steps(shard), on)]

    def of_loan(self, loan_id: str, time_zone: str) -> list[tuple[date, Movement]]:
        """All money that ever moved for one loan, by its whole journal, each with the day of its record."""
        told = self.told(loan_id, time_zone)
        return [(business_date(at, time_zone), movement) for at, movement in told]

    def told(self, loan_id: str, time_zone: str) -> Iterator[tuple[datetime, Movement]]:
        """As `of_loan`, each with the instant of its record."""
        for _, entries in _joined(self.table.query(loan_id, ENTRY)):
            at = max(entry.recorded_at for entry in entries)
            for movement in flow(loan_id, entries, business_date(at, time_zone)).movements:
                yield at, movement

    def page(self, partner_id: str, on: date, after: str | None, limit: int) -> tuple[list[Movement], str | None]:
        """Some of a day's movements, of about `limit` steps, and the place behind which the next page begins."""
        number, _, place = (after or "0 ").partition(" ")
        found = list[Movement]()
        for part in range(int(number), SHARDS):
            shard = shards(partner_id, on)[part]
            steps, then = self._part(shard, place, limit)
            found += [movement for each in _flows(steps, on) for movement in each.movements]
            if then is not None:
                return found, f"{part} {then}"
            if len(steps) >= limit and part + 1 < SHARDS:
                return found, f"{part + 1} "
            limit, place = limit - len(steps), ""
        return found, None

    def _steps(self, shard: str) -> Iterator[Item]:
        place: str | None = ""
        while place is not None:
            steps, place = self._part(shard, place, PAGE)
            yield from steps

    def _part(self, shard: str, place: str, limit: int) -> tuple[list[Item], str | None]:
        """Steps of a shard from behind a place on: a loan's id and the step's sort key."""
        asked: dict[str, Any] = {
            "TableName": self.table.name,
            "IndexName": "flows",
            "KeyConditionExpression": "flow_shard = :key",
            "ExpressionAttributeValues": {":key": {"S": shard}},
            "Limit": limit,
        }
        if place:
            loan_id, _, sk = place.partition(" ")
            keys = {"flow_shard": shard, "sk": sk, "pk": loan_id}
            asked["ExclusiveStartKey"] = {name: {"S": value} for name, value in keys.items()}
        answer = self.table.client.query(**asked)
        last = answer.get("LastEvaluatedKey")
        return [unpack(item) for item in answer["Items"]], f"{last['pk']['S']} {last['sk']['S']}" if last else None


def _flows(steps: Iterable[Item], on: date) -> Iterator[Flow]:
    for loan_id, entries in _joined(steps):
        yield flow(loan_id, entries, on)


def _joined(steps: Iterable[Item]) -> Iterator[tuple[str, list[Entry]]]:
    """The entries of each step, of all its items: what divides a part's number off is in no id."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for step in steps:
        named = (step["pk"], step["sk"].partition(" ")[0])
        found.setdefault(named, []).extend(load(tuple[Entry, ...], step["entries"]))
    for (loan_id, _), entries in found.items():
        yield loan_id, sorted(entries, key=lambda entry: entry.sequence)

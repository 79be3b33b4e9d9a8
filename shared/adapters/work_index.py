"""Sparse, sharded indexes of the loans on which something will be due: by shard and by the next date of such a thing.

They hold keys only. What is read may be a moment old, so that whoever acts on it looks at the loan itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.adapters.debits import DEBIT
from shared.adapters.loans import HEAD
from shared.adapters.table import Table
from shared.domain.night import shards

# The attributes of a head that put it into an index; orders of money to come have one
# of their own, by loan, and so has what waits for somebody at the desk. Steps that moved a
# lender's money are listed by his day.
KEYS = {
    "work": ("work_shard", "work_on"),
    "notices": ("notice_shard", "notice_on"),
    "orders": ("repays", "ordered_at"),
    "desk": ("desk", "desk_at"),
    "flows": ("flow_shard", "sk"),
    "applied": ("applied", "submitted_at"),
    "debits": ("debit_shard", "debit_on"),
    "files": ("file_shard", "file_on"),
}
# What an index holds besides keys.
PROJECTED = {"flows": ["entries"]}
# The item of a loan that each index of days lists.
LISTED = {"work": HEAD, "notices": HEAD, "debits": DEBIT}

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Loans, the longest due first, and the place behind which the next page begins, or None at the end."""

    loan_ids: tuple[str, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class WorkIndex:
    """`name` is that of the index: `work`, `notices` or `debits`."""

    table: Table
    name: str

    def page(self, shard: str, on: date, after: Place | None, limit: int) -> Page:
        """At most `limit` loans of a shard on which something is due on or before a date."""
        by_shard, by_date = KEYS[self.name]
        asked: dict[str, Any] = {
            "TableName": self.table.name,
            "IndexName": self.name,
            "KeyConditionExpression": f"{by_shard} = :shard AND {by_date} <= :on",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":on": {"S": on.isoformat()}},
            "Limit": limit,
        }
        if after is not None:
            due_on, loan_id = after
            place = {by_shard: shard, by_date: due_on, "pk": loan_id, "sk": LISTED[self.name]}
            asked["ExclusiveStartKey"] = {name: {"S": value} for name, value in place.items()}
        answer = self.table.client.query(**asked)
        last = answer.get("LastEvaluatedKey")
        return Page(
            tuple(item["pk"]["S"] for item in answer["Items"]),
            (last[by_date]["S"], last["pk"]["S"]) if last else None,
        )

    def is_clear(self, market: str, on: date) -> bool:
        """Whether nothing of a market is due on or before a date."""
        return not any(self.page(shard, on, None, 1).loan_ids for shard in shards(market))

"""DynamoDB and SQS in this process, as far as the night asks for them, with the units that AWS would bill.

A write unit is a started KB, twice in a transaction; each index that an item enters, leaves or moves within takes one
for every key written or removed. A read unit is a started 4 KB, half a unit where the read may be a moment old.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import ceil
from threading import Lock
from types import SimpleNamespace
from typing import Any

from shared.adapters.work_index import KEYS, PROJECTED

Packed = dict[str, Any]


class Cancelled(Exception):
    """A transaction that did not happen, with a reason for each of its items."""

    def __init__(self, reasons: list[Packed]) -> None:
        super().__init__("transaction cancelled")
        self.response = {"CancellationReasons": reasons}


class Failed(Exception):
    """A put whose condition does not hold, with what is stored."""

    def __init__(self, reason: Packed) -> None:
        super().__init__("condition failed")
        self.response = reason


class Busy(Exception):
    """A put that met a transaction under way, which happens in no store that does one thing at a time."""


class Dynamo:
    """One table, as its client. `billed` counts units and requests; `read` is how often each partition was read.

    `watched_by` hears of each call `before` it is made and `after` it was done.
    """

    exceptions = SimpleNamespace(
        TransactionCanceledException=Cancelled,
        ConditionalCheckFailedException=Failed,
        TransactionConflictException=Busy,
    )

    def __init__(self, watched_by: Any = None) -> None:
        self.items: dict[str, dict[str, Packed]] = defaultdict(dict)
        self.listed: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
        self.billed: Counter[str] = Counter()
        self.read: Counter[str] = Counter()
        self.lock = Lock()
        self.watched_by = watched_by

    def put(self, pk: str, sk: str, item: Packed) -> int:
        """Units that the indexes take. An item that is shared by many keys need not name its own."""
        units = 0
        before = self.items[pk].get(sk, {})
        for index, (by_shard, by_date) in KEYS.items():
            was, now = (_key(each, by_shard, by_date) for each in (before, item))
            if was == now:
                continue
            if was:
                lines = self.listed[index, was[0]]
                del lines[bisect_left(lines, (was[1], pk, sk))]
            if now:
                insort(self.listed[index, now[0]], (now[1], pk, sk))
            units += bool(was) + bool(now)
        self.items[pk][sk] = item
        return units

    def list_head(self, pk: str, sk: str, item: Packed) -> None:
        """Puts the keys of an item that others share into the indexes, for a key that none of them has yet."""
        for index, (by_shard, by_date) in KEYS.items():
            if place := _key(item, by_shard, by_date):
                insort(self.listed[index, place[0]], (place[1], pk, sk))

    def transact_write_items(self, **asked: Any) -> Packed:
        self._before()
        with self.lock:
            puts = [each["Put"] for each in asked["TransactItems"]]
            assert len(puts) <= 100 and len({_place(put) for put in puts}) == len(puts), "not a lawful transaction"
            units = sum(2 * ceil(size(put["Item"]) / 1024) for put in puts)
            reasons = [self._reason(put) for put in puts]
            self.billed.update(write=units, requests=1)
            if any(reasons):
                raise Cancelled(reasons)
            self.billed.update(index=sum(self.put(*_place(put), put["Item"]) for put in puts))
        self._after()
        return {}

    def put_item(self, **asked: Any) -> Packed:
        self._before()
        with self.lock:
            self.billed.update(write=ceil(size(asked["Item"]) / 1024), requests=1)
            if reason := self._reason(asked):
                raise Failed(reason)
            self.billed.update(index=self.put(*_place(asked), asked["Item"]))
        self._after()
        return {}

    def get_item(self, **asked: Any) -> Packed:
        self._before()
        pk, sk = (asked["Key"][name]["S"] for name in ("pk", "sk"))
        assert asked["ConsistentRead"], asked
        with self.lock:
            item = self.items.get(pk, {}).get(sk)
            self._bill_read(pk, size(item or {}))
        self._after()
        return {"Item": item} if item else {}

    def transact_get_items(self, **asked: Any) -> Packed:
        """One request; each item costs twice what it costs alone."""
        self._before()
        with self.lock:
            places = [tuple(each["Get"]["Key"][name]["S"] for name in ("pk", "sk")) for each in asked["TransactItems"]]
            found = [self.items.get(pk, {}).get(sk) for pk, sk in places]
            for (pk, _), item in zip(places, found, strict=True):
                units = 2 * max(1, ceil(size(item or {}) / 4096))
                self.billed["half_read"] += 2 * units
                self.read[pk] += 1
            self.billed["requests"] += 1
        self._after()
        return {"Responses": [{"Item": item} if item else {} for item in found]}

    def query(self, **asked: Any) -> Packed:
        self._before()
        with self.lock:
            answer = self._listed(asked) if "IndexName" in asked else self._under(asked)
        self._after()
        return answer

    def scan(self, **_: Any) -> Packed:
        """The whole table, for an onlooker."""
        return {"Items": [item for under in self.items.values() for item in under.values()]}

    def _under(self, asked: Packed) -> Packed:
        """Items of a partition, those whose sort key begins so, and where there is a limit only so many of them."""
        assert asked["KeyConditionExpression"] in ("pk = :pk", "pk = :pk AND begins_with(sk, :sk)"), asked
        assert asked["ConsistentRead"], asked
        values, limit = asked["ExpressionAttributeValues"], asked.get("Limit")
        pk, prefix = values[":pk"]["S"], values.get(":sk", {"S": ""})["S"]
        after = asked.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        under = sorted(self.items.get(pk, {}).items())
        found = [item for sk, item in under if sk.startswith(prefix) and sk > after][:limit]
        self._bill_read(pk, sum(map(size, found)))
        last = {"pk": found[-1]["pk"], "sk": found[-1]["sk"]} if found and len(found) == limit else None
        return {"Items": found} | ({"LastEvaluatedKey": last} if last else {})

    def _listed(self, asked: Packed) -> Packed:
        """The keys of a shard up to a date, or between two, or all of them, from behind a place on."""
        by_shard, by_date = KEYS[asked["IndexName"]]
        wanted = [value["S"] for value in asked["ExpressionAttributeValues"].values()]
        is_between = asked["KeyConditionExpression"] == f"{by_shard} = :shard AND {by_date} BETWEEN :since AND :until"
        since = wanted.pop(1) if is_between else ""
        is_whole = asked["KeyConditionExpression"] == f"{by_shard} = :key"
        is_up_to = asked["KeyConditionExpression"] == f"{by_shard} = :shard AND {by_date} <= :on"
        assert is_whole or is_between or is_up_to, asked
        shard, on = (*wanted, "~") if is_whole else wanted
        lines, limit = self.listed[asked["IndexName"], shard], asked["Limit"]
        start = bisect_left(lines, (since, ""))
        if place := asked.get("ExclusiveStartKey"):
            start = bisect_right(lines, (place[by_date]["S"], place["pk"]["S"], place["sk"]["S"]))
        found = lines[start : min(bisect_right(lines, (on, "~", "~")), start + limit)]
        items = [
            {by_shard: {"S": shard}, "pk": {"S": pk}, "sk": {"S": sk}, by_date: {"S": day}} for day, pk, sk in found
        ]
        for item in items:
            held = self.items[item["pk"]["S"]].get(item["sk"]["S"], {})
            item |= {name: held[name] for name in PROJECTED.get(asked["IndexName"], ())}
        self._bill_read("", sum(map(size, items)), is_old=True)
        return {"Items": items} | ({"LastEvaluatedKey": items[-1]} if len(found) == limit else {})

    def _reason(self, put: Packed) -> Packed:
        """Why the item may not be put, with what is stored; nothing when it may."""
        pk, sk = _place(put)
        stored, condition = self.items.get(pk, {}).get(sk), put.get("ConditionExpression")
        assert condition in (None, "attribute_not_exists(pk)", "version = :seen"), condition
        if condition == "version = :seen":
            holds = stored is not None and stored["version"] == put["ExpressionAttributeValues"][":seen"]
        else:
            holds = condition is None or stored is None
        if holds:
            return {}
        return {"Code": "ConditionalCheckFailed", **({"Item": stored} if stored else {})}

    def _bill_read(self, pk: str, size: int, *, is_old: bool = False) -> None:
        half_units = max(1, ceil(size / 4096)) * (1 if is_old else 2)
        self.billed.update(half_read=half_units, requests=1)
        self.read[pk] += 1

    def _before(self) -> None:
        if self.watched_by:
            self.watched_by.before()

    def _after(self) -> None:
        if self.watched_by:
            self.watched_by.after()


class Sqs:
    """Queues by their URL, as their client. A request is what AWS counts as one, up to 64 KB."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[str]] = defaultdict(list)
        self.billed: Counter[str] = Counter()

    def send_message_batch(self, **asked: Any) -> Packed:
        bodies = [entry["MessageBody"] for entry in asked["Entries"]]
        assert 1 <= len(bodies) <= 10
        self.bodies[asked["QueueUrl"]] += bodies
        self.billed["requests"] += max(1, ceil(sum(map(len, bodies)) / 65_536))
        return {"Successful": asked["Entries"]}

    def taken(self, url: str, batch: int) -> Iterator[list[str]]:
        """Bodies of messages as a function gets them. Receiving a batch is a request, deleting it another."""
        waiting = self.bodies[url]
        while waiting:
            found, waiting[:] = waiting[:batch], waiting[batch:]
            self.billed["requests"] += 2
            yield found


def size(item: Packed) -> int:
    """Bytes as DynamoDB counts them: names and values; a number about half its digits, a list or map three more."""
    return sum(len(name) + _value(value) for name, value in item.items())


def _value(value: Packed) -> int:
    kind, inside = next(iter(value.items()))
    match kind:
        case "M":
            return 3 + sum(len(name) + 1 + _value(each) for name, each in inside.items())
        case "L":
            return 3 + sum(1 + _value(each) for each in inside)
        case "N":
            return ceil(len(inside) / 2) + 1
        case "S":
            return len(inside.encode())
        case "B":
            return len(inside)
    return 1


def _place(put: Packed) -> tuple[str, str]:
    return put["Item"]["pk"]["S"], put["Item"]["sk"]["S"]


def _key(item: Packed, by_shard: str, by_date: str) -> tuple[str, str] | None:
    """Where an index has the item: nowhere unless it has both attributes."""
    return (item[by_shard]["S"], item[by_date]["S"]) if by_shard in item and by_date in item else None

"""A DynamoDB table in which things lie as plain items; every change is one conditional transaction.

Domain data are frozen dataclasses; pydantic stores and loads them, so that there is no second model.
Numbers are whole; a `Decimal` is kept as text, an instant or a date as ISO text. DynamoDB's types are packed here,
since importing boto3 for that takes a sixth of a cold start.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from pydantic import TypeAdapter

from shared.adapters.requests import Replayed, Request
from shared.domain.errors import Conflict, Refused

T = TypeVar("T")
Item = dict[str, Any]


class Stale(Exception):
    """The items that a decision rests on have changed since they were read: gather and decide again.

    `found` holds, per write of the transaction, the stored item whose condition failed, or None.
    """

    def __init__(self, found: Sequence[Item | None]) -> None:
        super().__init__("what the decision rests on has changed")
        self.found = found


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition on an item without versions: that attribute still has that value, plain data."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Write:
    """One item to put, with the condition that must hold.

    `version` None: the item must not exist. A number: the stored item must have that version. `ANY`: no condition.
    `table` names another table than the one that is asked: what is decided of a person and the record of that are one.
    """

    item: Item
    version: int | str | Holds | None = None
    table: str | None = None


ANY = "any"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies, whether there is one or not."""

    table: "Table"
    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: ids, and the one behind which the next part begins, or None at the end."""

    ids: tuple[str, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Table:
    client: Any
    name: str

    def get(self, pk: str, sk: str) -> Item | None:
        """The item as it is now (a consistent read), or None."""
        answer = self.client.get_item(TableName=self.name, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
        return unpack(answer["Item"]) if "Item" in answer else None

    def query(self, pk: str, prefix: str = "") -> list[Item]:
        """All items under `pk` whose sort key starts with `prefix`, in its order."""
        return list(self._found(pk, prefix))

    def page(self, pk: str, prefix: str, after: str | None, limit: int) -> "Page":
        """At most `limit` sort keys that start with `prefix`, from the one behind `after` on."""
        found, then = self.part(pk, prefix, after, limit)
        return Page(tuple(item["sk"] for item in found), then)

    def part(self, pk: str, prefix: str, after: str | None, limit: int) -> tuple[list[Item], str | None]:
        """As `page`, the items themselves, and the sort key behind which the next part begins."""
        found = list(islice(self._found(pk, prefix, after, limit + 1), limit + 1))
        return found[:limit], found[limit - 1]["sk"] if len(found) > limit else None

    def page_of_index(self, index: str, key: tuple[str, str], after: Item | None, limit: int) -> "Page":
        """As `page`, of the partition keys that an index has under `key`, an attribute's name and value.

        `after` has the keys of the last one, in the index and in the table. What was just written may be missing.
        """
        name, value = key
        asked: dict[str, Any] = {
            "TableName": self.name,
            "IndexName": index,
            "KeyConditionExpression": f"{name} = :key",
            "ExpressionAttributeValues": {":key": {"S": value}},
            "Limit": limit + 1,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = pack(after)
        return _page([item["pk"]["S"] for item in self.client.query(**asked)["Items"]], limit)

    def make(self, item: Item, request: Request, answer: Any) -> None:
        """The one thing that a request makes, with what it answers in the same item.

        Raises `Replayed` when this request succeeded before, `Refused` when its key came with another body.
        """
        try:
            self.transact([Write(item | request.record(plain(answer)))])
        except Stale as stale:
            [stored] = stale.found
            assert stored is not None
            raise replay(stored, request) from None

    def transact(self, writes: Sequence[Write], request: Request | None = None, answer: Any = None) -> None:
        """All writes and the request's record, or none of them. A write alone is no transaction, at half its price.

        Raises `Replayed` when this request succeeded before, `Refused` when its key came with another body,
        `Stale` when a condition failed, `Conflict` when the store stayed busy with the same items.
        """
        if request is not None:
            writes = [*writes, Write(request.record(plain(answer)))]
        puts, known = [self._put(write) for write in writes], self.client.exceptions
        try:
            if len(puts) == 1:
                self.client.put_item(**puts[0])
            else:
                self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except known.TransactionCanceledException as error:
            raise self._why(error.response["CancellationReasons"], request) from error
        except known.ConditionalCheckFailedException as error:
            raise self._why([{"Code": "ConditionalCheckFailed", **error.response}], request) from error
        except known.TransactionConflictException as error:
            raise self._why([], None) from error

    def answered(self, request: Request) -> None:
        """Raises `Replayed` or `Refused` when the request's key is known; returns when it is new."""
        stored = self.get(request.pk, request.sk)
        if stored is not None:
            raise replay(stored, request)

    def _found(self, pk: str, prefix: str, after: str | None = None, limit: int | None = None) -> Iterator[Item]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", {**values, ":sk": {"S": prefix}}
        asked: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        if limit:
            asked["Limit"] = limit
        if after:
            asked["ExclusiveStartKey"] = {"pk": {"S": pk}, "sk": {"S": after}}
        while True:
            answer = self.client.query(**asked)
            yield from map(unpack, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, write: Write) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": write.table or self.name, "Item": pack(write.item)}
        if write.version is None:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        elif isinstance(write.version, Holds):
            put["ConditionExpression"] = f"{write.version.name} = :seen"
            put["ExpressionAttributeValues"] = pack({":seen": write.version.value})
        elif write.version != ANY:
            put["ConditionExpression"] = "version = :seen"
            put["ExpressionAttributeValues"] = {":seen": {"N": str(write.version)}}
        put["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return put

    def _why(self, reasons: Sequence[Mapping[str, Any]], request: Request | None) -> Exception:
        found = [unpack(reason["Item"]) if "Item" in reason else None for reason in reasons]
        if request is not None and (stored := found[-1]) is not None:
            return replay(stored, request)
        if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            return Stale(found)
        return Conflict("request_in_flight", "Something else is changing this at the moment. Please try again.")


def read_at_once(places: Sequence[Place]) -> list[Item | None]:
    """The items of several places, of one table or more, as they all are at one moment: one request.

    Raises `Stale` when one of them is being changed at that moment.
    """
    client = places[0].table.client
    asked = [{"TableName": each.table.name, "Key": {"pk": {"S": each.pk}, "sk": {"S": each.sk}}} for each in places]
    try:
        answer = client.transact_get_items(TransactItems=[{"Get": each} for each in asked])
    except client.exceptions.TransactionCanceledException as error:
        raise Stale(()) from error
    return [unpack(each["Item"]) if "Item" in each else None for each in answer["Responses"]]


def _page(found: Sequence[str], limit: int) -> Page:
    """Of one more than was asked for, where there are more."""
    return Page(tuple(found[:limit]), found[limit - 1] if len(found) > limit else None)


def replay(stored: Item, request: Request) -> Exception:
    """What a known key means: the same answer again, or a refusal when the body is another."""
    if stored["body_hash"] != request.body_hash:
        return Refused("idempotency_key_reused", "This Idempotency-Key was used before with another body.")
    return Replayed(stored["status"], stored["answer"])


_adapters: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def plain(thing: Any) -> Any:
    """A dataclass (or list, dict, scalar) as JSON-ready data."""
    return adapter(type(thing)).dump_python(thing, mode="json")


def record(thing: Any, pk: str, sk: str, **attributes: Any) -> Item:
    """The item that keeps `thing` under the given keys; absent values take no space."""
    kept = {name: value for name, value in plain(thing).items() if value is not None}
    return {"pk": pk, "sk": sk, **kept, **attributes}


def brief(thing: Any) -> Any:
    """As `plain`, without what is as its class has it unless told otherwise: only where that means nothing at all."""
    return adapter(type(thing)).dump_python(thing, mode="json", exclude_defaults=True)


def squeezed(data: Any) -> bytes:
    """Plain data at a fifth of its size, for what is long, written once and read whole: a write costs by the KB."""
    return zlib.compress(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode(), 9)


def unsqueezed(data: bytes) -> Any:
    return json.loads(zlib.decompress(data))


def load(kind: type[T], item: Any) -> T:
    """The `kind` that `record` or `brief` kept."""
    loaded: T = adapter(kind).validate_python(item)
    return loaded


def load_all(kind: type[T], items: Iterable[Mapping[str, Any]]) -> list[T]:
    return [load(kind, item) for item in items]


def pack(item: Item) -> dict[str, Any]:
    """The item in DynamoDB's own types. Only plain data may be kept; a `float` or `Decimal` is our own mistake."""
    return {name: _packed(value) for name, value in item.items()}


def unpack(item: Mapping[str, Any]) -> Item:
    return {name: _unpacked(value) for name, value in item.items()}


def _packed(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list() | tuple():
            return {"L": [_packed(inner) for inner in value]}
        case dict():
            return {"M": pack(value)}
    raise AssertionError(f"a {type(value).__name__} cannot be kept")


def _unpacked(value: Mapping[str, Any]) -> Any:
    kind, inside = next(iter(value.items()))
    match kind:
        case "NULL":
            return None
        case "N":
            return int(inside)
        case "L":
            return [_unpacked(inner) for inner in inside]
        case "M":
            return unpack(inside)
    return inside

"""What the stored books say after the sale, read as plain items and summed here: nothing of the product adds it up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from infra.local.outside import Outside
from tests.flash_sale.crowd import End

# Of all calls of the sale, the share that may write one item: what every call writes would be a bottle's neck.
MOST_SHARE = 0.1
# In a small sale that share is less than what a borrower's own checkouts write of his limit.
FEW = 25


@dataclass(frozen=True, slots=True)
class Findings:
    """Sentences, each about one order or borrower."""

    lost: list[str]
    doubled: list[str]
    over: list[str]
    hot: list[str]
    hottest: tuple[tuple[str, int], ...]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.over or self.hot)


def audit(outside: Outside, ends: Sequence[End], capital: int, lender: str) -> Findings:
    """`capital`, in minor units, is what the lender may have outstanding."""
    return found(Books(stored(outside)), ends, _credited(outside), written(outside), {lender: capital})


def found(
    books: "Books", ends: Sequence[End], credited: Counter[str], writes: Counter[str], capital: Mapping[str, int]
) -> Findings:
    """`credited` is how often the rail paid for each order, `writes` how often each item was written."""
    hottest, most = tuple(writes.most_common(3)), max(FEW, int(len(ends) * MOST_SHARE))
    return Findings(
        lost=[*_lost(books, ends, credited)],
        doubled=[*_doubled(books, credited)],
        over=[*_over(books), *_over_capital(books, capital)],
        hot=[f"{key} was written {times} times" for key, times in hottest if times > most],
        hottest=hottest,
    )


class Books:
    """The items of the sale by what they are."""

    def __init__(self, items: Iterable[dict[str, Any]]) -> None:
        kinds: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for item in items:
            kinds[item["sk"]][item["pk"]] = item
        self.heads, self.contracts = kinds["loan"], kinds["loan#contract"]
        self.payouts, self.limits, self.checkouts = kinds["payout"], kinds["limit"], kinds["checkout"]
        self.pointers = Counter(item["sk"] for item in items if item["sk"].startswith("loan_"))

    def of_order(self) -> dict[str, list[str]]:
        """The loans of each order."""
        found: dict[str, list[str]] = defaultdict(list)
        for loan_id, contract in self.contracts.items():
            found[contract["purchase"]["order_id"]].append(loan_id)
        return found

    def lent(self, loan_id: str) -> int:
        return int(self.contracts[loan_id]["terms"]["principal"]["minor"])


def _lost(books: Books, ends: Sequence[End], credited: Counter[str]) -> Iterable[str]:
    """Whoever was told that he has bought has a loan and the merchant his money; whoever was not, has neither."""
    for end in ends:
        if end.how == "unsure":
            yield f"{end.plan.order_id}: nobody knows how it ended ({end.code})"
        if end.how != "confirmed":
            continue
        head, payout = books.heads.get(end.loan_id), books.payouts.get(end.payout_id)
        if head is None or payout is None or head["state"] != "active" or payout["state"] != "settled":
            yield f"{end.plan.order_id}: confirmed, and its loan is not in the books as paid out"
        elif credited[end.plan.order_id] != 1:
            yield f"{end.plan.order_id}: confirmed, and the merchant has {credited[end.plan.order_id]} credits for it"
    told = {end.loan_id for end in ends if end.how == "confirmed"}
    for loan_id in books.heads.keys() - told:
        yield f"{loan_id}: in the books, and nobody was told so"


def _doubled(books: Books, credited: Counter[str]) -> Iterable[str]:
    for order_id, loan_ids in books.of_order().items():
        if len(loan_ids) > 1:
            yield f"{order_id}: {len(loan_ids)} loans"
    paid = Counter(payout["loan_id"] for payout in books.payouts.values())
    for name, times in (paid | books.pointers | credited).items():
        if times > 1:
            yield f"{name}: paid or listed {times} times"
    drawn = Counter(each["loan_id"] for limit in books.limits.values() for each in limit["drawn"])
    for loan_id in books.heads:
        if drawn[loan_id] != 1:
            yield f"{loan_id}: {drawn[loan_id]} times in its borrower's limit"


def _over(books: Books) -> Iterable[str]:
    """By the contracts: nothing was repaid, so that what was lent is what is owed."""
    lent: Counter[str] = Counter()
    for loan_id, head in books.heads.items():
        lent[head["borrower_id"]] += books.lent(loan_id)
    for borrower_id, limit in books.limits.items():
        held = sum(int(each["amount"]["minor"]) for each in limit["reserved"])
        if lent[borrower_id] + held > limit["granted"]["minor"]:
            yield f"{borrower_id}: {lent[borrower_id]} lent and {held} reserved of {limit['granted']['minor']}"


def _over_capital(books: Books, capital: Mapping[str, int]) -> Iterable[str]:
    for lender, most in capital.items():
        lent = sum(books.lent(loan_id) for loan_id, head in books.heads.items() if head["partner_id"] == lender)
        if lent > most:
            yield f"{lender}: lent {lent} of {most}"


def _credited(outside: Outside) -> Counter[str]:
    """How often the rail paid for each order, by its own record."""
    return Counter(each["order"]["remark"] for each in outside.payouts() if each["status"] == "settled")


def stored(outside: Outside) -> list[dict[str, Any]]:
    """Every item of the loans book."""
    pages = outside.cloud.client("dynamodb").get_paginator("scan").paginate(TableName=outside.outputs.loans_table)
    unpack = TypeDeserializer().deserialize
    return [{name: unpack(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def written(outside: Outside) -> Counter[str]:
    """How often each item was written, by the table's stream."""
    table, streams = outside.cloud.client("dynamodb"), outside.cloud.client("dynamodbstreams")
    arn = table.describe_table(TableName=outside.outputs.loans_table)["Table"]["LatestStreamArn"]
    times: Counter[str] = Counter()
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        place = streams.get_shard_iterator(**asked)["ShardIterator"]
        while place:
            answer = streams.get_records(ShardIterator=place, Limit=1000)
            if not answer["Records"]:
                break
            for each in answer["Records"]:
                keys = each["dynamodb"]["Keys"]
                times[f"{keys['pk']['S']} {keys['sk']['S']}"] += 1
            place = answer.get("NextShardIterator")
    return times

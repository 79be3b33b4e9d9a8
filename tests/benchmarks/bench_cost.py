"""What one loan's whole life writes and reads in the books, in DynamoDB's units, and what AWS charges for it.

    .venv/bin/python -m tests.benchmarks.bench_cost

A loan over twelve months is applied for, decided, accepted, paid out and repaid on its twelve due dates, by the
product's own verbs on tables in memory, with ids as long as real ones. Units are counted from the sizes of the items:
a write unit per started KB, twice in a transaction; one for each key that an index takes in or gives up; a read unit
per started 4 KB, consistent. Prices are AWS's list prices of September 2026.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import botocore.session
from moto import mock_aws

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.partners import Partners
from shared.adapters.rails import Amount, PaymentNews
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, plain
from shared.adapters.work_index import KEYS
from shared.application.accept_offer import accept_offer
from shared.application.check_book import is_book_right
from shared.application.decide_application import decide_application
from shared.application.order_disbursement import order_disbursement
from shared.application.order_repayment import order_repayment
from shared.application.settle_payout import settle_payout
from shared.application.settle_repayment import settle_repayment
from shared.application.submit_application import submit_application
from shared.domain.schedule import Row, schedule
from tests.conftest import REGION, table
from tests.sandbox import PARTNERS, earning, ready, rupees

# Dollars a million write and read units.
PRICES = {"us-east-1": {"write": 0.625, "read": 0.125}, "ap-south-1": {"write": 0.71, "read": 0.1425}}
BORROWER = "brw_c9b1f3d0-7aa5-4c34-9c55-0f0c39d5a1f6"


@dataclass
class Meter:
    """Units by step, and the largest item of each kind. `begin` names the step that the following calls belong to."""

    step: str = ""
    units: dict[str, Counter[str]] = field(default_factory=dict)
    largest: Counter[str] = field(default_factory=Counter)
    listed: dict[tuple[str, str, str], tuple[Any, ...]] = field(default_factory=dict)

    def begin(self, step: str) -> None:
        self.step = step
        self.units.setdefault(step, Counter())

    def watch(self, client: Any) -> None:
        events = client.meta.events
        events.register("provide-client-params.dynamodb.TransactWriteItems", self.written)
        events.register("after-call.dynamodb.GetItem", self.got)
        events.register("after-call.dynamodb.Query", self.queried)

    def written(self, params: dict[str, Any], **_: Any) -> None:
        for one in params["TransactItems"]:
            self.put(one["Put"]["Item"], 2)
        self.units[self.step].update(calls=1)

    def put(self, item: dict[str, Any], factor: int) -> None:
        pk, sk, bytes_ = item["pk"]["S"], item["sk"]["S"], size(item)
        kind = sk if pk[0] != "b" or sk == "open" else f"pointer to {sk}"
        self.largest[kind.partition(".")[0].partition("_")[0]] |= 0
        name = kind.partition(".")[0].partition("_")[0]
        self.largest[name] = max(self.largest[name], bytes_)
        self.units[self.step].update(write=factor * ceil(bytes_ / 1024), index=self._moved(pk, sk, item))

    def _moved(self, pk: str, sk: str, item: dict[str, Any]) -> int:
        """Keys that indexes gave up and took in."""
        moved = 0
        for index, names in KEYS.items():
            now = tuple(item.get(name, {}).get("S") for name in names)
            was = self.listed.get((index, pk, sk), (None, None))
            moved += (was != now) * (all(was) + all(now))
            self.listed[index, pk, sk] = now
        return moved

"""What one loan's whole life writes and reads in the books, in DynamoDB's units, and what AWS charges for it.

    .venv/bin/python -m tests.benchmarks.bench_cost

A loan over twelve months is applied for, decided, accepted, paid out and repaid on its twelve due dates, by the
product's own verbs on tables in memory. Units are counted from the sizes of the items: a write unit per started KB,
twice in a transaction; a read unit per started 4 KB, consistent. Prices are AWS's list prices of September 2026.
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
from shared.adapters.table import Write, pack, plain, record
from shared.application.accept_offer import accept_offer
from shared.application.decide_application import decide_application
from shared.application.order_disbursement import order_disbursement
from shared.application.order_repayment import order_repayment
from shared.application.settle_payout import settle_payout
from shared.application.settle_repayment import settle_repayment
from shared.application.submit_application import submit_application
from shared.domain.schedule import schedule
from tests.conftest import REGION, table
from tests.sandbox import PARTNERS, earning, ready, rupees

# Dollars a million write and read units.
PRICES = {"us-east-1": {"write": 0.625, "read": 0.125}, "ap-south-1": {"write": 0.71, "read": 0.1425}}


@dataclass
class Meter:
    """Units by step. `begin` names the step that the following calls belong to."""

    step: str = ""
    units: dict[str, Counter[str]] = field(default_factory=dict)

    def begin(self, step: str) -> None:
        self.step = step
        self.units.setdefault(step, Counter())

    def written(self, params: dict[str, Any], **_: Any) -> None:
        sizes = [size(one["Put"]["Item"]) for one in params["TransactItems"]]
        self.units[self.step].update(write=sum(2 * ceil(each / 1024) for each in sizes), calls=1)

    def got(self, parsed: dict[str, Any], **_: Any) -> None:
        self.units[self.step].update(read=max(1, ceil(size(parsed.get("Item", {})) / 4096)), calls=1)

    def queried(self, parsed: dict[str, Any], **_: Any) -> None:
        self.units[self.step].update(read=max(1, ceil(sum(map(size, parsed["Items"])) / 4096)), calls=1)


def size(item: dict[str, Any]) -> int:
    """Bytes as DynamoDB counts them: names and values; a number about half its digits, a list or map three more."""
    return sum(len(name) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
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
    return 1


class Known:
    """Stands in for the people book, whose reads are counted as one each."""

    def get(self, _: str) -> Any:
        return ready()

    def features(self, *_: Any) -> Any:
        return earning()


class NoLender:
    def prices(self, _: Any) -> dict[str, Any]:
        return {}


def asked(step: str, number: int = 0) -> Request:
    return Request("brw_asha", f"POST /v1/{step}", f"{step}-{number}", "0" * 64, 201)


def live(meter: Meter, client: Any) -> int:
    """One loan from its application to its end; the size of its head in the middle of its life."""
    books = table(client, "loans")
    loans, applications, at = Loans(books), Applications(books), datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    meter.begin("set-up")
    for partner in PARTNERS.values():
        books.transact([Write({"pk": "partners", "sk": partner.partner_id, "partner": plain(partner)})])
    known: Any = Known()
    meter.begin("apply")
    submit_application(
        "app_1", rupees(20_000), 12, at, people=known, applications=applications, request=asked("apply"), view=_same
    )
    meter.begin("score")
    lenders: Any = NoLender()
    decide_application(
        "app_1", at, applications=applications, borrowers=known, partners=Partners(books), pricing=lenders
    )
    offer = applications.offers("app_1")[0]
    meter.begin("accept")
    accept_offer(
        "app_1", offer.offer_id, offer.kfs_hash, "loan_1", at,
        applications=applications, loans=loans, request=asked("accept"), view=lambda loan: loan.loan_id,
    )  # fmt: skip
    meter.begin("disburse")
    order_disbursement("loan_1", "pout_1", at, loans=loans, request=asked("disburse"), view=lambda loan: loan.loan_id)
    meter.begin("payout settled")
    settle_payout("pout_1", "settled", at.date(), None, "pout_0", at, loans=loans)
    middle = 0
    for row in schedule(offer.contract.terms, at.date()):
        day, pay = at + timedelta(days=(row.due_on - at.date()).days), f"pay_{row.number}"
        meter.begin("repayment ordered")
        order_repayment(
            "loan_1", pay, row.total, "instalment", day, loans=loans, request=asked("repay", row.number), view=_same
        )
        meter.begin("repayment settled")
        amount = Amount(minor=row.total.minor, currency="INR")
        news = PaymentNews(
            type="payment.received",
            payment_id=f"upi_{row.number}",
            reference=pay,
            amount=amount,
            received_on=row.due_on,
        )
        settle_repayment(news, "pout_2", day, loans=loans)
        if row.number == 6:
            middle = size(pack(record(loans.get("loan_1")[0], "loan_1", "loan")))
    assert loans.get("loan_1")[0].state == "closed"
    return middle


def _same(thing: Any) -> Any:
    return thing


def main() -> None:
    meter = Meter()
    with mock_aws():
        session = botocore.session.get_session()
        session.set_credentials("none", "none")
        client = session.create_client("dynamodb", region_name=REGION)
        client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", meter.written)
        client.meta.events.register("after-call.dynamodb.GetItem", meter.got)
        client.meta.events.register("after-call.dynamodb.Query", meter.queried)
        head = live(meter, client)
    meter.units.pop("set-up")
    print(f"{'':20}{'write units':>14}{'read units':>12}{'calls':>8}")
    for step, units in meter.units.items():
        print(f"{step:20}{units['write']:>14}{units['read']:>12}{units['calls']:>8}")
    whole = sum(meter.units.values(), Counter())
    print(f"{'a loan of 12 months':20}{whole['write']:>14}{whole['read']:>12}{whole['calls']:>8}")
    print(f"\nThe loan's head has {head} bytes.")
    for region, price in PRICES.items():
        dollars = (whole["write"] * price["write"] + whole["read"] * price["read"]) / 1e6
        print(f"{region}: ${dollars * 1000:.3f} for the books of 1,000 loans")


if __name__ == "__main__":
    main()

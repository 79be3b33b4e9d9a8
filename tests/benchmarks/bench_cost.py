"""What one loan's whole life writes and reads in the books, in DynamoDB's units, and what AWS charges for it.

    .venv/bin/python -m tests.benchmarks.bench_cost

A loan over twelve months is applied for, decided, accepted, paid out and repaid on its twelve due dates, by the
product's own verbs on tables in memory, with ids as long as real ones. Units are counted from the sizes of the items:
a write unit per started KB, twice in a transaction, and one for each key that an index takes in or gives up; a read
unit per started 4 KB, consistent. Prices are AWS's list prices of September 2026.

The goal is 70 units written and 25 read. What is above it, and why it stays:
- An order before each payment: 2 units to write and list it, 2 for what came of it. Money comes from outside, so that a
  borrower's wish and the money itself are two facts, and he asks for them by the order's id. Written: 48.
- The index of the night: a head that moves to its next due date leaves one key and enters another. It saves reading
  all loans that need nothing. Written: 24. In the index of notices a payment leaves the loan where it is.
- The index of money that moved: one unit for each step in which it did, 13. A settlement then reads a day of one lender
  and no loan.
- A payout is listed while it is on its way: 2, so that what is late is found without a search. Before it is sent it is
  said that it may have been, and that it was: so nothing but the rail's own answer fails it.
- An application is listed while it waits for the scorer: 2, so that one whose message was lost is found by a read.
- A sanction is listed under the day of its end: 2, so that what nobody takes up is found by the night.
- A contract that is over a kilobyte: 2 units once. It lies beside the head, so that one read has both.
- Each order reads the head, each settlement the order and the head: 36. A read costs a fifth of a unit written, and a
  tenth of one in a transaction. The head is compared with the whole journal by whoever answers the payment with a
  notice, who reads it anyway.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners
from shared.adapters.rails import Amount, PaymentNews, Standing
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, plain
from shared.application.accept_offer import accept_offer
from shared.application.check_book import is_book_right
from shared.application.decide_application import decide_application
from shared.application.make_offers import Lenders
from shared.application.order_disbursement import order_disbursement
from shared.application.order_repayment import order_repayment
from shared.application.send_payout import send_payout
from shared.application.settle_payout import settle_payout
from shared.application.settle_repayment import settle_repayment
from shared.application.submit_application import submit_application
from shared.domain.money import Money
from shared.domain.schedule import schedule
from tests.memory import Dynamo, size
from tests.sandbox import AT, PARTNERS, earning, ready, rupees

# Dollars a million write and read units.
PRICES = {"us-east-1": {"write": 0.625, "read": 0.125}, "ap-south-1": {"write": 0.71, "read": 0.1425}}
BORROWER = "brw_c9b1f3d0-7aa5-4c34-9c55-0f0c39d5a1f6"
APPLICATION, LOAN, PAYOUT = (f"{kind}_01KAPXN5V7Q3R8ZC4M2T9W6EYH" for kind in ("app", "loan", "pout"))


class Known:
    """Stands in for the people book, whose reads are not counted here."""

    def get(self, _: str) -> Any:
        return ready(id=BORROWER, account_check="verified", account_usable_from=AT)

    def places(self, _: str) -> tuple[()]:
        return ()

    def features(self, *_: Any) -> Any:
        return earning(), ()

    def account_stands(self, *_: Any) -> str:
        return "go"

    def beneficiary(self, *_: Any) -> None:
        """Nobody: the rail here looks at no account."""


class Rail:
    """Takes a payout, and tells what became of it later."""

    def send(self, *_: Any) -> Standing:
        return Standing("accepted")


class NoLender:
    def prices(self, _: Any) -> dict[str, Any]:
        return {}


@dataclass
class Life:
    """One loan, its books, and the units of each step."""

    client: Dynamo = field(default_factory=Dynamo)
    units: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.books = Table(self.client, "loans")
        self.loans, self.applications = Loans(self.books), Applications(self.books)
        for partner in PARTNERS.values():
            self.books.transact([Write({"pk": "partners", "sk": partner.partner_id, "partner": plain(partner)})])

    def step(self, name: str, verb: Callable[..., Any], *given: Any, **named: Any) -> Any:
        before = Counter(self.client.billed)
        made = verb(*given, **named)
        self.units.setdefault(name, Counter()).update(self.client.billed - before)
        return made

    def begun(self) -> None:
        """From the application to the money in the account."""
        known: Any = Known()
        lenders: Any = NoLender()
        given: dict[str, Any] = {"applications": self.applications, "request": asked("applications"), "view": same}
        self.step("apply", submit_application, APPLICATION, rupees(20_000), 12, AT, people=known, **given)
        given = {"applications": self.applications}
        given["lenders"] = Lenders(Partners(self.books), lenders, Healths(self.books))
        self.step("score", decide_application, APPLICATION, BORROWER, AT, borrowers=known, loans=self.loans, **given)
        offer, *_ = self.applications.offers(APPLICATION)
        given = {"loans": self.loans, "view": lambda loan: {"loan_id": loan.loan_id, "state": loan.state}}
        accepted = given | {
            "applications": self.applications,
            "people": known,
            "request": asked(f"applications/{APPLICATION}/acceptance"),
        }
        self.step("accept", accept_offer, APPLICATION, offer.offer_id, offer.kfs_hash, LOAN, AT, **accepted)
        ordered = given | {"people": known, "request": asked(f"loans/{LOAN}/disbursement")}
        self.step("disburse", order_disbursement, LOAN, PAYOUT, AT, **ordered)
        sent: dict[str, Any] = {"loans": self.loans, "borrowers": known, "rails": lambda _: Rail()}
        self.step("payout sent", send_payout, PAYOUT, PAYOUT, AT, **sent)
        self.step("payout settled", settle_payout, PAYOUT, "settled", AT.date(), None, PAYOUT, AT, loans=self.loans)

    def repaid(self, number: int, amount: Money, on: date) -> None:
        """One instalment, ordered and paid on its due date."""
        at = datetime.combine(on, time(6, 30), UTC)
        request = asked(f"loans/{LOAN}/repayments", number, makes="pay")
        given: dict[str, Any] = {"loans": self.loans, "request": request, "view": linked}
        self.step("repayment ordered", order_repayment, LOAN, amount, "instalment", at, **given)
        news = PaymentNews(
            type="payment.received",
            payment_id=f"upi_{number:032}",
            reference=request.made_id,
            amount=Amount(minor=amount.minor, currency="INR"),
            received_on=on,
        )
        self.step("repayment settled", settle_repayment, news, PAYOUT, at + timedelta(minutes=1), loans=self.loans)

    def largest(self) -> dict[str, int]:
        """Bytes of the largest item of each kind that the loan has at present."""
        found: Counter[str] = Counter()
        for pk, items in self.client.items.items():
            for sk, item in items.items():
                kind = pk.split("_")[0] + " " + sk.split(".")[0].split("_0")[0].split("/")[0]
                found[kind] = max(found[kind], size(item))
        return found


def asked(path: str, number: int = 0, makes: str | None = None) -> Request:
    key = f"5f0c39d5-7aa5-4c34-9c55-c9b1f3d0a1{number:02}"
    return Request(BORROWER, f"POST /v1/{path}", key, "0" * 64, 201, makes)


def same(thing: Any) -> Any:
    return thing


def linked(order: Any) -> Any:
    return plain(order) | {"pay_link": order.pay_link}


def main() -> None:
    life = Life()
    life.begun()
    contract, largest = life.loans.get(LOAN)[1], Counter[str]()
    for row in schedule(contract.terms, AT.date()):
        life.repaid(row.number, row.total, row.due_on)
        largest |= Counter(life.largest())
    assert life.loans.get(LOAN)[0].state == "closed" and is_book_right(LOAN, loans=life.loans)
    print(f"{'':20}{'write units':>14}{'of indexes':>12}{'read units':>12}{'calls':>8}")
    whole = sum(life.units.values(), Counter[str]())
    for step, units in {**life.units, "a loan of 12 months": whole}.items():
        print(f"{step:20}{units['write']:>14}{units['index']:>12}{units['half_read'] / 2:>12g}{units['requests']:>8}")
    print("\nThe largest item of each kind, in bytes:")
    for kind, most in sorted(largest.items()):
        print(f"    {kind:40}{most:>6}")
    for region, price in PRICES.items():
        dollars = ((whole["write"] + whole["index"]) * price["write"] + whole["half_read"] / 2 * price["read"]) / 1e6
        print(f"{region}: ${dollars * 1000:.3f} for the books of 1,000 loans")


if __name__ == "__main__":
    main()

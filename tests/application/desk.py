"""One loan, all the verbs that move its money, a rail in memory, and a death that comes at a chosen call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Self

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.people import People
from shared.adapters.rails import Amount, NoAnswer, PaymentNews, PayoutNews, ReturnNews, Standing
from shared.adapters.requests import Request
from shared.adapters.table import ANY, Table, Write, load, record, unpack
from shared.application.cancel_loan import cancel_loan
from shared.application.hear_payout_news import hear_payout_news
from shared.application.order_disbursement import order_disbursement
from shared.application.order_repayment import order_repayment
from shared.application.return_repayment import return_repayment
from shared.application.send_payout import send_payout
from shared.application.settle_payout import settle_payout
from shared.application.settle_repayment import settle_repayment
from shared.domain.beneficiary import Beneficiary
from shared.domain.ledger import balances
from shared.domain.loan import sanctioned
from shared.domain.money import Money
from shared.domain.payouts import Payout
from shared.domain.repayment_orders import RepaymentOrder
from tests.domain.lending import contract, rupees
from tests.sandbox import ready

AT = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)
ON = date(2026, 1, 31)
LATER = timedelta(days=1)


class Killed(BaseException):
    """The machine went away: nothing that the product catches."""


class Death:
    """Comes at one call to the outside, before it is made or after it was done and its reply was lost."""

    def __init__(self) -> None:
        self.calls, self.at, self.comes_after = 0, 0, False

    def counts(self, client: Any) -> None:
        client.meta.events.register("before-call.dynamodb", self.before)
        client.meta.events.register("after-call.dynamodb", self.after)

    def at_call(self, number: int, comes_after: bool) -> None:
        self.calls, self.at, self.comes_after = 0, number, comes_after

    def before(self, **_: Any) -> None:
        self.calls += 1
        if self.calls == self.at and not self.comes_after:
            raise Killed

    def after(self, **_: Any) -> None:
        if self.calls == self.at and self.comes_after:
            raise Killed


@dataclass
class Rail:
    """Pays each id once, and says what it was told to say."""

    death: Death
    says: str = "settled"
    loses_reply: bool = False
    refuses: bool = False
    paid: dict[str, Money] = field(default_factory=dict)

    def send(self, payout: Payout, _: Beneficiary) -> Standing:
        self.death.before()
        if self.refuses:
            return Standing("refused", "refused by the rail (409)")
        if self.says != "failed":
            self.paid.setdefault(payout.payout_id, payout.amount)
        self.death.after()
        if self.loses_reply:
            raise NoAnswer("lost")
        return Standing(self.says)

    def ask(self, payout: Payout) -> Standing | None:
        self.death.before()
        self.death.after()
        return Standing(self.says) if payout.payout_id in self.paid else None


@dataclass
class Accounts:
    """What the vault would open, of a borrower whose account takes refunds or not."""

    stands: str = "go"

    def account_stands(self, _: str, __: datetime) -> str:
        return self.stands

    def beneficiary(self, _: str, __: datetime) -> Beneficiary:
        return Beneficiary("Asha Verma", "000111222", "HDFC0000001")


class Desk:
    """One loan and all that is done with it. Every try has ids of its own; looking on is no call that counts."""

    numbers = count(1)

    def __init__(self, book: Table, death: Death, onlooker: Any) -> None:
        self.onlooker = onlooker
        self.loans, self.rail, self.number = Loans(book), Rail(death), next(self.numbers)
        self.loan_id, self.contract, self.asked_of = f"loan_{self.number}", contract(), list[str]()
        loan = sanctioned(self.loan_id, "brw_asha", self.contract, "app_1", "off_1", AT)
        heads = (record(loan, self.loan_id, HEAD), record(self.contract, self.loan_id, CONTRACT))
        book.transact([Write(item) for item in heads])
        self.known = People(book)
        asha = ready(account_check="verified", account_usable_from=AT)
        book.transact([Write(record(asha, asha.id, "borrower"), ANY)])

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"

    def given(self, key: str, view: Callable[[Any], Any], makes: str | None = None) -> dict[str, Any]:
        request = Request("brw_asha", f"POST /v1/loans/{self.loan_id}", key, "hash", 201, makes)
        return {"loans": self.loans, "request": request, "view": view}

    def disburse(self, key: str = "disburse") -> Any:
        given = self.given(key, lambda loan: {"payout": loan.payout_id})
        return order_disbursement(self.loan_id, self.new_id("pout"), AT, people=self.known, **given)

    def cancel(self, key: str = "cancel") -> Any:
        given = self.given(key, lambda loan: {"state": loan.state})
        return cancel_loan(self.loan_id, AT, **given)

    def order(
        self,
        amount: str = "969.73",
        purpose: str = "instalment",
        key: str = "order",
        choice: str | None = None,
        method: str = "upi",
    ) -> Any:
        """Of another method under another key."""
        given = self.given(f"{key} {method}", lambda made: {"id": made.repayment_id}, makes="pay")
        return order_repayment(self.loan_id, rupees(amount), purpose, AT, choice=choice, method=method, **given)

    def send(self, stands: str = "go") -> Payout:
        """`stands` is what is true of the borrower's account at that moment."""
        accounts: Any = Accounts(stands)
        given: dict[str, Any] = {"loans": self.loans, "borrowers": accounts, "rails": self.rail_of}
        return send_payout(self.payouts()[-1].payout_id, self.new_id("pout"), AT, **given)

    def rail_of(self, name: str) -> Any:
        self.asked_of.append(name)
        return self.rail

    def settle(self, status: str = "settled", on: date | None = ON) -> Payout:
        payout_id = self.payouts()[-1].payout_id
        return settle_payout(payout_id, status, on, None, self.new_id("pout"), AT, loans=self.loans)

    def hear(self, news_type: Any) -> Payout | None:
        told = PayoutNews(type=news_type, reference=self.payouts()[-1].payout_id)
        return hear_payout_news(told, self.new_id("pout"), AT, loans=self.loans)

    def receive(
        self,
        amount: str = "969.73",
        payment: str = "upi_1",
        currency: str = "INR",
        order: str | None = None,
        rail: str = "upi",
    ) -> str | None:
        news = PaymentNews(
            type="payment.received",
            payment_id=payment,
            reference=order or self.orders()[0].repayment_id,
            amount=Amount(minor=rupees(amount).minor, currency=currency),
            received_on=ON,
            rail=rail,
        )
        return settle_repayment(news, self.new_id("pout"), AT, loans=self.loans)

    def bounce(self, payment: str = "upi_1", order: str | None = None) -> str | None:
        reference = order or self.orders()[0].repayment_id
        news = ReturnNews(type="payment.returned", payment_id=payment, reference=reference)
        return return_repayment(news, AT, loans=self.loans)

    def lent(self) -> Self:
        self.disburse()
        self.settle()
        return self

    def payouts(self) -> list[Payout]:
        """In the order in which they were made."""
        found = [load(Payout, item) for item in self.items("payout")]
        return sorted(found, key=lambda payout: int(payout.payout_id.removeprefix("pout_")))

    def orders(self) -> list[RepaymentOrder]:
        book = Loans(Table(self.onlooker, self.loans.table.name))
        found = [book.repayment_order(item["repayment_id"]) for item in self.items("order")]
        return [order for order in found if order is not None]

    def items(self, sk: str) -> list[dict[str, Any]]:
        stored = self.onlooker.scan(TableName=self.loans.table.name)["Items"]
        return [item for item in map(unpack, stored) if item["sk"] == sk and item.get("loan_id") == self.loan_id]

    def state(self) -> str:
        return self.loans.get(self.loan_id)[0].state

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.loans.entries(self.loan_id)]

    def balance(self, account: str) -> int:
        return balances(self.loans.entries(self.loan_id)).get(account, 0)

"""An overdue loan and everybody who has a part in its waiver: the borrower, the desk, and the days that pass."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from shared.adapters.applications import Applications
from shared.adapters.audit import Audit
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.rails import Amount, PaymentNews
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.adapters.waivers import Waivers
from shared.application.ask_waiver import ask_waiver
from shared.application.decide_waiver import decide_waiver
from shared.application.list_waivers import waiver_with_figures
from shared.application.order_repayment import order_repayment
from shared.application.reverse_waiver import reverse_waiver
from shared.application.settle_repayment import settle_repayment
from shared.application.settle_waivers import settle_waivers
from shared.application.show_waiver import Terms, standing, waiver_terms
from shared.application.work_loan import work_loan
from shared.domain.allocation import Waterfall
from shared.domain.applications import Application
from shared.domain.ledger import balances
from shared.domain.penal import Penalty
from shared.domain.scoring import Decision as Scored
from shared.domain.staff import Decision, Staff, figures_hash
from shared.domain.waivers import Waiver
from tests.domain.lending import Life, contract, rupees

REVIEWER, APPROVER = Staff("stf_ravi", ("reviewer",)), Staff("stf_anita", ("approver",))
NOON = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
ORDER = ("interest", "principal", "fee")
# With the market's limits: granted by rule, decided by one reviewer, decided by two.
SMALL, MIDDLING, LARGE = "20000", "200000", "2000000"


def told(meanwhile: Callable[[], object] | None) -> Callable[..., dict[str, str]]:
    """A view during which something else happens, the first time."""
    acts = [meanwhile] if meanwhile else []

    def view(waiver: Waiver, _: str = "en") -> dict[str, str]:
        if acts:
            acts.pop()()
        return {"state": waiver.state}

    return view


class Overdue:
    """A loan of 31 January of which two dues are unpaid on 1 April. Every try makes ids of its own, as a door does."""

    numbers = count(1)

    def __init__(self, book: Table, onlooker: Any, principal: str = MIDDLING, grade: str = "C") -> None:
        self.loans, self.waivers_of, self.onlooker = Loans(book), Waivers(book), onlooker
        self.number, self.at = next(self.numbers), NOON
        self.loan_id, self.borrower_id = f"loan_{self.number}", f"brw_{self.number}"
        order = Waterfall(ORDER, ORDER, ("interest", "principal"), afterwards=("penalty",))
        self.contract = contract(principal, penal=Penalty("charge", Decimal("0.24"), 3), waterfall=order)
        life = Life(self.contract).until(date(2026, 3, 31))
        names: dict[str, Any] = {
            "loan_id": self.loan_id,
            "borrower_id": self.borrower_id,
            "application_id": f"app_{self.number}",
        }
        scored = Scored("approve", "in-1", 600, grade, (), (), rupees("50000"), rupees("9000"))
        asked = Application(
            names["application_id"], self.borrower_id, "in", rupees(principal), 24, "cash", "accepted", NOON
        )
        start, head = replace(life.start, **names), replace(life.loan, **names)
        book.transact(
            [
                Write(record(replace(asked, decision=scored), asked.application_id, "application")),
                Write(record(start, self.loan_id, HEAD)),
                Write(record(self.contract, self.loan_id, CONTRACT)),
            ]
        )
        self.loans.book(head, self.contract, life.entries)

    def days_pass(self, days: int) -> "Overdue":
        self.at += timedelta(days=days)
        return self

    def night(self) -> None:
        work_loan(self.loan_id, self.at.date(), self.new_id("pout"), self.at, loans=self.loans)

    def terms(self) -> Terms:
        applications = Applications(self.loans.table)
        return waiver_terms(self.loan_id, self.borrower_id, self.at, applications=applications, **self.books())

    def ask(self, key: str = "ask", reason: str = "illness", meanwhile: Callable[[], object] | None = None) -> Any:
        """`meanwhile` happens between the decision and its write."""
        return ask_waiver(
            self.loan_id,
            reason,
            self.new_id("wvr"),
            self.new_id("aud"),
            self.at,
            applications=Applications(self.loans.table),
            request=self.request(self.borrower_id, key),
            view=told(meanwhile),
            **self.books(),
        )

    def decide(
        self,
        member: Staff = REVIEWER,
        approves: bool = True,
        key: str = "",
        seen: str = "",
        meanwhile: Callable[[], object] | None = None,
    ) -> Any:
        waiver_id = self.waiver().waiver_id
        return decide_waiver(
            waiver_id,
            approves,
            "Seen the letter.",
            seen or self.seen(),
            self.new_id("aud"),
            self.at,
            member=member,
            request=self.request(member.staff_id, key or f"decide-{member.staff_id}"),
            view=told(meanwhile),
            **self.books(),
        )

    def reverse(self, key: str = "reverse") -> Any:
        return reverse_waiver(
            self.waiver().waiver_id,
            "The letter was forged.",
            self.new_id("aud"),
            self.at,
            member=APPROVER,
            request=self.request(APPROVER.staff_id, key),
            view=lambda waiver: {"state": waiver.state},
            **self.books(),
        )

    def settle(self) -> None:
        settle_waivers("in", self.at.date(), **self.books())

    def pay(self, minor: int, payment: str) -> None:
        """Orders a repayment, and the rail says that it came."""
        request = Request(self.borrower_id, "POST …/repayments", payment, "hash", 201, "pay")
        amount = replace(rupees("1"), minor=minor)
        order_repayment(
            self.loan_id, amount, "instalment", self.at, loans=self.loans, request=request, view=lambda _: {}
        )
        news = PaymentNews(
            type="payment.received",
            payment_id=payment,
            reference=request.made_id,
            amount=Amount(minor=minor, currency="INR"),
            received_on=self.at.date(),
        )
        settle_repayment(news, self.new_id("pout"), self.at, loans=self.loans)

    def seen(self) -> str:
        """The hash of the figures that the desk shows now; looking on is no call that counts."""
        book = Table(self.onlooker, self.loans.table.name)
        waiver_id = self.waiver().waiver_id
        return figures_hash(waiver_with_figures(waiver_id, self.at, loans=Loans(book), waivers_of=Waivers(book))[2])

    def waiver(self) -> Waiver:
        return self.all()[-1]

    def all(self) -> tuple[Waiver, ...]:
        return Waivers(Table(self.onlooker, self.loans.table.name)).of_loan(self.loan_id)

    def state(self) -> str:
        return standing(self.waiver(), self.at, loans=self.loans)

    def reserved(self) -> int:
        book = Waivers(Table(self.onlooker, self.loans.table.name))
        return sum(part.reserved for part in book.budget("in", f"{NOON:%Y-%m}"))

    def decisions(self) -> list[Decision]:
        return Audit(self.loans.table).page("in", f"{self.at:%Y-%m}", None, 50)[0]

    def balance(self, account: str) -> int:
        return balances(self.loans.entries(self.loan_id)).get(account, 0)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.loans.entries(self.loan_id)]

    def books(self) -> dict[str, Any]:
        return {"loans": self.loans, "waivers_of": self.waivers_of}

    def request(self, caller: str, key: str) -> Request:
        return Request(caller, f"POST {self.loan_id}", key, "hash", 201)

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers):06}"

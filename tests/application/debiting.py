"""A loan with a mandate, a rail that debits in memory, and the stages of a debit."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.adapters.debits import Debits
from shared.adapters.rails import Amount, DebitNews, DebitStanding, MandateNews, NoAnswer, PaymentNews
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record, unpack
from shared.application.attend_loan import look
from shared.application.give_mandate import give_mandate, hear_mandate, revoke_mandate
from shared.application.hear_mandate_news import hear_mandate_news
from shared.application.place_debit import place_debit
from shared.application.send_debit import send_debit
from shared.application.settle_repayment import settle_repayment
from shared.domain.debits import Debit
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder
from shared.domain.telling import SENT, Message, Telling
from tests.application.desk import AT, ON, Death, Desk
from tests.domain.lending import rupees
from tests.memory import Dynamo

HERE = ZoneInfo("Asia/Kolkata")
DUE = date(2026, 2, 28)
DAY = timedelta(days=1)
INSTALMENT = rupees("969.73")


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=HERE)


NOTICED, DEBITED = at(DUE - 2 * DAY, 10), at(DUE, 5, 20)


@dataclass
class DebitRail:
    """Debits each id once. `says` is what becomes of the next debits; with `loses` nobody hears the answers."""

    death: Death
    says: str = "settled"
    loses: bool = False
    refuses: bool = False
    taken: dict[str, Money] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def debit(self, order: RepaymentOrder) -> DebitStanding:
        self.death.before()
        if self.refuses:
            return DebitStanding("refused", "refused by the rail (422)")
        says = self.known.setdefault(order.repayment_id, self.says)
        if says == "settled":
            self.taken.setdefault(order.repayment_id, order.amount)
        self.death.after()
        if self.loses:
            raise NoAnswer("lost")
        return self._standing(order)

    def ask_debit(self, order: RepaymentOrder) -> DebitStanding | None:
        self.death.before()
        self.death.after()
        return self._standing(order) if order.repayment_id in self.known else None

    def revoke(self, mandate_id: str) -> None:
        if self.loses:
            raise NoAnswer("lost")
        self.ended.append(mandate_id)

    def _standing(self, order: RepaymentOrder) -> DebitStanding:
        says = self.known[order.repayment_id]
        if says == "settled":
            return DebitStanding(says, payment=came(order))
        return DebitStanding(says, "insufficient_funds" if says == "failed" else None)


def came(order: RepaymentOrder) -> PaymentNews:
    return PaymentNews(
        type="payment.received",
        payment_id=f"dbt_{order.repayment_id}",
        reference=order.repayment_id,
        amount=Amount(minor=order.amount.minor, currency=order.amount.currency),
        received_on=DUE,
    )


class DebitDesk(Desk):
    """In a store in memory, which counts no call while it is only looked at."""

    def __init__(self, death: Death) -> None:
        self.store = Dynamo(death)
        super().__init__(Table(self.store, "loans"), death, self.store)
        self.bank = DebitRail(death)

    def items(self, sk: str) -> list[dict[str, Any]]:
        stored = [unpack(under[sk]) for under in self.store.items.values() if sk in under]
        return [item for item in stored if item.get("loan_id") == self.loan_id]

    def give(self, *, is_heard: bool = True) -> None:
        request = Request("brw_asha", f"POST /v1/loans/{self.loan_id}/mandate", "give", "hash", 201)
        made = give_mandate(
            self.loan_id,
            rupees("2000"),
            self.new_id("mnd"),
            AT,
            loans=self.loans,
            request=request,
            view=lambda made: made.mandate_id,
        )
        if is_heard:
            hear_mandate(MandateNews(type="mandate.active", reference=made), loans=self.loans)

    def revoke(self) -> None:
        revoke_mandate(self.loan_id, "brw_asha", DEBITED, loans=self.loans)

    def plan(self) -> None:
        look(self.loan_id, NOTICED, (), loans=self.loans)

    def notice(self) -> None:
        debit, message = self.debit(), (Message("sms", "It comes."),)
        told = Telling(debit.notice_id, "debit_notice", "duty", ON, "en", message, NOTICED, state=SENT, sent_at=NOTICED)
        self.loans.table.transact([Write(record(told, self.loan_id, f"notice#{told.notice_id}"))])

    def place(self, when: datetime = DEBITED) -> Debit | None:
        return place_debit(self.loan_id, when, loans=self.loans)

    def send(self, when: datetime = DEBITED) -> RepaymentOrder:  # type: ignore[override]
        rail: Any = self.bank
        return send_debit(self.debit().order_id, self.new_id("pout"), when, loans=self.loans, rails=lambda _: rail)

    def hear_failed(self) -> bool:
        news = DebitNews(type="debit.failed", reference=self.debit().order_id, reason="insufficient_funds")
        return hear_mandate_news(news, loans=self.loans)

    def hear_paid(self) -> str | None:
        [order] = [order for order in self.orders() if order.repayment_id == self.debit().order_id]
        return settle_repayment(came(order), self.new_id("pout"), DEBITED, loans=self.loans)

    def debit(self) -> Debit:
        found = Debits(Table(self.onlooker, self.loans.table.name)).of_loan(self.loan_id)
        assert found is not None
        return found

    def tasks(self) -> list[str]:
        """Of items that were written with a task for whoever asks rails."""
        return sorted(item["pk"][:4] for item in self.all_items() if item.get("task") == "debit")

    def all_items(self) -> list[dict[str, Any]]:
        return [item for sk in ("order", "mandate", "debit") for item in self.items(sk)]


def lent(desk: DebitDesk) -> None:
    desk.lent()
    desk.give()


def planned(desk: DebitDesk) -> None:
    lent(desk)
    desk.plan()


def noticed(desk: DebitDesk) -> None:
    planned(desk)
    desk.notice()


def placed(desk: DebitDesk) -> None:
    noticed(desk)
    desk.place()


def refused(desk: DebitDesk) -> None:
    placed(desk)
    desk.bank.says = "failed"
    desk.send()


def asked(desk: DebitDesk) -> None:
    """The rail has the debit, and what becomes of it is not known."""
    placed(desk)
    desk.bank.says = "accepted"
    desk.send()


def lost(desk: DebitDesk) -> None:
    placed(desk)
    desk.bank.loses = True

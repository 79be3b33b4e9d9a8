"""Whatever goes wrong in the nights of a loan's life, its books are those of a life whose nights came in time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.adapters.loans import CONTRACT, Loans, new_order
from shared.adapters.queue import Queue
from shared.adapters.rails import Amount, PaymentNews
from shared.adapters.table import Table, Write, record
from shared.adapters.work_index import WorkIndex
from shared.application.check_book import is_book_right
from shared.application.settle_repayment import settle_repayment
from shared.application.sweep_shard import sweep_shard
from shared.application.work_loan import work_loan
from shared.domain import agenda
from shared.domain.allocation import Waterfall
from shared.domain.contract import Contract
from shared.domain.ledger import Entry, live
from shared.domain.loan import sanctioned
from shared.domain.money import Money
from shared.domain.night import Batch, Sweep
from shared.domain.repayment_orders import RepaymentOrder
from tests.application.desk import Death, Killed
from tests.domain.lending import AT, LENT_ON, ORDER, Life, contract
from tests.domain.test_replay import contracts
from tests.memory import Dynamo, Sqs

DAY = timedelta(days=1)
MESSAGE = TypeAdapter(Batch)


class Meanwhile:
    """Does something once, before a call of whoever else is at work."""

    def __init__(self) -> None:
        self.calls, self.at = 0, 0
        self.what: Callable[[], object] = lambda: None

    def at_call(self, number: int, what: Callable[[], object]) -> None:
        self.calls, self.at, self.what = 0, number, what

    def before(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.what()

    def after(self) -> None:
        """Nothing comes between an answer and its reader."""


class Books:
    """One active loan in books of its own, whose nights and payments come when they are told to."""

    def __init__(self, terms: Contract, lent_on: date = LENT_ON, watched_by: Any = None) -> None:
        self.dynamo, self.sqs, self.numbers = Dynamo(), Sqs(), count(1)
        table = Table(self.dynamo, "loans")
        self.loans, self.index = Loans(table), WorkIndex(table, "work")
        life = Life(terms, lent_on)
        self.loan_id, self.shard = life.loan.loan_id, agenda.shard(life.loan, terms)
        start = sanctioned(self.loan_id, "brw_asha", terms, "app_1", "off_1", life.start.sanctioned_at)
        table.transact([Write(record(terms, self.loan_id, CONTRACT)), Write(record(start, self.loan_id, "loan"))])
        self.loans.book(life.loan, terms, life.entries)
        self.dynamo.watched_by = watched_by

    def night(self, on: date, late: timedelta = timedelta(0)) -> int:
        """Finds what is due and works it, a quarter past midnight; how many loans that were."""
        workers, sweeps = Queue(self.sqs, "night"), Queue(self.sqs, "sweep")
        asked = Sweep("work", self.shard, on)
        found = sweep_shard(asked, lambda: True, index=self.index, workers=workers, sweeps=sweeps)
        for body in [body for bodies in self.sqs.taken("night", 5) for body in bodies]:
            for loan_id in MESSAGE.validate_json(body).loan_ids:
                self.work(on, late)
                assert loan_id == self.loan_id
        return found

    def work(self, on: date, late: timedelta = timedelta(0)) -> bool:
        """What a message says that came for this loan, whether or not the index has it still."""
        at = datetime.combine(on, time(0, 15), UTC) + late
        return work_loan(self.loan_id, on, f"pout_{next(self.numbers)}", at, loans=self.loans)

    def pay(self, minor: int, received_on: date, told_on: date, purpose: str = "instalment") -> None:
        number = next(self.numbers)
        at = datetime.combine(told_on, time(6, 30), UTC)
        amount = Money(minor, "INR")
        order = RepaymentOrder(f"pay_{number}", self.loan_id, "brw_asha", amount, purpose, "lender@upi", "ordered", at)
        self.loans.change(new_order(order))
        news = PaymentNews(
            type="payment.received",
            payment_id=f"upi_{received_on}",
            reference=order.repayment_id,
            amount=Amount(minor=minor, currency="INR"),
            received_on=received_on,
        )
        settle_repayment(news, f"pout_{next(self.numbers)}", at, loans=self.loans)

    def written(self) -> int:
        return self.dynamo.billed["write"]

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.loans.entries(self.loan_id)]

    def told(self) -> tuple[Any, list[Entry]]:
        """The head and what stands in the books, without when it was learnt and booked.

        When a refund is ordered is a fact of its own: it goes out when somebody finds that it is owed.
        """
        loan, _ = self.loans.get(self.loan_id)
        head = replace(loan, version=0, notice_on=None, sequence=0, revision=0)
        if loan.state == "closed":
            head = replace(head, payout_id=None, accrued_to=None, accrued=0)
        entries = [entry for entry in live(self.loans.entries(self.loan_id)) if entry.kind != "refund_ordered"]
        return head, [replace(entry, entry_id=entry.name, revision=0, sequence=0, recorded_at=AT) for entry in entries]


@dataclass(frozen=True)
class Trouble:
    """What befalls one night. `call` is the one at which somebody dies or somebody else gets in between."""

    kind: str
    call: int = 1

    def befalls(self, books: Books, on: date) -> None:
        late = timedelta(hours=self.call)
        match self.kind:
            case "missed":
                return
            case "twice":
                books.night(on)
                books.night(on, late)
            case "two at a time":
                meanwhile = Meanwhile()
                meanwhile.at_call(self.call, lambda: self._by_another(books, on))
                books.dynamo.watched_by = meanwhile
                books.night(on, late)
            case "out of order":
                books.night(on, late)
                books.work(on - 20 * DAY, late)
            case "killed before" | "killed after":
                death = books.dynamo.watched_by = Death()
                death.at_call(self.call, comes_after=self.kind == "killed after")
                try:
                    books.night(on)
                except Killed:
                    books.sqs.bodies.clear()
        books.dynamo.watched_by = None

    def _by_another(self, books: Books, on: date) -> None:
        books.dynamo.watched_by = None
        books.work(on)


TROUBLES = st.builds(
    Trouble,
    st.sampled_from(["missed", "missed", "twice", "two at a time", "out of order", "killed before", "killed after"]),
    st.integers(1, 5),
)
# Each: after how many days of the loan, how much, for what, and how many days later the rail tells it.
PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 130),
        st.one_of(st.integers(1, 1_000_000), st.just(3_000_000)),
        st.sampled_from(["instalment", "prepayment"]),
        st.sampled_from([0, 0, 0, 2, 30]),
    ),
    max_size=6,
    unique_by=lambda payment: payment[0],
)
DAYS = 140


def lived(terms: Contract, payments: list[tuple[int, int, str, int]], troubles: list[Trouble | None]) -> Books:
    """A loan through its days: nights in turn with their troubles, and its payments when they are told of."""
    books = Books(terms)
    for day in range(1, DAYS + 1):
        on = LENT_ON + day * DAY
        trouble = troubles[day % len(troubles)] if day < DAYS else None
        if trouble is None:
            books.night(on)
        else:
            trouble.befalls(books, on)
        for paid_after, minor, purpose, later in payments:
            if paid_after + later == day:
                books.pay(minor, LENT_ON + paid_after * DAY, on, purpose)
    return books


@settings(max_examples=200)
@given(
    contracts(),
    PAYMENTS,
    st.lists(st.one_of(st.none(), TROUBLES), min_size=1, max_size=40),
    st.integers(0, 3),
)
def test_the_books_are_those_of_punctual_nights_whatever_befell_them(
    terms: Contract, payments: list[tuple[int, int, str, int]], troubles: list[Trouble | None], gap: int
) -> None:
    punctual = lived(terms, payments, [None])
    troubled = lived(terms, payments, [*troubles, *[Trouble("missed")] * 10 * gap])
    note(f"punctual {punctual.kinds()}")
    note(f"troubled {troubled.kinds()}")

    assert troubled.told() == punctual.told()
    assert is_book_right(troubled.loan_id, loans=troubled.loans)
    assert troubled.night(LENT_ON + DAYS * DAY) == 0


def due_and_owing() -> tuple[Books, date]:
    """A loan of one instalment, paid ahead and too much: the night books its due, closes it and orders a refund."""
    books = Books(contract(fees="0", instalments=1, waterfall=Waterfall(past_due=ORDER, due=ORDER)))
    books.pay(2_100_000, LENT_ON + DAY, LENT_ON + DAY)
    return books, date(2026, 2, 28)


NIGHT = ["due", "settled_from_excess", "closure", "refund_ordered"]


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_a_loan_whose_worker_was_killed_at_any_call_is_worked_once(comes_after: bool) -> None:
    for call in count(1):
        books, on = due_and_owing()
        death = books.dynamo.watched_by = Death()
        death.at_call(call, comes_after)
        try:
            books.work(on)
        except Killed:
            death.at_call(0, comes_after=False)
            books.work(on)
        else:
            break
        assert books.kinds()[-4:] == NIGHT
        assert books.kinds().count("refund_ordered") == 1
        assert is_book_right(books.loan_id, loans=books.loans)
    assert call == 3


@pytest.mark.parametrize("call", [1, 2])
def test_two_who_work_a_loan_at_once_work_it_once(call: int) -> None:
    books, on = due_and_owing()
    meanwhile = books.dynamo.watched_by = Meanwhile()
    meanwhile.at_call(call, lambda: Trouble("")._by_another(books, on))

    assert not books.work(on)
    assert books.kinds()[-4:] == NIGHT
    assert is_book_right(books.loan_id, loans=books.loans)


def test_a_loan_that_was_worked_is_found_no_more_and_costs_a_read_when_it_comes_again() -> None:
    books, on = due_and_owing()
    assert books.night(on) == 1
    written, read = books.written(), books.dynamo.billed["requests"]

    assert not books.work(on)
    assert books.night(on) == 0
    assert books.written() == written
    assert books.dynamo.billed["requests"] == read + 2


def test_a_refund_of_the_night_is_ordered_on_its_date_however_late_it_is_worked() -> None:
    books, on = due_and_owing()
    books.night(on, late=timedelta(hours=30))

    assert books.loans.entries(books.loan_id)[-1].effective_on == on


def test_a_loan_that_the_index_has_under_a_wrong_day_is_put_right_and_nothing_is_booked() -> None:
    books = Books(contract(penal=None))
    before = books.kinds()
    head = books.dynamo.items[books.loan_id]["loan"]
    books.dynamo.put(books.loan_id, "loan", {**head, "work_on": {"S": "2026-02-01"}})
    on = date(2026, 2, 10)

    assert books.night(on) == 1
    assert books.night(on) == 0
    assert books.kinds() == before
    assert books.loans.listed(books.loan_id)[2] == date(2026, 2, 28)


def test_a_night_reads_no_loan_on_which_nothing_is_due() -> None:
    books = Books(contract(penal=None))
    books.dynamo.read.clear()
    books.night(date(2026, 2, 27))

    assert books.dynamo.read[books.loan_id] == 0
    assert books.night(date(2026, 2, 28)) == 1
    assert books.dynamo.read[books.loan_id] == 1


def test_the_lateness_of_a_night_is_not_to_be_seen_in_what_it_demands() -> None:
    terms = contract(fees="0", instalments=3)
    punctual, late = Books(terms), Books(terms)
    for day in range(1, 101):
        punctual.night(LENT_ON + day * DAY)
    late.night(LENT_ON + 100 * DAY)

    assert late.told() == punctual.told()
    assert late.kinds().count("due") == 3
    assert late.written() < punctual.written()

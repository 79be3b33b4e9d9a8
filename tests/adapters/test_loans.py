"""A loan's journal: a step is one item, whole or not there at all, and it comes back as it was made."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, TOGETHER, Loans
from shared.adapters.table import Stale, Table, Write, pack, record
from shared.domain import repayment
from shared.domain.ledger import Entry
from shared.domain.money import Money
from shared.domain.repayment import Receipt
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.memory import size

# As long as ids are outside the tests.
LOAN = "loan_01KAPXN5V7Q3R8ZC4M2T9W6EYH"
BORROWER = "brw_c9b1f3d0-7aa5-4c34-9c55-0f0c39d5a1f6"
FIRST, SECOND = "repayment.upi.payment.upi1", "repayment.upi.payment.upi2"


class Book:
    """A life whose steps are booked as they are made."""

    def __init__(self, table: Table, instalments: int = 24) -> None:
        self.loans, self.life = Loans(table), Life(contract(instalments=instalments, fees="0"), None)
        self.life.start = self.life.loan = replace(self.life.loan, loan_id=LOAN, borrower_id=BORROWER)
        table.transact([Write(record(self.life.loan, LOAN, HEAD)), Write(record(self.life.contract, LOAN, CONTRACT))])
        lent = Life(self.life.contract).entries
        for entry in lent:
            self.life.add(entry)
        self.book(lent)

    def book(self, entries: list[Entry]) -> None:
        seen = self.loans.get(LOAN)[0].version
        self.loans.book(replace(self.life.loan, version=seen), self.life.contract, entries)

    def until(self, on: date) -> list[Entry]:
        before = len(self.life.entries)
        self.life.until(on)
        return self.life.entries[before:]

    def pay(self, minor: int, on: date, purpose: str = "instalment") -> list[Entry]:
        before = len(self.life.entries)
        self.life.pay(Money(minor, "INR"), on, purpose)
        return self.life.entries[before:]

    def items(self, prefix: str) -> list[dict[str, Any]]:
        return self.loans.table.query(LOAN, prefix)

    def steps(self) -> list[str]:
        return [item["sk"].removeprefix("entry#") for item in self.items("entry#")]


@pytest.fixture
def book(loans: Table) -> Book:
    return Book(loans)


def month(number: int) -> date:
    return Life(contract()).until(LENT_ON + timedelta(days=31 * number)).loan.dues[number - 1].due_on


def test_a_step_is_one_item_named_after_what_happened_outside(book: Book) -> None:
    entries = book.pay(book.life.instalment, month(1))
    book.book(entries)

    assert [entry.kind for entry in entries] == ["due", "repayment"]
    assert FIRST in book.steps() and "due.1" not in book.steps()


def test_a_step_of_nothing_but_dues_is_named_after_the_first(book: Book) -> None:
    book.book(book.until(month(2)))

    assert "due.1" in book.steps() and "due.2" not in book.steps()


def test_money_that_came_late_names_the_step_that_puts_the_books_right(book: Book) -> None:
    book.book(book.pay(book.life.instalment, month(2)))
    entries = book.pay(book.life.instalment, month(1))
    book.book(entries)

    assert entries[0].kind == "reversal"
    assert [entry.name for entry in entries if entry.kind == "repayment"] == [SECOND, FIRST]
    assert {FIRST, SECOND} <= set(book.steps()) and len(book.steps()) == 3
    assert book.loans.entries(LOAN) == book.life.entries


def test_entries_come_back_as_they_were_made(book: Book) -> None:
    for number in (1, 2, 3):
        book.book(book.pay(book.life.instalment + number, month(number)))

    assert book.loans.entries(LOAN) == book.life.entries
    assert book.loans.get(LOAN) == (replace(book.life.loan, version=4), book.life.contract)


def test_what_caused_a_step_is_found_by_its_id(book: Book) -> None:
    book.book(book.pay(book.life.instalment, month(1)))

    assert book.loans.entry(LOAN, FIRST) == book.life.entries[-1]
    assert book.loans.entry(LOAN, SECOND) is None


def test_an_ordinary_step_and_the_head_after_it_take_a_kilobyte_each(book: Book) -> None:
    book.book(book.pay(book.life.instalment, month(1)))
    book.book(book.pay(book.life.instalment, month(2)))
    (step,), (head, _) = book.items(f"entry#{SECOND}"), book.items(HEAD)

    assert size(pack(step)) <= 1024 and size(pack(head)) <= 1024


def test_five_years_of_dues_are_booked_in_one_step(loans: Table) -> None:
    book = Book(loans, instalments=60)
    entries = book.until(date(2032, 1, 1))
    book.book(entries)

    assert [entry.entry_id for entry in entries if entry.kind == "due"] == [f"due.{n}" for n in range(1, 61)]
    assert len(book.steps()) == 2
    assert book.loans.entries(LOAN) == book.life.entries


def test_a_step_that_is_too_long_for_one_item_is_booked_in_several_at_once(book: Book) -> None:
    entries = [book.pay(100, month(1))[-1] for _ in range(TOGETHER + 1)]
    book.book(entries)

    assert {FIRST, f"{FIRST} 2"} <= set(book.steps()) and len(book.steps()) == 3
    assert book.loans.entries(LOAN)[-1] == entries[-1]


def test_a_second_step_of_the_same_cause_is_not_booked(book: Book) -> None:
    first = book.life.loan
    book.book(book.pay(book.life.instalment, month(1)))
    received = Receipt("upi.payment.upi1", rupees("10"), "instalment", month(1), AT)
    _, again = repayment.received(first, book.life.contract, received)

    with pytest.raises(Stale) as stale:
        book.book(list(again))

    assert [found["sk"] for found in stale.value.found if found] == [f"entry#{FIRST}"]
    assert book.loans.entries(LOAN) == book.life.entries


def test_a_step_on_a_head_that_has_moved_on_leaves_nothing(book: Book) -> None:
    seen = book.loans.get(LOAN)[0].version
    book.book(book.pay(book.life.instalment, month(1)))
    late = book.pay(book.life.instalment, month(2))

    with pytest.raises(Stale):
        book.loans.book(replace(book.life.loan, version=seen), book.life.contract, late)
    assert book.loans.entry(LOAN, SECOND) is None


def test_a_head_lies_under_its_next_day_until_there_is_none(book: Book) -> None:
    book.book(book.until(month(1)))
    (head, _) = book.items(HEAD)
    book.book(book.pay(2_200_000, month(1), "foreclosure"))
    book.life.refund(month(1))
    book.book(book.life.entries[-2:])
    (over, _) = book.items(HEAD)

    assert (head["work_shard"], head["work_on"]) == ("in#15", month(2).isoformat())
    assert over["state"] == "closed" and not {"work_shard", "work_on"} & set(over)
    assert (over["notice_shard"], over["notice_on"]) == ("in#15", month(1).isoformat())


def test_a_head_that_was_looked_at_lies_under_the_day_of_its_next_notice_until_there_is_none(book: Book) -> None:
    loan, terms = book.loans.get(LOAN)
    book.loans.look_on(loan, terms, month(1))
    (head, _) = book.items(HEAD)
    book.loans.look_on(loan, terms, None)
    (none, _) = book.items(HEAD)

    assert (head["notice_shard"], head["notice_on"]) == ("in#15", month(1).isoformat())
    assert not {"notice_shard", "notice_on"} & set(none)
    assert head["work_on"] == none["work_on"] and head["version"] == none["version"] == loan.version

"""What two borrowers share is noted with the one who tells it later, whatever is killed and however often."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.keyed_hash import KeyedHash
from shared.adapters.people import People
from shared.adapters.table import Table, Write, record
from shared.application.mark_shared import BANK_ACCOUNT, IDENTITY_NUMBER, mark_shared
from tests.application.desk import Death, Killed
from tests.conftest import table
from tests.sandbox import ready

ACCOUNT = "HDFC0000001/50100123456789"


class Hashes:
    """The keyed hashes of a key that nobody else has."""

    def hashed(self, kind: str, value: str) -> KeyedHash:
        return KeyedHash(f"{kind} {value}".encode())


class Book:
    def __init__(self, people: Table) -> None:
        self.people = People(people)
        self.people.table.transact([Write(record(ready(id=f"brw_{name}"), f"brw_{name}", "borrower")) for name in "ab"])

    def tells(self, name: str, value: str = ACCOUNT, what: str = BANK_ACCOUNT) -> tuple[str, ...]:
        index: Any = Hashes()
        mark_shared(f"brw_{name}", what, value, people=self.people, index=index)
        return self.shared(name)

    def shared(self, name: str) -> tuple[str, ...]:
        return self.people.get(f"brw_{name}").shared


@pytest.fixture
def book(people: Table) -> Book:
    return Book(people)


def test_who_tells_it_first_shares_nothing_and_who_tells_it_later_does(book: Book) -> None:
    assert (book.tells("a"), book.tells("b"), book.shared("a")) == ((), (BANK_ACCOUNT,), ())


def test_told_again_changes_nothing(book: Book) -> None:
    book.tells("a")
    before = book.people.get("brw_a")

    assert book.tells("a") == () and book.people.get("brw_a") == before


def test_another_value_takes_the_note_away_and_leaves_the_others(book: Book) -> None:
    book.tells("a")
    book.tells("a", "ABCPV1234D", IDENTITY_NUMBER)
    book.tells("b")
    book.tells("b", "ABCPV1234D", IDENTITY_NUMBER)

    assert book.tells("b", "HDFC0000001/2") == (IDENTITY_NUMBER,)


def test_the_same_digits_of_another_kind_are_another_thing(book: Book) -> None:
    book.tells("a", "1234")

    assert book.tells("b", "1234", IDENTITY_NUMBER) == ()


def test_no_value_stands_in_the_book(book: Book) -> None:
    book.tells("a")
    client = book.people.table.client

    assert "50100123456789" not in str(client.scan(TableName=book.people.table.name))


@pytest.mark.parametrize("comes_after", [False, True])
def test_killed_at_any_call_it_is_right_once_it_was_tried_again(
    aws: Callable[[str], Any], death: Death, comes_after: bool
) -> None:
    client = aws("dynamodb")
    death.counts(client)
    for call in range(1, 12):
        book = Book(table(client, f"people-{call}"))
        book.tells("a")
        death.at_call(call, comes_after)
        try:
            book.tells("b")
        except Killed:
            death.at_call(0, False)
            book.tells("b")
        death.at_call(0, False)

        assert (book.shared("a"), book.shared("b")) == ((), (BANK_ACCOUNT,))

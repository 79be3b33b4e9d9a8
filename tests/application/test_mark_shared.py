"""What two borrowers share is noted with the one who tells it later, whatever is killed and however often."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.keyed_hash import KeyedHash
from shared.adapters.people import People
from shared.adapters.table import Table, Write, record
from shared.application.mark_shared import (
    BANK_ACCOUNT,
    IDENTITY_NUMBER,
    first_told,
    mark_shared,
    prove_account,
    prove_number,
)
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
        mark_shared(f"brw_{name}", what, first_told(index, what, value), people=self.people)
        return self.shared(name)

    def verified(self, name: str, account: str = ACCOUNT) -> tuple[str, ...]:
        """The account's bank vouches for him."""
        self.people.change(f"brw_{name}", lambda seen: (replace(seen, account_check="verified"), []))
        return self.proves(name, account)

    def proves(self, name: str, account: str = ACCOUNT) -> tuple[str, ...]:
        index: Any = Hashes()
        prove_account(f"brw_{name}", first_told(index, BANK_ACCOUNT, account), people=self.people)
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


def test_who_knows_anothers_account_does_not_keep_it_from_him_whose_bank_vouches_for_him(book: Book) -> None:
    book.tells("a")
    assert book.tells("b") == (BANK_ACCOUNT,)

    assert book.verified("b") == ()
    assert book.tells("a") == (BANK_ACCOUNT,)


def test_a_number_is_his_too_whose_bank_vouches_for_him(book: Book) -> None:
    book.tells("a", "ABCPV1234D", IDENTITY_NUMBER)
    book.tells("b", "ABCPV1234D", IDENTITY_NUMBER)
    book.tells("b")

    assert book.verified("b") == ()
    assert book.tells("a", "ABCPV1234D", IDENTITY_NUMBER) == (IDENTITY_NUMBER,)


def test_without_his_bank_the_later_one_proves_no_number(book: Book) -> None:
    book.tells("a", "ABCPV1234D", IDENTITY_NUMBER)
    book.tells("b", "ABCPV1234D", IDENTITY_NUMBER)
    prove_number("brw_b", people=book.people)

    assert book.shared("b") == (IDENTITY_NUMBER,)


def test_of_two_whose_banks_vouch_for_them_the_later_one_shares_it(book: Book) -> None:
    book.tells("a")
    book.verified("a")
    book.tells("b")

    assert (book.verified("b"), book.proves("a")) == ((BANK_ACCOUNT,), ())


def test_a_former_account_that_was_verified_proves_nothing_of_another(book: Book) -> None:
    book.tells("b")
    book.verified("b")
    book.tells("a", "HDFC0000001/2")

    assert book.tells("b", "HDFC0000001/2") == (BANK_ACCOUNT,)


def test_proven_again_changes_nothing(book: Book) -> None:
    book.tells("a")
    book.verified("a")
    before = book.people.get("brw_a")

    assert book.proves("a") == () and book.people.get("brw_a") == before


@pytest.mark.parametrize("comes_after", [False, True])
def test_a_proof_killed_at_any_call_is_right_once_it_was_tried_again(
    aws: Callable[[str], Any], death: Death, comes_after: bool
) -> None:
    client = aws("dynamodb")
    death.counts(client)
    for call in range(1, 12):
        book = Book(table(client, f"people-{call}"))
        book.tells("a")
        book.tells("b")
        book.people.change("brw_b", lambda seen: (replace(seen, account_check="verified"), []))
        death.at_call(call, comes_after)
        try:
            book.proves("b")
        except Killed:
            death.at_call(0, False)
            book.proves("b")
        death.at_call(0, False)

        assert (book.shared("b"), book.tells("a")) == ((), (BANK_ACCOUNT,))


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

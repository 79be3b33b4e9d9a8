"""Double entries: what cannot be written down, and what is added up."""

import pytest

from shared.domain.ledger import ACCOUNTS, RECEIVABLE, Entry, Posting, balances, postings
from tests.domain.lending import AT, LENT_ON, rupees


def entry(*made: Posting) -> Entry:
    return Entry("one", "repayment", 1, LENT_ON, AT, made)


@pytest.mark.parametrize(
    ("debit", "credit", "amount"),
    [
        ("principal", "principal", "1"),
        ("principal", "pocket", "1"),
        ("pocket", "principal", "1"),
        ("principal", "excess", "0"),
        ("principal", "excess", "-1"),
    ],
)
def test_a_posting_has_two_known_accounts_and_an_amount(debit: str, credit: str, amount: str) -> None:
    with pytest.raises(AssertionError):
        Posting(debit, credit, rupees(amount))


def test_postings_of_nothing_are_left_out() -> None:
    made = postings(("principal", "excess", rupees("0")), ("principal", "excess", rupees("1")))

    assert made == (Posting("principal", "excess", rupees("1")),)


def test_what_an_entry_moved_is_debit_less_credit() -> None:
    moved = entry(Posting("principal", "lender_funds", rupees("5")), Posting("lender_funds", "principal", rupees("2")))

    assert moved.moved("principal") == 300
    assert moved.debited("principal") == 500
    assert moved.moved("excess") == 0


def test_balances_sum_to_nothing() -> None:
    found = balances([entry(Posting("principal", "lender_funds", rupees("5")))])

    assert found == {"principal": 500, "lender_funds": -500}


def test_every_component_of_a_due_has_an_account_that_grows_by_debit() -> None:
    assert {ACCOUNTS[account] for account in RECEIVABLE.values()} == {"asset"}

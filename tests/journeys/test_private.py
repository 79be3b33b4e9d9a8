"""What only the borrower may know stands nowhere in the clear: no log, no item or its key, no queue, no name of a file.

The same is looked for among all borrowers of all journeys when their stage ends (`conftest.outside`).
"""

import re
from dataclasses import replace

import pytest

from infra.local.borrower import Borrower, Person, another
from infra.local.china import in_china
from infra.local.outside import Outside
from tests.journeys.traces import PRIVATE, traces

CANARY = replace(
    Person(),
    phone="+919812398123",
    name="Quintessa Zephyrine",
    pan="QZXPC7391K",
    account_number="73918264550917",
)
# A signed token as they are sent: header and claims are JSON objects in base64.
TOKEN = re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.")
NAMED = (CANARY.phone, CANARY.phone[3:], "Quintessa", "Zephyrine", CANARY.pan, CANARY.account_number)
# What the borrower lives on and where, as `Borrower.introduce` writes it.
SECRETS = (*NAMED, "14 Lake Road", "1994-06-15")


@pytest.fixture(scope="module")
def kept(outside: Outside) -> dict[str, str]:
    """All that the stage keeps in text after the borrower went from sign-in to a repayment."""
    borrower = Borrower(outside, CANARY)
    loan_id = borrower.active_loan()
    borrower.repay(loan_id, {"minor": 10_000, "currency": "INR"})
    borrower.client.send("PUT", "/v1/me/profile", {"name": CANARY.name, "pan": CANARY.pan})
    outside.rest()
    return traces(outside)


def test_there_is_something_to_look_through(kept: dict[str, str]) -> None:
    assert sum(len(text) > 0 for name, text in kept.items() if name.startswith("/aws/lambda/")) >= 10
    assert any("loan_" in text for text in kept.values())


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_private_stands_in_a_log_or_a_table(kept: dict[str, str], secret: str) -> None:
    assert [name for name, text in kept.items() if secret.lower() in text.lower()] == []


def test_no_token_stands_in_a_log(kept: dict[str, str]) -> None:
    assert [name for name, text in kept.items() if TOKEN.search(text)] == []


def test_what_is_looked_for_is_what_the_made_up_borrowers_have() -> None:
    asha, mei = another(Person(), 123), in_china(123)

    for person in (asha, mei):
        number = person.pan or person.identity_number
        assert all(PRIVATE.search(each) for each in (person.phone, number, person.account_number, person.name))

"""What only the borrower may know stands nowhere in the clear: no log, no key of a table, no item."""

import json
from dataclasses import replace

import pytest

from infra.local.borrower import Borrower, Person
from infra.local.outside import Outside

CANARY = replace(
    Person(),
    phone="+919812398123",
    name="Quintessa Zephyrine",
    pan="QZXPC7391K",
    account_number="73918264550917",
)
SECRETS = (CANARY.phone, CANARY.phone[3:], "Quintessa", "Zephyrine", CANARY.pan, CANARY.account_number)
# What the borrower lives on and where, as `Borrower.introduce` writes it.
SECRETS = (*SECRETS, "14 Lake Road", "1994-06-15")


@pytest.fixture(scope="module")
def traces(outside: Outside) -> dict[str, str]:
    """All that the stage keeps in text after the borrower went from sign-in to a repayment."""
    borrower = Borrower(outside, CANARY)
    loan_id = borrower.active_loan()
    borrower.repay(loan_id, {"minor": 10_000, "currency": "INR"})
    borrower.client.send("PUT", "/v1/me/profile", {"name": CANARY.name, "pan": CANARY.pan})
    return {"cloud.log": outside.cloud.log.read_text(errors="replace"), **logs(outside), **tables(outside)}


def logs(outside: Outside) -> dict[str, str]:
    client = outside.cloud.client("logs")
    groups = [group["logGroupName"] for group in client.describe_log_groups()["logGroups"]]
    found = {}
    for group in groups:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
        found[group] = "\n".join(event["message"] for page in pages for event in page["events"])
    return found


def tables(outside: Outside) -> dict[str, str]:
    client, found = outside.cloud.client("dynamodb"), {}
    for name in (outside.outputs.people_table, outside.outputs.loans_table):
        pages = client.get_paginator("scan").paginate(TableName=name)
        items = [item for page in pages for item in page["Items"]]
        found[name] = json.dumps(items, default=str, ensure_ascii=False)
    return found


def test_there_is_something_to_look_through(traces: dict[str, str]) -> None:
    assert sum(len(text) > 0 for name, text in traces.items() if name.startswith("/aws/lambda/")) >= 10
    assert any("loan_" in text for text in traces.values())


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_private_stands_in_a_log_or_a_table(traces: dict[str, str], secret: str) -> None:
    assert [name for name, text in traces.items() if secret.lower() in text.lower()] == []


def test_no_token_stands_in_a_log(traces: dict[str, str]) -> None:
    assert [name for name, text in traces.items() if "eyJ" in text] == []

"""The night on the deployed stage: started as its schedule starts it, whatever happens to it on its way."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.client import PATIENCE_SECONDS, TooLate
from infra.local.outside import Outside
from infra.local.redrive import redrive
from infra.queues import TRIES
from shared.adapters.table import pack, unpack
from tests.journeys import books
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import redelivered, until

# In seconds.
SOON = 10


def stored(outside: Outside, loan_id: str, sk: str) -> list[Any]:
    """Items of a loan as they lie in the table, which no door has read for this."""
    found = outside.cloud.client("dynamodb").query(
        TableName=outside.outputs.loans_table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": loan_id}, ":sk": {"S": sk}},
    )
    return [unpack(item) for item in found["Items"]]


def put(outside: Outside, item: Any) -> None:
    outside.cloud.client("dynamodb").put_item(TableName=outside.outputs.loans_table, Item=pack(item))


def dues(outside: Outside, loan_id: str) -> list[tuple[str, str]]:
    """Each due that is booked, with its date."""
    entries = [entry for step in stored(outside, loan_id, "entry#") for entry in step["entries"]]
    return sorted((entry["entry_id"], entry["effective_on"]) for entry in entries if entry["kind"] == "due")


def due_dates(borrower: Borrower, loan_id: str) -> list[str]:
    return [row["due_on"] for row in borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]]


def turn_to(outside: Outside, day: str) -> None:
    outside.turn_to(12, date.fromisoformat(day))


def test_a_night_demands_what_falls_due_that_day_and_missed_nights_are_made_up_for(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower, later = new_borrower(), new_borrower()
    loan_id, other = borrower.active_loan(), later.active_loan()
    first, second, third, *_ = due_dates(borrower, loan_id)
    turn_to(outside, first)
    assert outside.night() == first
    on_time = dues(outside, loan_id)
    turn_to(outside, third)
    outside.night()

    assert on_time == [("due.1", first)]
    assert dues(outside, loan_id) == dues(outside, other) == [("due.1", first), ("due.2", second), ("due.3", third)]
    books.check(borrower, loan_id)


def test_its_schedule_starts_the_night(outside: Outside, new_borrower: NewBorrower) -> None:
    """Nothing but the clock of the cloud."""
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    first, *_ = due_dates(borrower, loan_id)
    turn_to(outside, first)
    before = dues(outside, loan_id)
    with outside.every_minute("night-in"):
        until("the due", lambda: dues(outside, loan_id), bool)

    assert (before, dues(outside, loan_id)) == ([], [("due.1", first)])


def test_nights_that_run_twice_and_at_once_demand_once(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    first, *_ = due_dates(borrower, loan_id)
    turn_to(outside, first)
    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda _: outside.night(), range(4)))
    outside.rest()
    [before] = stored(outside, loan_id, "loan")[:1]
    outside.night()
    outside.rest()

    assert dues(outside, loan_id) == [("due.1", first)]
    assert stored(outside, loan_id, "loan")[0] == before
    books.check(borrower, loan_id)


def test_a_loan_that_fails_holds_up_no_other_and_comes_back_from_the_dead_letters(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    broken, good = new_borrower(), new_borrower()
    broken_id, good_id = broken.active_loan(), good.active_loan()
    first, *_ = due_dates(broken, broken_id)
    sqs = outside.cloud.client("sqs")
    outside.rest()
    [head] = [item for item in stored(outside, broken_id, "loan") if item["sk"] == "loan"]
    put(outside, {**head, "principal": "not a number"})
    turn_to(outside, first)
    with redelivered(outside, "Night", SOON):
        with pytest.raises(TooLate):
            outside.night(seconds=5)
        until("the other loan", lambda: dues(outside, good_id), bool)
        until("the dead letter", lambda: dead(sqs), bool, seconds=(TRIES + 1) * SOON + PATIENCE_SECONDS)
        outside.rest()
    assert dead(sqs) == [[broken_id]]
    put(outside, head)
    redrive(outside.cloud)
    until("the loan that was mended", lambda: dues(outside, broken_id), bool)

    assert outside.night() == first
    assert dues(outside, broken_id) == [("due.1", first)]


def dead(sqs: Any) -> list[list[str]]:
    """The loans of each dead letter of the night, which stays where it is."""
    [url] = [url for url in sqs.list_queues()["QueueUrls"] if "NightDeadLetters" in url]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
    return [json.loads(message["Body"])["loan_ids"] for message in found]

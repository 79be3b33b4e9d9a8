"""Notices on the deployed stage: from the schedule over the sweep to the phone, once each, in its owner's language."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from tests.journeys.conftest import NewBorrower
from tests.journeys.test_night import stored
from tests.journeys.waiting import until

TOKEN = "token-of-a-phone-{}"


def hindi(new_borrower: NewBorrower) -> Borrower:
    borrower = new_borrower()
    borrower.person = replace(borrower.person, language="hi")
    return borrower


def told(borrower: Borrower, loan_id: str) -> list[dict[str, Any]]:
    return list(borrower.client.get(f"/v1/loans/{loan_id}/notices")["notices"])


def ids(borrower: Borrower, loan_id: str) -> list[str]:
    return [each["notice_id"] for each in told(borrower, loan_id) if each["state"] == "sent"]


def first_due(borrower: Borrower, loan_id: str) -> str:
    return str(borrower.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"][0]["due_on"])


def day(named: str, days: int) -> str:
    return (date.fromisoformat(named) + timedelta(days=days)).isoformat()


def looked_at_on(outside: Outside, loan_id: str) -> str:
    """Under which day the index of notices has the loan."""
    [head] = [item for item in stored(outside, loan_id, "loan") if item["sk"] == "loan"]
    return str(head["notice_on"])


def turn_to(outside: Outside, named: str, days: int = 0) -> None:
    """Ten o'clock of a day in India, some days from that named."""
    outside.turn_to(10, date.fromisoformat(day(named, days)))


def test_a_reminder_comes_to_the_phone_once_in_hindi_and_only_in_contact_hours(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = hindi(new_borrower)
    loan_id, phone = borrower.active_loan(), borrower.person.phone
    due_on = first_due(borrower, loan_id)
    before = len(outside.texts_to(phone))
    turn_to(outside, due_on, -3)
    outside.turn_to(21)
    outside.at_its_hour("remind-in")
    until("the look at night", lambda: looked_at_on(outside, loan_id), lambda on: on == day(due_on, -2))
    by_night = outside.texts_to(phone)[before:]
    outside.turn_to(10)
    for _ in range(3):
        outside.at_its_hour("remind-in")
    until("the reminder", lambda: ids(borrower, loan_id), bool)
    outside.rest()
    outside.at_its_hour("remind-in")
    turn_to(outside, due_on)
    outside.at_its_hour("remind-in")
    until("the next one", lambda: ids(borrower, loan_id), lambda found: len(found) == 2)
    outside.rest()

    assert by_night == []
    reminder, today = outside.texts_to(phone)[before:]
    first, second = told(borrower, loan_id)
    assert [first["notice_id"], second["notice_id"]] == ["upcoming.3.due.1", "due_today.due.1"]
    assert (first["text"], second["text"]) == (reminder, today)
    assert first["language"] == "hi" and "₹" in reminder and "क" in reminder


def test_a_payment_is_answered_on_the_device_and_by_text_where_that_fails(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id, phone = borrower.active_loan(), borrower.person.phone
    token = TOKEN.format(phone[-5:])
    borrower.client.post("/v1/me/devices", {"platform": "android", "token": token})
    before = len(outside.texts_to(phone))
    borrower.repay(loan_id, {"minor": 10_000, "currency": "INR"})
    until("the answer", lambda: outside.pushed_to(token), bool)
    outside.pushes_behave("fail")
    borrower.repay(loan_id, {"minor": 20_000, "currency": "INR"})
    until("the text", lambda: outside.texts_to(phone)[before:], bool)
    outside.rest()

    [message] = outside.pushed_to(token)
    [text] = outside.texts_to(phone)[before:]
    assert message["title"] == "Payment received" and "₹100.00" in message["body"]
    assert "Rs 200.00" in text and "was received on" in text
    assert [each["channels"] for each in told(borrower, loan_id)] == [["push"], ["sms"]]


def test_who_does_not_want_reminders_gets_none(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, other = new_borrower(), new_borrower()
    loan_id, another = borrower.active_loan(), other.active_loan()
    wishes = {"opt_outs": [{"purpose": "reminder"}], "do_not_contact": []}
    kept = borrower.client.put("/v1/me/contact-wishes", wishes)
    turn_to(outside, first_due(other, another), -3)
    outside.at_its_hour("remind-in")
    until("the other's reminder", lambda: ids(other, another), bool)
    outside.rest()

    assert kept["opt_outs"] == [{"purpose": "reminder", "channel": None}]
    assert told(borrower, loan_id) == []

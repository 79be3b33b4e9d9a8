"""Credit files on the deployed stage: a default is told before it is reported; what is wrong, staff decide."""

import json
from datetime import date, timedelta
from typing import Any

from infra.local.borrower import Borrower
from infra.local.outside import Outside
from infra.local.staff import Member
from shared.markets import market
from tests.journeys.conftest import NewBorrower
from tests.journeys.test_notices import first_due, ids, turn_to
from tests.journeys.test_purchases import bought
from tests.journeys.waiting import until

DAY = timedelta(days=1)


def rows(outside: Outside, name: str) -> dict[str, Any]:
    """A finished file's rows by their loans, as whoever sends files finds them."""
    client, sts = outside.cloud.client("s3"), outside.cloud.client("sts")
    [bucket] = [each["Name"] for each in client.list_buckets()["Buckets"] if each["Name"].startswith("minnow-credit-")]
    assert sts.get_caller_identity()["Account"] in bucket
    manifest = json.loads(client.get_object(Bucket=bucket, Key=f"{name}/manifest.json")["Body"].read())
    parts = [client.get_object(Bucket=bucket, Key=part["name"])["Body"].read().decode() for part in manifest["parts"]]
    found = [json.loads(line) for part in parts for line in part.splitlines()]
    return {row["loan_id"]: row for row in found}


def file_after(outside: Outside, day: date) -> tuple[str, dict[str, Any]]:
    """The file of the first reference date from a day on, built the day after it."""
    reference_on = market("in", day).credit_file.reference_from(day)
    turn_to(outside, (reference_on + DAY).isoformat())
    outside.night()
    wanted, name = f"in/{reference_on}", outside.credit_file()
    while not name.startswith(wanted):
        assert name < wanted, (name, wanted)
        name = outside.credit_file()
    return str(reference_on), rows(outside, name)


def told_of_default(outside: Outside, borrower: Borrower, loan_id: str, after: date) -> None:
    """On the first day on which the borrower is told what the file of the next reference date will say."""
    rules = market("in", after).credit_file
    turn_to(outside, (rules.reference_from(after + DAY) - timedelta(days=rules.notice_days)).isoformat())
    outside.at_its_hour("remind-in")
    await_notice(borrower, loan_id, "credit_report_preview")


def await_notice(borrower: Borrower, loan_id: str, begins: str) -> None:
    def is_there(found: list[str]) -> bool:
        return any(name.startswith(begins) for name in found)

    until(f"the notice {begins}", lambda: ids(borrower, loan_id), is_there)


def test_a_default_is_in_the_file_after_it_was_told_and_a_dispute_of_it_is_decided(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    late, good = new_borrower(), new_borrower()
    loan_id, other = late.active_loan(), good.active_loan()
    due_on = date.fromisoformat(first_due(late, loan_id))
    turn_to(outside, due_on.isoformat())
    outside.night()
    good.repay(other, good.loan(other)["instalment"])
    until("the payment", lambda: good.loan(other)["dues"], lambda dues: not dues)
    first_on, without = file_after(outside, due_on + DAY)
    told_of_default(outside, late, loan_id, date.fromisoformat(first_on))
    _, told = file_after(outside, date.fromisoformat(first_on) + 2 * DAY)

    assert loan_id not in without and without[other]["days_past_due"] == 0
    assert told[loan_id]["days_past_due"] > 0 and told[loan_id]["classification"].startswith("SMA")
    assert told[loan_id]["borrower"] == {
        "name": late.person.name,
        "identity_number": late.person.pan,
        "birth_date": late.person.birth_date,
    }
    assert "credit_file" in {each["purpose"] for each in late.client.get("/v1/me/openings")["openings"]}

    said = {"loan_id": loan_id, "reason": "paid_already"}
    dispute = late.client.post("/v1/me/credit-file/disputes", said)
    reference_on, disputed = file_after(outside, date.fromisoformat(outside.rail_today()))
    assert disputed[loan_id]["is_disputed"]
    meena = Member(outside, "meena-of-the-file", "reviewer")
    [waiting] = [
        each
        for each in meena.client.get("/v1/desk/disputes?market=in&limit=100")["disputes"]
        if each["dispute_id"] == dispute["dispute_id"]
    ]
    decision = {"decision": "confirmed", "reason": "Nothing was received."}
    meena.client.post(f"/v1/desk/disputes/{waiting['dispute_id']}/decision", decision)
    await_notice(late, loan_id, f"dispute_confirmed.{dispute['dispute_id']}")
    _, after = file_after(outside, date.fromisoformat(reference_on) + 2 * DAY)

    assert not after[loan_id]["is_disputed"] and after[loan_id]["days_past_due"] > told[loan_id]["days_past_due"]
    [shown] = late.client.get("/v1/me/credit-file/disputes")["disputes"]
    assert (shown["state"], shown["because"]) == ("confirmed", "Nothing was received.")


def test_two_loans_of_one_borrower_are_both_in_the_file_and_both_non_performing(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    """He pays for what he bought, on each due date, and nothing of the money that he borrowed."""
    borrower = new_borrower()
    cash = borrower.active_loan()
    borrower.apply(purpose="purchase")
    purchase = bought(borrower, "TWO-LOANS")["loan_id"]
    due_on = date.fromisoformat(first_due(borrower, cash))
    npa_on = due_on + timedelta(days=dict(market("in", due_on).buckets)["NPA"])
    schedule = borrower.client.get(f"/v1/loans/{purchase}/schedule")["instalments"]
    days = [row["due_on"] for row in schedule if date.fromisoformat(row["due_on"]) <= npa_on + DAY]
    for day in days:
        turn_to(outside, day)
        outside.night()
        borrower.repay(purchase, borrower.loan(purchase)["instalment"])
        until("the payment", lambda: borrower.loan(purchase)["dues"], lambda dues: not dues)
        if day == days[0]:
            told_of_default(outside, borrower, cash, due_on + 4 * DAY)
    _, found = file_after(outside, npa_on)

    assert [found[loan_id]["classification"] for loan_id in (cash, purchase)] == ["NPA", "NPA"]
    assert found[purchase]["days_past_due"] == found[purchase]["overdue"] == 0 < found[cash]["days_past_due"]
    assert found[purchase]["borrower"] == found[cash]["borrower"]

"""Partners on the deployed stage: the whole board, bad answers, capacity, two members who store one, and webhooks."""

import json
from datetime import timedelta
from typing import Any

import pytest

from infra.local.borrower import Borrower
from infra.local.client import Call, Client
from infra.local.outside import Outside
from infra.local.sandbox.signed import signature
from infra.local.staff import Member
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until

PILOT = "tapti"
SMALL, LARGE = ({"minor": minor, "currency": "INR"} for minor in (800_000, 6_000_000))
# Longer than the five minutes before the third try.
MINUTES = timedelta(minutes=6)


@pytest.fixture(scope="module")
def anita(outside: Outside) -> Member:
    return Member(outside, "anita-partners", "approver")


@pytest.fixture(scope="module")
def ravi(outside: Outside) -> Member:
    return Member(outside, "ravi-partners", "approver", "auditor")


@pytest.fixture(autouse=True)
def a_day_of_its_own(outside: Outside) -> None:
    """What lenders answered to other tests is forgotten, and so is what they have lent on the day."""
    outside.advance(1)


def board(borrower: Borrower, amount: Any) -> dict[str, Any]:
    """What a borrower who has just come is offered; with his application."""
    borrower.become_ready()
    application = borrower.apply(amount, 12)
    return {"application": application, **borrower.offers(application)}


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {each["partner_id"]: each["reason"] for each in found["unmatched"]}


def of(found: dict[str, Any], partner_id: str) -> Any:
    return next(offer for offer in found["matched"] if offer["partner_id"] == partner_id)


def as_partner(outside: Outside, asked: Any, secret: str | None = None) -> Call:
    raw = json.dumps(asked).encode()
    signed = signature(secret or outside.services.partner_secret, "msg_1", raw)
    path = f"/v1/partners/{PILOT}/events"
    return Client(outside.outputs.api_url).send("POST", path, raw=raw, key="", headers=signed)


def test_the_pilot_and_all_others_are_on_the_board_a_slow_one_and_one_that_winds_down_with_the_reason(
    new_borrower: NewBorrower,
) -> None:
    found = board(new_borrower(), LARGE)

    assert {PILOT, "kaveri", "himadri"} <= {offer["partner_id"] for offer in found["matched"]}
    assert reasons(found) == {
        "aravalli": "not_lending",
        "nilgiri": "no_answer",
        "sahyadri": "amount_out_of_range",
        "vindhya": "amount_out_of_range",
    }


def test_a_partner_that_talks_nonsense_is_degraded_left_alone_and_shown_to_staff(
    outside: Outside, new_borrower: NewBorrower, ravi: Member
) -> None:
    def row() -> Any:
        rows = ravi.client.get("/v1/desk/partners?market=in")["partners"]
        return next(each for each in rows if each["partner_id"] == "vindhya")

    for _ in range(5):
        assert reasons(board(new_borrower(), SMALL))["vindhya"] == "no_answer"
        if row()["is_degraded"]:
            break
        outside.advance_by(timedelta(minutes=2))
    found = row()

    assert found["is_degraded"] and found["degraded_until"] and sum(found["reasons"].values()) >= 2
    assert found["status"] == "live"


def test_a_lender_without_room_refuses_an_acceptance_and_another_offer_is_still_good(
    new_borrower: NewBorrower, ravi: Member
) -> None:
    """Himadri lends 100,000 a day: one of two loans of 60,000."""
    first, second = new_borrower(), new_borrower()
    boards = [board(each, LARGE) for each in (first, second)]
    first.accept(boards[0]["application"], of(boards[0], "himadri"))
    offer, path = of(boards[1], "himadri"), f"/v1/applications/{boards[1]['application']['application_id']}/acceptance"
    accepted = {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]}
    refused = second.client.send("POST", path, accepted, key="himadri")

    assert (refused.status, refused.code) == (422, "lender_capacity")
    assert second.accept(boards[1]["application"], of(boards[1], PILOT), key="tapti")["partner_id"] == PILOT
    rows = ravi.client.get("/v1/desk/partners?market=in")["partners"]
    lent = {row["partner_id"]: row["lent_today"]["minor"] for row in rows}
    assert lent["himadri"] == 6_000_000 and lent[PILOT] >= 6_000_000


def test_a_partner_is_stored_by_two_members_and_its_change_of_tomorrow_today(anita: Member, ravi: Member) -> None:
    stored = ravi.client.get(f"/v1/desk/partners/{PILOT}")["stored"]
    wrong = {**stored, "products": [{**stored["products"][0], "annual_rate": {"A": "0.99"}}]}
    refused = anita.client.send("POST", "/v1/desk/partners", {"partner": wrong, "reason": "A mistake."})
    assert refused.code == "product_forbidden" and "in.annual_rate" in str(refused.body["detail"])

    paused = [*stored["standings"], {"status": "paused", "since": "2099-01-01"}]
    made = anita.client.post("/v1/desk/partners", {"partner": {**stored, "standings": paused}, "reason": "As agreed."})
    decision, path = {"decision": "approved", "digest": made["digest"], "reason": "Seen."}, "/v1/desk/partners/tapti"
    own = anita.client.send("POST", f"{path}/decision", decision)
    done = ravi.client.post(f"{path}/decision", decision)

    assert own.code == "own_approval" and done["state"] == "approved"
    assert ravi.client.get(path)["stored"]["standings"] == paused


def test_a_lender_is_told_of_its_loan_in_sequence_again_after_failures_and_may_ask_for_all(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    found = board(borrower, {"minor": 2_000_000, "currency": "INR"})
    loan_id = borrower.accept(found["application"], of(found, PILOT))["loan_id"]

    def told() -> list[list[int]]:
        """How each event was answered, in sequence."""
        got = sorted(outside.told_to_partner(loan_id), key=lambda each: str(each["event"]["sequence"]))
        return [each["answers"] for each in got]

    until("the sanction", told, lambda found: found == [[204]])
    outside.partner_takes(loan_id, "refuse", "refuse")
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
    until("two tries", told, lambda found: found == [[204], [503, 503]])
    borrower.repay(loan_id, {"minor": 100_000, "currency": "INR"})
    until("the payment", told, lambda found: len(found) == 3)
    outside.advance_by(MINUTES)
    outside.at_its_hour("resend-in")
    until("the second", told, lambda found: all(answers[-1] == 204 for answers in found))
    outside.rest()
    got = sorted(outside.told_to_partner(loan_id), key=lambda each: str(each["event"]["sequence"]))

    types = [each["event"]["type"].removeprefix("minnow.loan.") for each in got]
    assert types == ["sanctioned", "disbursed", "repaid"]
    assert [int(each["event"]["sequence"]) for each in got] == [1, 2, 3]
    assert told() == [[204], [503, 503, 204], [204]]
    asked = as_partner(outside, {"loan_id": loan_id})
    assert asked.status == 200 and asked.body["events"] == [each["event"] for each in got]
    since = as_partner(outside, {"after": got[0]["event"]["time"].removesuffix("Z")[:-1], "limit": 100})
    assert [each for each in since.body["events"] if each["subject"] == loan_id] == asked.body["events"]
    assert as_partner(outside, {"loan_id": loan_id}, "whsec_Zm9yZ2Vk").code == "signature_invalid"
    assert as_partner(outside, {"loan_id": "loan_01JZZZZZZZZZZZZZZZZZZZZZZZ"}).status == 404

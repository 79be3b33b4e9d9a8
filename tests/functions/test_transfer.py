"""The book of a lender who winds down, from the desk's door to the files: asked for once, built by messages."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.loans import Loans
from shared.adapters.partners import PARTNERS
from shared.adapters.table import ANY, Table, Write, plain
from shared.adapters.transfers import Transfers
from shared.markets import today
from shared.runtime import now
from tests.application.post import opened as stored
from tests.application.settling import LENDER
from tests.domain.lending import Life, contract
from tests.functions.door import Answer, Context, call, opened

PLACE = "/v1/desk/partners/partner"
ENDED = plain(LENDER) | {"standings": [{"status": "live", "since": "2026-01-01"}]}
WINDING = plain(LENDER) | {"standings": [*ENDED["standings"], {"status": "winding_down", "since": "2026-02-01"}]}
YESTERDAY: date = today("in", now()) - timedelta(days=1)


class Late(Context):
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Desk:
    def __init__(self, aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loans, self.monkeypatch, self.keys = loans, monkeypatch, 0
        self.s3, self.sqs = aws("s3"), aws("sqs")
        self.s3.create_bucket(Bucket="lenders", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
        self.queue = self.sqs.create_queue(QueueName="files")["QueueUrl"]
        monkeypatch.setenv("MINNOW_LENDERS_BUCKET", "lenders")
        monkeypatch.setenv("MINNOW_FILES_QUEUE", self.queue)

    def call(self, route: str, body: Any = None, role: str = "approver", **query: str) -> Answer:
        self.keys += 1
        with opened("desk_money", self.monkeypatch, loans=self.loans) as door:
            return call(door, route, body, subject="anita", key=f"key-{self.keys}", roles=(role,), query=query)

    def ask(self, as_of: date = YESTERDAY) -> Answer:
        return self.call(f"POST {PLACE}/transfers", {"as_of": as_of.isoformat(), "reason": "As agreed."})

    def relayed(self) -> None:
        """What the stream and the queue make of the run's task, until nothing is left to do; the look at the end, which
        comes some seconds later."""
        key = f"transfer#partner#{YESTERDAY}"
        run = Transfers(self.loans).find(key)
        for told in ({"task": "transfer", "pk": key, "sk": "run"}, {"finish": plain(run)}):
            self._handled([json.dumps(told)])

    def _handled(self, bodies: list[str]) -> None:
        with opened("report", self.monkeypatch, loans=self.loans) as door:
            while bodies:
                records = [
                    {"messageId": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}} for body in bodies
                ]
                assert door({"Records": records}, Late()) == {"batchItemFailures": []}
                bodies = self._waiting()

    def _waiting(self) -> list[str]:
        found = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in found]


@pytest.fixture
def desk(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    loans.transact([Write({"pk": PARTNERS, "sk": "partner", "partner": WINDING}, ANY)])
    life = Life(contract(fees="0"))
    stored(life, loans)
    Loans(loans).book(life.loan, life.contract, life.entries)
    yield Desk(aws, loans, monkeypatch)


def test_a_lender_who_winds_down_gets_his_book_and_who_asked_is_recorded(desk: Desk) -> None:
    made = desk.ask()
    assert (made.status, made.body["state"]) == (202, "building")
    run = desk.loans.get(f"transfer#partner#{YESTERDAY}", "run")
    assert run is not None and run["task"] == "transfer"
    assert desk.call(f"GET {PLACE}/files", kind="transfer", on=YESTERDAY.isoformat()).status == 404
    desk.relayed()
    found = desk.call(f"GET {PLACE}/files", role="auditor", kind="transfer", on=YESTERDAY.isoformat()).body

    assert (found["manifest"]["loans"], found["manifest"]["outstanding"]) == (1, 2_000_000)
    assert [part["name"] in part["url"] for part in found["parts"]] == [True]
    assert desk.ask().body["state"] == "finished"
    records = desk.loans.query(f"audit#in#{today('in', now()):%Y-%m}")
    assert {(each["action"], each["by"]) for each in records} == {("transfer.asked", "stf_anita")}


def test_a_day_that_is_not_over_and_a_lender_who_lends_on_are_refused(desk: Desk) -> None:
    assert desk.ask(YESTERDAY + timedelta(days=1)).body["code"] == "day_not_over"
    desk.loans.transact([Write({"pk": PARTNERS, "sk": "partner", "partner": ENDED}, ANY)])

    assert desk.ask().body["code"] == "not_winding_down"


def test_only_an_approver_asks_for_a_book(desk: Desk) -> None:
    body = {"as_of": YESTERDAY.isoformat(), "reason": "As agreed."}

    assert desk.call(f"POST {PLACE}/transfers", body, role="reviewer").body["code"] == "role_missing"

"""The doors that tell partners: the queue, the schedule, the stream's part in it, and the one that partners call."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from shared.adapters.loans import CONTRACT, ENTRY, Loans
from shared.adapters.partners import store
from shared.adapters.table import Table
from shared.domain.loan import sanctioned
from shared.runtime import now
from tests.application.partner_desk import OLDER, PARTNER, SECRET, Receiver, receiving
from tests.domain.lending import AT, Life, contract
from tests.functions.door import Context, opened
from tests.functions.test_night import Call, delivered, failed, taken
from tests.sandbox import TODAY, WRITTEN

QUEUES = ("partners", "score", "payouts", "payments", "notices", "parking", "debits", "files")
ROUTE = f"/v1/partners/{PARTNER}/events"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def sqs(aws: Any, loans: Table, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The queues, and in the book a loan of a partner that listens; a client to look into the queues."""
    client = aws("sqs")
    for name in QUEUES:
        monkeypatch.setenv(f"MINNOW_{name.upper()}_QUEUE", client.create_queue(QueueName=name)["QueueUrl"])
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    monkeypatch.setenv("MINNOW_ALLOWS_LOOPBACK", "yes")
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    aws("ssm").put_parameter(Name="/test/clock", Value="0", Type="String")
    secrets = {"Name": f"/test/partner/{PARTNER}/webhook_secrets", "Value": f"{SECRET} {OLDER}"}
    aws("ssm").put_parameter(**secrets, Type="SecureString")
    for written in WRITTEN:
        store(loans, {**written, "webhook_url": receiver.url}, TODAY)
    life, book = Life(contract(partner_id=PARTNER)), Loans(loans)
    start = sanctioned("loan_1", "brw_asha", life.contract, "app_1", "off_1", AT)
    loans.transact(book.sanction_writes(start, life.contract))
    book.book(start, life.contract, life.entries)
    return client


def step(place: str = CONTRACT, loan_id: str = "loan_1") -> dict[str, str]:
    return {"task": "partner", "pk": loan_id, "sk": place}


def test_a_step_of_the_queue_is_told_once(
    sqs: Any, loans: Table, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("webhook", monkeypatch, loans=loans) as handler:
        assert failed(handler(delivered(step(), step()), Call())) == []
        assert failed(handler(delivered(step(), times=2), Call())) == []

    assert receiver.ids == ["loan_1.1"] and taken(sqs, "partners") == []


def test_what_was_not_taken_is_asked_for_again_by_a_message_and_then_by_the_schedule(
    sqs: Any, loans: Table, receiver: Receiver, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses = [503, 503, 200]
    with opened("webhook", monkeypatch, loans=loans) as handler:
        handler(delivered(step()), Call())
        # The message waits its seconds in the queue.
        attributes = sqs.get_queue_attributes(
            QueueUrl=sqs.get_queue_url(QueueName="partners")["QueueUrl"], AttributeNames=["All"]
        )["Attributes"]
        assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"
    for minutes, partners in ((1, [PARTNER]), (2, []), (8, [PARTNER])):
        days = timedelta(minutes=minutes) / timedelta(days=1)
        aws("ssm").put_parameter(Name="/test/clock", Value=f"{days:.6f}", Type="String", Overwrite=True)
        with opened("resend", monkeypatch, loans=loans) as handler:
            assert handler({"market": "in"}, Call())["partners"] == partners
        with opened("webhook", monkeypatch, loans=loans) as handler:
            handler(delivered({"partner_id": PARTNER}), Call())

    assert receiver.ids == ["loan_1.1"] * 3


def test_a_loan_of_a_partner_that_is_not_in_the_list_is_kept_and_told_to_nobody(
    sqs: Any, loans: Table, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(contract(partner_id="unknown"), lent_on=None)
    start = sanctioned("loan_2", "brw_asha", life.contract, "app_2", "off_2", AT)
    loans.transact(Loans(loans).sanction_writes(start, life.contract))
    with opened("webhook", monkeypatch, loans=loans) as handler:
        assert failed(handler(delivered(step(loan_id="loan_2")), Call())) == []

    assert receiver.got == []


def test_the_stream_sends_what_has_a_task_and_what_tells_to_a_queue_each(
    sqs: Any, loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = {"pk": {"S": "loan_1"}, "sk": {"S": f"{ENTRY}repayment.1"}}
    with opened("relay", monkeypatch, loans=loans) as handler:
        both = {**image, "task": {"S": "notice"}, "tells": {"S": "partner"}}
        handler({"Records": [{"dynamodb": {"NewImage": each}} for each in (both, image)]}, Context())

    assert [each["task"] for each in taken(sqs, "partners")] == ["partner"]
    assert [each["task"] for each in taken(sqs, "notices")] == ["notice"]


def asked(handler: Any, body: Any, secret: str = SECRET, path: str = ROUTE) -> tuple[int, Any]:
    """What a partner gets that signs what it asks."""
    raw, at = json.dumps(body), datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, raw),
    }
    context = {
        "requestId": "request",
        "stage": "$default",
        "http": {"method": "POST", "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1", "userAgent": "test"},
    }
    event = {"version": "2.0", "routeKey": f"POST {path}", "rawPath": path, "rawQueryString": "", "headers": headers}
    answer = handler({**event, "requestContext": context, "body": raw, "isBase64Encoded": False}, Context())
    return answer["statusCode"], json.loads(answer["body"])


def test_a_partner_that_proves_itself_reads_what_happened_to_its_loans_and_nobody_else_does(
    sqs: Any, loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("webhook", monkeypatch, loans=loans) as handler:
        handler(delivered(step()), Call())
    with opened("partner", monkeypatch, loans=loans) as door:
        status, found = asked(door, {"loan_id": "loan_1"})
        _, since = asked(door, {"after": "2026-01-01T00:00:00"}, OLDER)
        _, later = asked(door, {"after": f"{now() + timedelta(days=1):%Y-%m-%dT%H:%M:%S}", "limit": 1})
        refused = [
            asked(door, {"loan_id": "loan_1"}, "whsec_YW5vdGhlcg=="),
            asked(door, {"loan_id": "loan_1"}, path="/v1/partners/kaveri/events"),
            asked(door, {"loan_id": "loan_1"}, path="/v1/partners/nobody/events"),
            asked(door, {"loan_id": "loan_nobodys"}),
            asked(door, {"after": "yesterday"}),
            asked(door, {}),
        ]

    assert (status, [each["id"] for each in found["events"]]) == (200, ["loan_1.1", "loan_1.2"])
    assert since == {"events": found["events"][:1], "next": None} and later == {"events": [], "next": None}
    codes = [body["code"] for _, body in refused]
    assert codes == ["signature_invalid", "signature_invalid", "not_found", "not_found", *["invalid_request"] * 2]

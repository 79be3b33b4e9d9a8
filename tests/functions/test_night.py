"""The night's doors: what they make of schedules and messages, and that a loan that fails holds up no other."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.table import ANY, Table, Write, record
from shared.adapters.work_index import WorkIndex
from shared.domain import agenda
from shared.domain.loan import sanctioned
from tests.domain.lending import AT, Life, contract
from tests.functions.door import Context, opened, turn_clock

TODAY = date(2027, 3, 15)


class Call(Context):
    """A call with all its time before it."""

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@pytest.fixture
def queues(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The night's queues at noon; a client to look into them."""
    sqs = aws("sqs")
    turn_clock(aws("ssm"), TODAY)
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    for name in ("sweep", "night"):
        monkeypatch.setenv(f"MINNOW_{name.upper()}_QUEUE", sqs.create_queue(QueueName=name)["QueueUrl"])
    return sqs


def taken(sqs: Any, name: str) -> list[Any]:
    """The bodies of all messages of a queue, which then are gone."""
    url, found = sqs.get_queue_url(QueueName=name)["QueueUrl"], []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def delivered(*bodies: Any, times: int = 1) -> dict[str, Any]:
    """The event of a batch of messages that come for so many times."""
    return {
        "Records": [
            {
                "messageId": f"message_{number}",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(times)},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def lent(loans: Table, loan_id: str, days_ago: int = 40) -> str:
    """A loan one of whose instalments has fallen due."""
    life = Life(contract(fees="0"), TODAY - timedelta(days=days_ago))
    loan = sanctioned(loan_id, "brw_asha", life.contract, "app_1", "off_1", AT)
    loans.transact([Write(record(loan, loan_id, HEAD)), Write(record(life.contract, loan_id, CONTRACT))])
    Loans(loans).book(replace(life.loan, loan_id=loan_id), life.contract, life.entries)
    return loan_id


def poison(loans: Table, loan_id: str) -> str:
    """A loan whose head nobody can read."""
    lent(loans, loan_id)
    loans.transact([Write({"pk": loan_id, "sk": HEAD, "state": "broken"}, ANY)])
    return loan_id


def is_worked(loans: Table, loan_id: str) -> bool:
    return any(entry.kind == "due" for entry in Loans(loans).entries(loan_id))


def failed(answer: Any) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_a_schedule_starts_the_night_of_the_markets_today(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("night", monkeypatch, loans=loans) as handler:
        told = handler({"market": "in"}, Call())

    assert told == {"market": "in", "on": TODAY.isoformat()}
    assert {(sweep["shard"][:3], sweep["on"]) for sweep in taken(queues, "sweep")} == {("in#", TODAY.isoformat())}


def test_what_a_night_sends_is_what_a_sweep_reads_and_what_that_sends_a_worker_works(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_ids = [lent(loans, f"loan_{number}") for number in range(3)]
    with opened("night", monkeypatch, loans=loans) as handler:
        handler({"market": "in"}, Call())
    with opened("sweep", monkeypatch, loans=loans) as handler:
        swept = handler(delivered(*taken(queues, "sweep")), Call())
    with opened("work", monkeypatch, loans=loans) as handler:
        worked = handler(delivered(*taken(queues, "night")), Call())
    with opened("watch", monkeypatch, loans=loans) as handler:
        watched = handler({"market": "in"}, Call())

    assert failed(swept) == failed(worked) == []
    assert all(is_worked(loans, loan_id) for loan_id in loan_ids)
    assert watched == {"market": "in", "is_finished": True}


def test_an_unfinished_night_is_counted(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened("watch", monkeypatch, loans=loans) as handler:
        watched = handler({"market": "cn"}, Call())

    assert watched == {"market": "cn", "is_finished": False}
    assert '"NightUnfinished":[1.0]' in capsys.readouterr().out


def test_a_loan_that_fails_fails_its_message_and_no_other(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = poison(loans, "loan_bad"), lent(loans, "loan_good")
    bodies = [{"on": TODAY.isoformat(), "loan_ids": [each]} for each in (bad, good)]
    with opened("work", monkeypatch, loans=loans) as handler:
        answer = handler(delivered(*bodies), Call())

    assert failed(answer) == ["message_0"]
    assert is_worked(loans, good)


def test_a_message_that_comes_again_is_taken_apart_and_its_good_loans_are_worked(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, bad, last = lent(loans, "loan_1"), poison(loans, "loan_2"), lent(loans, "loan_3")
    body = {"on": TODAY.isoformat(), "loan_ids": [first, bad, last]}
    with opened("work", monkeypatch, loans=loans) as handler:
        assert failed(handler(delivered(body), Call())) == ["message_0"]
        assert failed(handler(delivered(body, times=2), Call())) == []
        alone = taken(queues, "night")
        answer = handler(delivered(*alone), Call())
        again = handler(delivered(alone[1], times=5), Call())

    assert [each["loan_ids"] for each in alone] == [[first], [bad], [last]]
    assert failed(answer) == ["message_1"] and failed(again) == ["message_0"]
    assert is_worked(loans, first) and is_worked(loans, last)
    assert taken(queues, "night") == []


def test_a_sweep_without_time_leaves_the_rest_to_another(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 100

    items = [
        {"pk": f"loan_{n:03d}", "sk": HEAD, "work_shard": "in#0", "work_on": TODAY.isoformat()} for n in range(251)
    ]
    for start in range(0, len(items), 100):
        loans.transact([Write(item) for item in items[start : start + 100]])
    body = {"index": "work", "shard": "in#0", "on": TODAY.isoformat(), "after": None}
    with opened("sweep", monkeypatch, loans=loans) as handler:
        handler(delivered(body), Ending())
        [rest] = taken(queues, "sweep")
        handler(delivered(rest), Ending())
    found = [loan_id for batch in taken(queues, "night") for loan_id in batch["loan_ids"]]

    assert rest == {**body, "after": [TODAY.isoformat(), "loan_249"]}
    assert sorted(found) == [item["pk"] for item in items]
    assert taken(queues, "sweep") == []


def test_a_head_lies_in_the_index_under_the_shard_that_a_night_sweeps(loans: Table) -> None:
    loan_id = lent(loans, "loan_1")
    loan, terms = Loans(loans).get(loan_id)
    page = WorkIndex(loans, "work").page(agenda.shard(loan, terms), TODAY, None, 10)

    assert page.loan_ids == (loan_id,)

"""The doors of debits: a schedule's run goes over the sweep to whoever places them; a rail that is silent is asked
again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.adapters.debits import Debits, changed_debit
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.mandates import new_mandate
from shared.adapters.table import ANY, Table, Write, record
from shared.domain import agenda
from shared.domain.loan import sanctioned
from shared.domain.telling import SENT, Message, Telling
from tests.domain.lending import AT, Life, contract
from tests.domain.test_debits import DUE, MANDATE, NOTICED, at, of_the_due
from tests.functions.door import opened
from tests.functions.test_night import Call, delivered, failed, taken


@pytest.fixture
def queues(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The queues, on the morning of the due date, and the address of a rail where nobody answers."""
    sqs, parameters = aws("sqs"), aws("ssm")
    for name in ("sweep", "night", "notices", "debits"):
        monkeypatch.setenv(f"MINNOW_{name.upper()}_QUEUE", sqs.create_queue(QueueName=name)["QueueUrl"])
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    days = (at(DUE, 8, 20) - datetime.now(UTC)).total_seconds() / 86_400
    told = {
        "/test/clock": str(days),
        "/test/rail/upi/url": "http://127.0.0.1:9",
        "/test/rail/upi/secret": "whsec_c2VjcmV0",
    }
    for name, value in told.items():
        parameters.put_parameter(Name=name, Value=value, Type="String")
    yield sqs


def due(loans: Table, loan_id: str) -> str:
    """A loan whose debit was planned and told in time."""
    life, mandate = Life(contract(fees="0")), replace(MANDATE, mandate_id=f"mnd_{loan_id}", loan_id=loan_id)
    start = sanctioned(loan_id, "brw_asha", life.contract, "app_1", "off_1", AT)
    loans.transact([Write(record(start, loan_id, HEAD)), Write(record(life.contract, loan_id, CONTRACT))])
    loan = replace(life.loan, loan_id=loan_id)
    Loans(loans).book(loan, life.contract, life.entries)
    debit = replace(of_the_due(), loan_id=loan_id, mandate_id=mandate.mandate_id)
    told = Telling(
        debit.notice_id,
        "debit_notice",
        "duty",
        date(2026, 2, 26),
        "en",
        (Message("sms", "It comes."),),
        NOTICED,
        state=SENT,
        sent_at=NOTICED,
    )
    writes = [*new_mandate(mandate), changed_debit(debit, agenda.shard(loan, life.contract))]
    loans.transact([*writes, Write(record(told, loan_id, f"notice#{told.notice_id}"))])
    return loan_id


def attempts(loans: Table, loan_id: str) -> int:
    debit = Debits(loans).of_loan(loan_id)
    assert debit is not None
    return debit.attempts


def test_a_run_goes_over_the_sweep_to_whoever_places_debits(
    loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_ids = [due(loans, f"loan_{number}") for number in range(3)]
    with opened("collect", monkeypatch, loans=loans) as handler:
        told = handler({"market": "in"}, Call())
    with opened("sweep", monkeypatch, loans=loans) as handler:
        handler(delivered(*taken(queues, "sweep")), Call())
    with opened("debit", monkeypatch, loans=loans) as handler:
        answer = handler(delivered(*taken(queues, "debits")), Call())

    assert (told, failed(answer)) == ({"market": "in", "on": DUE.isoformat()}, [])
    assert [attempts(loans, loan_id) for loan_id in loan_ids] == [1, 1, 1]


def test_a_message_whose_rail_is_silent_comes_again(loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loan_id = due(loans, "loan_1")
    with opened("debit", monkeypatch, loans=loans) as handler:
        handler(delivered({"on": DUE.isoformat(), "loan_ids": [loan_id]}), Call())
        debit = Debits(loans).of_loan(loan_id)
        assert debit is not None
        messages = [{"task": "debit", "pk": pk, "sk": "any"} for pk in (debit.order_id, debit.mandate_id)]
        answer = handler(delivered(*messages), Call())

    order = Loans(loans).repayment_order(debit.order_id)
    assert failed(answer) == ["message_0", "message_1"]
    assert order is not None and order.state == "sent"


def test_a_loan_that_fails_is_alone_the_second_time(loans: Table, queues: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loan_ids = [due(loans, "loan_1"), due(loans, "loan_2")]
    loans.transact([Write({"pk": "loan_1", "sk": HEAD, "state": "broken"}, ANY)])
    batch = {"on": DUE.isoformat(), "loan_ids": loan_ids}
    with opened("debit", monkeypatch, loans=loans) as handler:
        assert failed(handler(delivered(batch, batch), Call())) == ["message_0", "message_1"]
        handler(delivered(batch, times=2), Call())
        alone = taken(queues, "debits")
        answer = handler(delivered(*alone), Call())

    assert [each["loan_ids"] for each in alone] == [["loan_1"], ["loan_2"]]
    assert failed(answer) == ["message_0"] and attempts(loans, "loan_2") == 1

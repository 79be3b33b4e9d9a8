"""The doors of notices: a schedule's hour, a sweep's loans, a payment's task, and what their borrower reads of them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from shared import wiring
from shared.adapters.borrower_notices import BorrowerNotices, to_alert
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.people import People
from shared.adapters.reach import Reach
from shared.adapters.sessions import Sessions
from shared.adapters.table import ANY, Table, Write, record
from shared.domain.contact import Wishes
from shared.domain.devices import Device
from shared.domain.loan import sanctioned
from shared.domain.sessions import Session
from shared.domain.telling import Alert, Message, Telling
from shared.runtime import now
from tests.conftest import REGION
from tests.domain.lending import AT, Life, contract, rupees
from tests.functions.asha import Members
from tests.functions.door import call, opened, turn_clock
from tests.functions.test_night import Call, delivered, failed, taken
from tests.sandbox import WRITTEN

TODAY = date(2027, 3, 15)


@pytest.fixture
def sqs(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The queues; a client to look into them."""
    client = aws("sqs")
    for name in ("sweep", "night", "notices"):
        monkeypatch.setenv(f"MINNOW_{name.upper()}_QUEUE", client.create_queue(QueueName=name)["QueueUrl"])
    return client


@pytest.fixture
def stage(aws: Any, loans: Table, people: Table, sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A borrower with a device, a lender, and a clock that shows eleven of that day in India."""
    sns = aws("sns")
    app = sns.create_platform_application(Name="minnow", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    made = sns.create_platform_endpoint(PlatformApplicationArn=app, Token="token")
    aws("ssm").put_parameter(Name="/test/push/service", Value=app, Type="String")
    turn_clock(aws("ssm"), TODAY, 11)
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    monkeypatch.setenv("MINNOW_USER_POOL_ID", "pool")
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    monkeypatch.setenv("MINNOW_APP_URL", "https://app.minnow.example")
    People(people).open("brw_asha", "in", "en")
    Reach(people).register("brw_asha", Device("dev_1", "android", made["EndpointArn"], AT))
    loans.transact([Write({"pk": "partners", "sk": "partner", "partner": {**WRITTEN[0], "partner_id": "partner"}})])


def lent(loans: Table, loan_id: str, life: Life, borrower_id: str = "brw_asha") -> str:
    start = sanctioned(loan_id, borrower_id, life.contract, "app_1", "off_1", AT)
    loans.transact([Write(record(start, loan_id, HEAD)), Write(record(life.contract, loan_id, CONTRACT))])
    loans.transact([Write({"pk": borrower_id, "sk": loan_id})])
    Loans(loans).book(replace(life.loan, loan_id=loan_id), life.contract, life.entries)
    return loan_id


def due_today() -> Life:
    """Lent in time for its first instalment to fall due today."""
    return Life(contract(fees="0"), TODAY.replace(month=TODAY.month - 1))


def late() -> Life:
    return Life(contract(fees="0"), TODAY - timedelta(days=40)).until(TODAY)


def test_an_hour_of_reminders_goes_over_the_sweep_to_whoever_tells_them(
    stage: None, loans: Table, people: Table, sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_id = lent(loans, "loan_1", late())
    with opened("remind", monkeypatch) as handler:
        told = handler({"market": "in"}, Call())
    with opened("sweep", monkeypatch, loans=loans) as handler:
        swept = handler(delivered(*taken(sqs, "sweep")), Call())
    messages = taken(sqs, "notices")
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        answers = [handler(delivered(*messages), Call()) for _ in range(2)]

    assert told == {"market": "in", "on": TODAY.isoformat()}
    assert failed(swept) == [] and [failed(answer) for answer in answers] == [[], []]
    assert [each["loan_ids"] for each in messages] == [[loan_id]]
    assert {each["state"] for each in shown(loans, loan_id, monkeypatch)} == {"sent"}


def shown(loans: Table, loan_id: str, monkeypatch: pytest.MonkeyPatch, subject: str = "asha") -> list[dict[str, Any]]:
    with opened("loans", monkeypatch, loans=loans) as handler:
        return list(call(handler, f"GET /v1/loans/{loan_id}/notices", subject=subject).body["notices"])


def test_a_payments_task_is_answered_and_its_borrower_reads_what_was_sent(
    stage: None, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(contract(fees="0"), TODAY - timedelta(days=3))
    life.pay(rupees("500"), TODAY)
    entries = [replace(entry, recorded_at=now()) for entry in life.entries]
    life.entries = entries
    loan_id = lent(loans, "loan_1", life)
    task = {"task": "notice", "pk": loan_id, "sk": "entry#repayment.upi.payment.upi1"}
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        assert failed(handler(delivered(task), Call())) == []
        assert failed(handler(delivered(task, times=2), Call())) == []
    [notice] = shown(loans, loan_id, monkeypatch)

    known_as = (notice["notice_id"], notice["kind"], notice["channels"])
    assert known_as == ("receipt.upi.payment.upi1", "receipt", ["push"])
    assert "₹500.00" in notice["text"] and notice["language"] == "en"


def test_a_new_device_is_told_once_on_every_channel(
    stage: None, aws: Any, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, members = Sessions(people), Members()
    members.phones["asha"] = "+919876543210"
    sessions.save("brw_asha", Session("other", AT, AT, "key", is_new=True), None)
    sessions.save("brw_asha", Session("known", AT, AT, "key"), None)
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        events = wiring.phonebook().cognito.meta.events
        events.register("before-call.cognito-identity-provider", members.answer)
        for session_id in ("other", "other", "known", "nobodys"):
            assert failed(handler(delivered({"borrower_id": "brw_asha", "session_id": session_id}), Call())) == []
        events.unregister("before-call.cognito-identity-provider", members.answer)

    backend = sns_backends[DEFAULT_ACCOUNT_ID][REGION]
    [device] = backend.platform_endpoints.values()
    [(_, text)] = backend.sms_messages.values()
    assert "A new device has signed in" in text
    assert len(device.messages) == 1
    assert sessions.get("brw_asha", "other").told_at
    with opened("loans", monkeypatch, loans=loans) as handler:
        [notice] = call(handler, "GET /v1/me/notices", subject="asha").body["notices"]
        assert call(handler, "GET /v1/me/notices", subject="ravi").body == {"notices": [], "next": None}
    assert (notice["notice_id"], notice["channels"], notice["title"]) == (
        "new_device.other",
        ["push", "sms"],
        "New device",
    )
    assert "A new device has signed in" in notice["text"] and notice["sent_at"]


def test_what_is_done_with_an_account_is_told_once_on_every_channel(
    stage: None, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = Members()
    members.phones["asha"] = "+919876543210"
    tasks = []
    for kind in ("phone_change", "account_linked"):
        write = to_alert(loans, Alert("brw_asha", kind, AT))
        loans.transact([write])
        tasks.append({name: write.item[name] for name in ("task", "pk", "sk", "borrower_id")})
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        events = wiring.phonebook().cognito.meta.events
        events.register("before-call.cognito-identity-provider", members.answer)
        assert failed(handler(delivered(*tasks, tasks[0]), Call())) == []
        events.unregister("before-call.cognito-identity-provider", members.answer)
    with opened("loans", monkeypatch, loans=loans) as handler:
        notices = call(handler, "GET /v1/me/notices", subject="asha").body["notices"]

    backend = sns_backends[DEFAULT_ACCOUNT_ID][REGION]
    [device] = backend.platform_endpoints.values()
    assert len(backend.sms_messages) == len(device.messages) == 2
    assert {each["kind"]: each["channels"] for each in notices} == {
        "account_linked": ["push", "sms"],
        "phone_change": ["push", "sms"],
    }


def test_what_belongs_to_no_loan_is_listed_by_its_day_a_page_at_a_time(
    loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices, on = BorrowerNotices(loans), date(2026, 11, 20)
    for number, kind in enumerate(("paper_accepted", "data_erasure", "paper_waits")):
        message = Message("sms", f"{kind}.")
        day = on + timedelta(days=number)
        telling = Telling(f"{kind}.x", kind, "answer", day, "hi", (message,), AT).taken_by("sms", AT)
        notices.put("brw_asha", telling, None)
    with opened("loans", monkeypatch, loans=loans) as handler:
        first = call(handler, "GET /v1/me/notices", query={"limit": "2"}, subject="asha").body
        last = call(handler, "GET /v1/me/notices", query={"limit": "2", "after": first["next"]}, subject="asha").body
        wrong = call(handler, "GET /v1/me/notices", query={"after": "notice#x"}, subject="asha")

    assert [each["kind"] for each in first["notices"]] == ["paper_accepted", "data_erasure"]
    assert first["next"] == "2026-11-21#data_erasure.x"
    assert ([each["kind"] for each in last["notices"]], last["next"]) == (["paper_waits"], None)
    assert {(each["language"], each["state"]) for each in first["notices"]} == {("hi", "sent")}
    assert wrong.status == 422


def test_what_another_was_told_is_not_there(stage: None, loans: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    loan_id = lent(loans, "loan_1", late())
    with opened("loans", monkeypatch, loans=loans) as handler:
        assert call(handler, f"GET /v1/loans/{loan_id}/notices", subject="other").status == 404


def test_a_loan_that_fails_fails_its_message_and_no_other(
    stage: None, loans: Table, people: Table, sqs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = lent(loans, "loan_good", late()), lent(loans, "loan_bad", late(), "brw_ravi")
    loans.transact([Write({"pk": bad, "sk": HEAD, "state": "broken"}, ANY)])
    body = {"on": TODAY.isoformat(), "loan_ids": [bad, good]}
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        assert failed(handler(delivered(body), Call())) == ["message_0"]
        assert failed(handler(delivered(body, times=2), Call())) == []
        alone = taken(sqs, "notices")
        answer = handler(delivered(*alone), Call())

    assert [each["loan_ids"] for each in alone] == [[bad], [good]]
    assert failed(answer) == ["message_0"]
    assert shown(loans, good, monkeypatch)


def test_the_next_credit_file_is_shown_before_it_is_reported(
    stage: None, loans: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_id = lent(loans, "loan_1", late())
    with opened("loans", monkeypatch, loans=loans) as handler:
        [line] = call(handler, "GET /v1/me/credit-file", subject="asha").body["loans"]
        nothing = call(handler, "GET /v1/me/credit-file", subject="other").body["loans"]

    assert line["loan_id"] == loan_id and line["is_default"]
    assert line["days_past_due"] >= 8 and line["classification"] == "SMA-0"
    assert line["reference_on"] >= TODAY.isoformat() < line["file_by"]
    assert line["notice_from"] and line["overdue"]["minor"] > 0
    assert nothing == []


def test_a_wish_of_the_borrower_reaches_whoever_tells(
    stage: None, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    loan_id = lent(loans, "loan_1", due_today())
    with opened("notify", monkeypatch, loans=loans, people=people) as handler:
        Reach(people).save_wishes("brw_asha", Wishes(do_not_contact=(TODAY,)))
        handler(delivered({"on": TODAY.isoformat(), "loan_ids": [loan_id]}), Call())

    assert shown(loans, loan_id, monkeypatch) == []

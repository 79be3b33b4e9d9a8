"""From an application to its offers: the doors `apply` and `score` on the same tables."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters import clients
from shared.adapters.borrowers import Borrowers
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.partners import store
from shared.adapters.people import People
from shared.adapters.table import ANY, Table, Write, record, unpack
from shared.adapters.vault import Vault
from shared.domain.borrowers import Address, Borrower, Means, Person
from shared.settings import setting
from tests.functions.door import Answer, Context, call, opened
from tests.sandbox import INDIA, TODAY, WRITTEN, ready, rupees

ASKED = {"amount": {"minor": 2_000_000, "currency": "INR"}, "tenor_months": 12, "purpose": "cash"}
ASHA = Person("Asha Verma", "ABCPV1234D", Address("14 Lake Road", "Pune", "MH", "411001"))


class Doors:
    """Asha with her phone, and the queue's worker."""

    def __init__(self, apply: Any, score: Any, loans: Table, people: Table, kms: Any) -> None:
        self.apply, self.score = apply, score
        self.loans, self.people, self.kms = loans, people, kms

    def call(self, route: str, body: Any = None, *, subject: str = "asha", key: str | None = None) -> Answer:
        return call(self.apply, route, body, subject=subject, key=key)

    def submit(self, body: Any = None, *, key: str = "first", subject: str = "asha") -> Answer:
        return self.call("POST /v1/applications", body or ASKED, key=key, subject=subject)

    def offers(self, application_id: str) -> Answer:
        return self.call(f"GET /v1/applications/{application_id}/offers")

    def accept(self, application_id: str, offer: Any, *, key: str = "yes", **changes: str) -> Answer:
        body = {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]} | changes
        return self.call(f"POST /v1/applications/{application_id}/acceptance", body, key=key)

    def decide(self, *application_ids: str) -> Any:
        found = {each["pk"]: each["borrower_id"] for each in self.stored() if each["sk"] == "application"}
        item = {"task": "score", "sk": "application"}
        messages = [item | {"pk": each, "borrower_id": found.get(each, "brw_nobody")} for each in application_ids]
        records = [
            {"messageId": str(number), "body": json.dumps(message), "eventSource": "aws:sqs", "attributes": {}}
            for number, message in enumerate(messages)
        ]
        return self.score({"Records": records}, Context())

    def become(self, borrower: Borrower, monthly_income: int = 45_000, months_employed: int = 48) -> None:
        """A borrower who has given all that `borrower` says, with means of their own."""
        people, known = People(self.people), self.people.get(borrower.id, "borrower")
        mine = replace(borrower, data_key=known.get("data_key") if known else None)
        self.people.transact([Write(record(mine, borrower.id, "borrower"), ANY)])
        means = Means(date(1994, 6, 15), rupees(monthly_income), rupees(3_000), "salaried", months_employed)
        vault = Vault(self.kms, self.vault_key())
        at = datetime(2026, 11, 22, tzinfo=UTC)
        Borrowers(people, vault, "test").save_profile(borrower.id, ASHA, means, PaperSeals(people, vault), at)

    def openings(self, purpose: str) -> list[dict[str, Any]]:
        return [each for each in self.people.query("openings#brw_asha") if each["purpose"] == purpose]

    def vault_key(self) -> str:
        return str(setting("VAULT_KEY"))

    def decided(self) -> str:
        """An application of Asha's with offers: its id."""
        application_id = str(self.submit().body["application_id"])
        self.decide(application_id)
        return application_id

    def stored(self) -> list[dict[str, Any]]:
        return [unpack(item) for item in self.loans.client.scan(TableName=self.loans.name)["Items"]]


@pytest.fixture
def doors(aws: Any, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setenv("MINNOW_VAULT_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    aws("ssm").put_parameter(Name="/test/clock", Value="0", Type="String")
    for written in WRITTEN:
        store(loans, written, TODAY)
    with ExitStack() as stack:
        apply, score = (
            stack.enter_context(opened(name, monkeypatch, loans=loans, people=people)) for name in ("apply", "score")
        )
        made = Doors(apply, score, loans, people, aws("kms"))
        made.become(ready())
        yield made


def days_later(aws: Any, days: int) -> None:
    aws("ssm").put_parameter(Name="/test/clock", Value=str(days), Type="String", Overwrite=True)


def test_an_application_is_taken_and_waits_with_a_task_for_the_scorer(doors: Doors) -> None:
    answer = doors.submit()

    assert (answer.status, answer.body["state"]) == (201, "submitted")
    item = doors.loans.get(answer.body["application_id"], "application")
    assert item is not None and item["task"] == "score"


def test_the_same_request_again_makes_no_second_application(doors: Doors) -> None:
    first, second = doors.submit(), doors.submit()

    assert second.body == first.body
    assert second.status == 201 and second.headers["Idempotency-Replayed"] == "true"
    assert len(doors.call("GET /v1/applications").body["applications"]) == 1


def test_the_same_key_with_another_amount_is_refused(doors: Doors) -> None:
    doors.submit()
    answer = doors.submit(ASKED | {"tenor_months": 6})

    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")


def test_a_second_application_waits_for_the_first(doors: Doors) -> None:
    doors.submit()
    answer = doors.submit(key="second")

    assert (answer.status, answer.body["code"]) == (422, "application_open")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (ASKED | {"amount": {"minor": 2_000_000, "currency": "CNY"}}, "currency_mismatch", "/amount/currency"),
        (ASKED | {"amount": {"minor": 1, "currency": "INR"}}, "amount_out_of_range", "/amount/minor"),
        (ASKED | {"amount": {"minor": "1", "currency": "INR"}}, "invalid_request", "/amount/minor"),
        (ASKED | {"tenor_months": 48}, "tenor_out_of_range", "/tenor_months"),
        (ASKED | {"purpose": "yacht"}, "invalid_request", "/purpose"),
        (ASKED | {"market": "cn"}, "invalid_request", "/market"),
        ({}, "invalid_request", "/amount"),
    ],
)
def test_a_faulty_application_says_where_and_changes_nothing(doors: Doors, body: Any, code: str, pointer: str) -> None:
    before = doors.stored()
    answer = doors.call("POST /v1/applications", body, key="first")

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == pointer
    assert doors.stored() == before


@pytest.mark.parametrize(
    ("lacking", "code"),
    [({"consents": ()}, "consent_missing"), ({"has_bank_account": False}, "profile_incomplete")],
)
def test_whoever_is_not_ready_is_told_what_is_missing(doors: Doors, lacking: Any, code: str) -> None:
    doors.become(ready(**lacking))
    answer = doors.submit()

    assert (answer.status, answer.body["code"]) == (422, code)


def test_an_application_needs_a_key(doors: Doors) -> None:
    answer = doors.call("POST /v1/applications", ASKED)

    assert (answer.status, answer.body["code"]) == (400, "idempotency_key_missing")


def test_a_decision_brings_offers_with_their_statements(doors: Doors) -> None:
    application_id = doors.decided()
    shown = doors.call(f"GET /v1/applications/{application_id}").body
    board = doors.offers(application_id).body

    assert (shown["state"], shown["decision"]["grade"]) == ("offered", "A")
    assert shown["decision"]["points"] and shown["decided_at"] >= shown["submitted_at"]
    assert board["ranking"] == {"metric": "apr", "version": "1"}
    assert [offer["partner_id"] for offer in board["matched"]] == ["sahyadri", "tapti"]
    # Nobody stored where Kaveri's desk is, so that it cannot answer.
    assert {each["partner_id"]: each["reason"] for each in board["unmatched"]} == {
        "aravalli": "not_lending",
        "himadri": "amount_out_of_range",
        "kaveri": "no_answer",
        "nilgiri": "amount_out_of_range",
        "vindhya": "amount_out_of_range",
    }


def test_the_hash_of_a_statement_can_be_checked_by_whoever_reads_it(doors: Doors) -> None:
    offer, *_ = doors.offers(doors.decided()).body["matched"]
    text = json.dumps(offer["kfs"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(text.encode()).hexdigest() == offer["kfs_hash"]


def test_a_first_applications_decision_takes_a_read_the_record_of_the_opening_and_a_write(doors: Doors) -> None:
    """Besides what a process reads of lenders, once a minute."""
    doors.decided()
    doors.become(ready(id="brw_ravi"))
    application_id = str(doors.submit(subject="ravi").body["application_id"])
    calls: list[str] = []
    events = clients.client("dynamodb").meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="counted")
    doors.decide(application_id)
    events.unregister("before-call.dynamodb", unique_id="counted")

    assert calls == ["TransactGetItems", "PutItem", "TransactWriteItems"]


def test_the_task_is_gone_once_decided(doors: Doors) -> None:
    item = doors.loans.get(doors.decided(), "application")

    assert item is not None and "task" not in item


def test_a_message_that_comes_twice_decides_once(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    application_id = doors.decided()
    before = doors.stored()
    capsys.readouterr()
    answer = doors.decide(application_id, application_id)

    assert answer == {"batchItemFailures": []}
    assert doors.stored() == before
    assert [each["fields"] for each in doors.openings("score")] == [["profile.means"]]
    assert "DecisionSeconds" not in capsys.readouterr().out


def test_the_time_from_submission_to_decision_is_measured(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    doors.decided()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]

    (metric,) = [line for line in lines if "DecisionSeconds" in line]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Minnow"
    assert 0 <= metric["DecisionSeconds"][0] < 60


def test_a_message_that_cannot_be_handled_fails_alone(doors: Doors) -> None:
    application_id = doors.submit().body["application_id"]
    answer = doors.decide("app_unknown", application_id)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert doors.call(f"GET /v1/applications/{application_id}").body["state"] == "offered"


def test_too_much_is_declined_with_what_would_do_and_may_be_asked_for_at_once(doors: Doors) -> None:
    too_much = doors.submit(ASKED | {"amount": {"minor": 10_000_000, "currency": "INR"}, "tenor_months": 3})
    doors.decide(too_much.body["application_id"])
    declined = doors.call(f"GET /v1/applications/{too_much.body['application_id']}").body
    [less, *_] = declined["decision"]["would_be_approved"]
    again = doors.submit(ASKED | {"amount": less["amount"], "tenor_months": less["tenor_months"]}, key="less")

    assert declined["state"] == "declined"
    assert declined["decision"]["reasons"][0]["code"] == "instalment_unaffordable"
    doors.decide(again.body["application_id"])
    assert (again.status, less["tenor_months"]) == (201, 3)
    assert doors.offers(again.body["application_id"]).body["matched"] != []
    assert doors.offers(too_much.body["application_id"]).body["matched"] == []


def test_statements_are_in_the_language_of_who_applied(doors: Doors) -> None:
    doors.become(ready(language="hi"))
    matched = doors.offers(doors.decided()).body["matched"]

    assert {offer["kfs"]["language"] for offer in matched} == {"hi"}


def test_offers_are_shown_only_once_decided(doors: Doors) -> None:
    answer = doors.offers(doors.submit().body["application_id"])

    assert (answer.status, answer.body["code"]) == (422, "application_not_decided")


def test_anothers_application_is_not_found(doors: Doors) -> None:
    application_id = doors.decided()
    offer = doors.offers(application_id).body["matched"][0]
    doors.become(ready(id="brw_ravi"))
    body = {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]}
    place = f"/v1/applications/{application_id}"
    answers = [
        doors.call(f"GET {place}", subject="ravi"),
        doors.call(f"GET {place}/offers", subject="ravi"),
        doors.call(f"POST {place}/acceptance", body, subject="ravi", key="k"),
    ]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(404, "not_found")] * 3
    assert doors.call("GET /v1/applications", subject="ravi").body == {"applications": [], "next": None}


def test_an_accepted_offer_becomes_a_loan_once(doors: Doors) -> None:
    application_id = doors.decided()
    offer, *_ = doors.offers(application_id).body["matched"]
    first, again = doors.accept(application_id, offer), doors.accept(application_id, offer)
    shown = doors.call(f"GET /v1/applications/{application_id}").body

    assert (first.status, first.body["state"]) == (201, "sanctioned")
    assert again.body == first.body and again.headers["Idempotency-Replayed"] == "true"
    assert (shown["state"], shown["loan_id"]) == ("accepted", first.body["loan_id"])
    assert doors.loans.get(first.body["loan_id"], "loan#contract") is not None


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kfs_hash": "0" * 64}, 409, "kfs_stale"),
        ({"offer_id": "off_other"}, 404, "offer_not_found"),
        ({"kfs_hash": "short"}, 422, "invalid_request"),
    ],
)
def test_an_acceptance_is_of_one_statement_and_no_other(doors: Doors, changes: Any, status: int, code: str) -> None:
    application_id = doors.decided()
    answer = doors.accept(application_id, doors.offers(application_id).body["matched"][0], **changes)

    assert (answer.status, answer.body["code"]) == (status, code)


def test_an_offer_is_not_accepted_twice(doors: Doors) -> None:
    application_id = doors.decided()
    offer, *_ = doors.offers(application_id).body["matched"]
    doors.accept(application_id, offer)
    answer = doors.accept(application_id, offer, key="again")

    assert (answer.status, answer.body["code"]) == (422, "offer_already_accepted")


def test_a_borrower_with_a_loan_may_apply_again_only_when_it_is_over(doors: Doors) -> None:
    application_id = doors.decided()
    loan_id = doors.accept(application_id, doors.offers(application_id).body["matched"][0]).body["loan_id"]
    while_open = doors.submit(key="second")
    head = doors.loans.get(loan_id, "loan")
    assert head is not None
    doors.loans.transact([Write(head | {"state": "closed"}, ANY)])

    assert (while_open.status, while_open.body["code"]) == (422, "application_open")
    assert doors.submit(key="second").status == 201


def test_an_offer_that_nobody_took_expires_and_makes_room(aws: Any, doors: Doors) -> None:
    application_id = doors.decided()
    offer, *_ = doors.offers(application_id).body["matched"]
    last = date.fromisoformat(offer["valid_until"])
    days_later(aws, (last - datetime.now(UTC).date() + timedelta(days=2)).days)
    late, shown = doors.accept(application_id, offer), doors.call(f"GET /v1/applications/{application_id}").body
    second = doors.submit(key="second")

    assert (late.status, late.body["code"]) == (422, "kfs_expired")
    assert shown["state"] == "expired"
    assert second.status == 201
    kept = doors.loans.get(application_id, "application")
    assert kept is not None and kept["state"] == "expired"


def test_the_scorer_and_the_market_agree_on_what_is_needed(doors: Doors) -> None:
    doors.become(ready(accepted_documents=(INDIA.document_kinds[-1],)))

    assert doors.submit().status == 201


def withdraw(doors: Doors, purpose: str = "share_with_lenders") -> None:
    others = tuple(each for each in INDIA.consents_needed if each != purpose)
    doors.become(ready(consents=others))


@pytest.mark.parametrize("purpose", INDIA.consents_needed)
def test_a_decision_whose_consent_was_withdrawn_meanwhile_is_never_made(doors: Doors, purpose: str) -> None:
    application_id = str(doors.submit().body["application_id"])
    withdraw(doors, purpose)
    first, again = doors.decide(application_id), doors.decide(application_id)
    shown = doors.call(f"GET /v1/applications/{application_id}").body

    assert first == again == {"batchItemFailures": []}
    assert (shown["state"], shown["decision"]) == ("withdrawn", None)
    assert doors.offers(application_id).body["code"] == "consent_missing"
    assert doors.openings("score") == []


def test_after_a_withdrawn_application_there_may_be_another(doors: Doors) -> None:
    application_id = str(doors.submit().body["application_id"])
    withdraw(doors)
    doors.decide(application_id)
    without = doors.submit(key="without")
    doors.become(ready())

    assert without.body["code"] == "consent_missing"
    assert doors.submit(key="with").status == 201


def test_an_offer_is_not_accepted_once_a_consent_behind_it_is_withdrawn(doors: Doors) -> None:
    application_id = doors.decided()
    offer, *_ = doors.offers(application_id).body["matched"]
    withdraw(doors, "credit_assessment")
    refused = doors.accept(application_id, offer)
    doors.become(ready())

    assert (refused.status, refused.body["code"]) == (422, "consent_missing")
    assert doors.accept(application_id, offer).status == 201

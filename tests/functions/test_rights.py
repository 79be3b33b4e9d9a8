"""What a borrower may ask about his own data: who looked, all that is known, and to be forgotten."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from shared import wiring
from shared.adapters.erasures import Erasures
from shared.adapters.people import People
from shared.adapters.table import ANY, Table, Write, record, unpack
from shared.application.check_book import is_book_right
from shared.application.erase_borrower import Places, erase_borrower
from shared.domain.errors import DomainError, Refused
from tests.application.desk import Death, Desk, Killed
from tests.domain.test_files import png
from tests.functions.door import Answer, Context, call, opened
from tests.functions.test_borrower import ACCOUNT, PROFILE
from tests.sandbox import ready

BUCKET = "kyc"
CONFIRMED = {"confirm": "erase"}
SECRETS = ("Asha", "ABCPE1234F", "1995-06-01", "Bengaluru", "5000000", "123456789012")
# The law of the market wants five from the last loan on.
YEARS_AFTER = 6 * 366
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


class Timed(Context):
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Members:
    """The pool in memory: subjects with their phones, as the door's client is answered."""

    def __init__(self) -> None:
        self.phones: dict[str, str] = {}

    def answer(self, model: Any, params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        subject = json.loads(params["body"])["Username"]
        if subject not in self.phones:
            missing = {"Error": {"Code": "UserNotFoundException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), missing
        if model.name == "AdminDeleteUser":
            del self.phones[subject]
            return SimpleNamespace(status_code=200), {}
        assert model.name == "AdminGetUser", model.name
        attributes = [{"Name": "sub", "Value": subject}, {"Name": "phone_number", "Value": self.phones[subject]}]
        return SimpleNamespace(status_code=200), {"UserAttributes": attributes}


class Asha:
    """A borrower with a profile, an account and a document, who may sign in; and the machines that serve her."""

    def __init__(
        self, aws: Any, people: Table, loans: Table, doors: dict[str, Callable[..., Any]], members: Members
    ) -> None:
        self.people, self.loans, self.doors, self.members = people, loans, doors, members
        self.s3, self.ssm = aws("s3"), aws("ssm")
        self.born_again("asha")

    def born_again(self, subject: str) -> None:
        self.subject, self.id = subject, f"brw_{subject}"
        self.members.phones[subject] = "+919876543210"
        people = self.people
        people.transact([Write(record(ready(id=self.id, data_key=None), self.id, "borrower"), ANY)])
        self.me("PUT", "/profile", PROFILE)
        self.me("PUT", "/bank-account", ACCOUNT)
        self.s3.put_object(Bucket=BUCKET, Key=f"documents/{self.id}/doc_1", Body=png())

    def me(self, verb: str, place: str, body: Any = None, **query: str) -> Answer:
        door = "borrower" if place in ("/profile", "/bank-account", "") else "rights"
        return call(self.doors[door], f"{verb} /v1/me{place}", body, subject=self.subject, query=query)

    def night(self, days_later: int = 0) -> Any:
        self.ssm.put_parameter(Name="/test/clock", Value=str(days_later), Type="String", Overwrite=True)
        return self.doors["erase"]({"market": "in"}, Timed())

    def desk(self) -> Desk:
        """A loan of hers, as listed."""
        desk = Desk(self.loans, Death(), self.loans.client)
        head = self.loans.get(desk.loan_id, "loan")
        assert head
        self.loans.transact([Write(head | {"borrower_id": self.id}, ANY), Write({"pk": self.id, "sk": desk.loan_id})])
        return desk

    def close(self, desk: Desk, on: date) -> None:
        head = self.loans.get(desk.loan_id, "loan")
        assert head
        self.loans.transact([Write(head | {"state": "closed", "closed_on": on.isoformat()}, ANY)])

    def stored(self) -> str:
        return str([unpack(item) for item in self.people.client.scan(TableName=self.people.name)["Items"]])

    def files(self) -> list[Any]:
        return list(self.s3.list_object_versions(Bucket=BUCKET).get("Versions", ()))

    def may_sign_in(self) -> bool:
        return self.subject in self.members.phones


@pytest.fixture
def asha(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asha]:
    monkeypatch.setenv("MINNOW_VAULT_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_USER_POOL_ID", "borrowers")
    monkeypatch.setenv("MINNOW_KYC_BUCKET", BUCKET)
    monkeypatch.setenv("MINNOW_KYC_KEY", "some")
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    aws("ssm").put_parameter(Name="/test/clock", Value="0", Type="String")
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    with ExitStack() as stack:
        doors = {
            name: stack.enter_context(opened(name, monkeypatch, people=people, loans=loans))
            for name in ("borrower", "rights", "erase")
        }
        members = Members()
        events = wiring.accounts().cognito.meta.events
        events.register("before-call.cognito-identity-provider", members.answer)
        yield Asha(aws, people, loans, doors, members)
        events.unregister("before-call.cognito-identity-provider", members.answer)


def kms_calls(client: Any) -> list[str]:
    """The names of calls to KMS from now on."""
    calls: list[str] = []
    client.meta.events.register("before-call.kms", lambda model, **_: calls.append(model.name))
    return calls


def test_each_opening_is_listed_with_its_purpose_door_time_and_fields(asha: Asha) -> None:
    wiring.borrowers("score").features(asha.id, (), AT.date(), AT)
    shown = asha.me("GET", "/openings").body

    assert [(each["purpose"], each["door"]) for each in shown["openings"]] == [("score", "score"), ("save", "borrower")]
    assert shown["openings"][0] == {
        "opened_at": "2026-11-22T06:30:00Z",
        "purpose": "score",
        "door": "score",
        "fields": ["profile.means"],
    }


def test_openings_come_in_pages(asha: Asha) -> None:
    for minute in range(3):
        wiring.borrowers("payout").beneficiary(asha.id, AT.replace(year=2025, minute=minute))
    first = asha.me("GET", "/openings", limit="2").body
    second = asha.me("GET", "/openings", limit="2", after=first["next"]).body

    times = [each["opened_at"] for page in (first, second) for each in page["openings"]]
    assert len(times) == 4 and times == sorted(times)
    assert second["next"] is None


def test_an_opening_that_cannot_be_recorded_does_not_happen(asha: Asha) -> None:
    calls = kms_calls(wiring.vault().kms)

    def refuse(**_: Any) -> None:
        raise Refused("internal_error", "The book is shut.")

    events = wiring.people_table().client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", refuse)
    with pytest.raises(Refused):
        wiring.borrowers("payout").beneficiary(asha.id, AT)
    events.unregister("before-call.dynamodb.TransactWriteItems", refuse)

    assert calls == []


@pytest.mark.parametrize(
    ("verb", "place", "body"),
    [
        ("GET", "/export", None),
        ("PUT", "/profile", PROFILE),
        ("PUT", "/bank-account", ACCOUNT),
        ("GET", "/profile", None),
    ],
)
def test_a_request_asks_kms_once_at_most(asha: Asha, verb: str, place: str, body: Any) -> None:
    calls = kms_calls(wiring.vault().kms)
    answer = asha.me(verb, place, body)

    assert answer.status == 200
    assert len(calls) <= 1


def test_nobody_reads_anothers_openings(asha: Asha) -> None:
    assert call(asha.doors["rights"], "GET /v1/me/openings", subject="other").body["openings"] == []


def test_the_export_has_all_that_was_told_and_all_that_was_kept(asha: Asha) -> None:
    desk = asha.desk()
    desk.lent().order()
    desk.receive()
    asha.me("PUT", "/profile", PROFILE | {"months_employed": 31})
    export = asha.me("GET", "/export").body

    text = str(export)
    assert all(secret in text for secret in SECRETS)
    assert export["phone"] == "+919876543210"
    kinds = {item["what"].partition("#")[0] for item in export["person"]}
    assert {"borrower", "profile", "profile_was", "bank_account"} <= kinds
    [loan] = export["records"]
    assert loan["id"] == desk.loan_id
    assert {"loan", "loan#contract", "entry#repayment.upi_1", "order", "order#came"} <= {
        item["what"] for item in loan["items"]
    }


def test_whatever_lies_under_a_borrower_is_in_the_export(asha: Asha) -> None:
    asha.people.transact([Write({"pk": asha.id, "sk": "something_new", "value": "a day to come"})])

    assert {"what": "something_new", "value": "a day to come"} in asha.me("GET", "/export").body["person"]


def test_the_export_holds_no_key_and_no_seal(asha: Asha) -> None:
    text = str(asha.me("GET", "/export").body)

    assert "data_key" not in text
    assert "sealed" not in text


def test_an_export_of_many_loans_comes_in_parts_with_the_person_in_the_first(asha: Asha) -> None:
    ids = [f"loan_{number:026}" for number in range(7)]
    for each in ids:
        asha.loans.transact([Write({"pk": asha.id, "sk": each}), Write({"pk": each, "sk": "loan", "loan_id": each})])
    first = asha.me("GET", "/export").body
    second = asha.me("GET", "/export", after=first["next"]).body

    assert [record["id"] for part in (first, second) for record in part["records"]] == ids
    assert (second["person"], second["phone"], second["next"]) == ([], None, None)
    assert len(str(first)) < 6_000_000


def test_without_a_loan_an_erasure_is_due_at_once(asha: Asha) -> None:
    answer = asha.me("PUT", "/erasure", CONFIRMED)

    assert (answer.status, answer.body["state"], answer.body["waits_for"]) == (200, "scheduled", None)
    assert asha.me("GET", "/erasure").body == answer.body


def test_nothing_was_asked_is_not_found(asha: Asha) -> None:
    assert asha.me("GET", "/erasure").status == 404
    assert asha.me("DELETE", "/erasure").status == 404


@pytest.mark.parametrize("body", [{}, {"confirm": True}, {"confirm": "yes"}, {"confirm": "erase", "now": "please"}])
def test_nobody_is_erased_by_mistake(asha: Asha, body: Any) -> None:
    assert asha.me("PUT", "/erasure", body).status == 422
    assert asha.me("GET", "/erasure").status == 404


def test_an_open_loan_keeps_an_erasure_waiting(asha: Asha) -> None:
    asha.desk().lent()
    asked, night = asha.me("PUT", "/erasure", CONFIRMED).body, asha.night(days_later=8)

    assert (asked["state"], asked["waits_for"], asked["due_on"]) == ("asked", "loan", None)
    assert (night["looked"], asha.me("GET", "/profile").status) == (1, 200)


def test_the_law_keeps_the_data_for_its_years_after_the_last_loan(asha: Asha) -> None:
    desk = asha.desk().lent()
    asha.close(desk, date(2026, 11, 20))
    asked = asha.me("PUT", "/erasure", CONFIRMED).body

    assert (asked["state"], asked["waits_for"], asked["due_on"]) == ("scheduled", "retention", "2031-11-21")
    assert asha.night(days_later=1_000)["looked"] == 0
    assert asha.me("GET", "/profile").status == 200


def test_whoever_is_erased_can_be_read_by_nobody_and_the_books_still_balance(asha: Asha) -> None:
    desk = asha.desk().lent()
    desk.receive("20944", order=desk.order("20944", "foreclosure")["id"])
    key = asha.people.get(asha.id, "borrower")
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night(days_later=YEARS_AFTER)
    kept = asha.people.get(asha.id, "borrower")

    assert key and kept
    assert key["data_key"] not in asha.stored() and "data_key" not in kept
    assert not [secret for secret in (*SECRETS, "A****", "9012") if secret in asha.stored()]
    with pytest.raises(DomainError):
        wiring.borrowers("payout").beneficiary(asha.id, AT)
    assert wiring.borrowers("score").features(asha.id, ("credit_assessment",), AT.date(), AT) is None
    assert asha.files() == []
    assert not asha.may_sign_in()
    assert asha.me("GET", "/erasure").body["state"] == "done"
    assert desk.state() == "closed" and "closure" in desk.kinds()
    assert is_book_right(desk.loan_id, loans=desk.loans)


def test_a_consent_can_be_shown_after_the_erasure(asha: Asha) -> None:
    call(
        asha.doors["borrower"],
        "PUT /v1/me/consents/marketing",
        {"version": "1", "language": "en"},
        subject=asha.subject,
    )
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()

    assert [event["purpose"] for event in asha.people.query(asha.id, "consent_event#")] == ["marketing"]


def test_an_erased_borrower_takes_no_new_data(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()

    assert asha.me("GET", "/profile").status == 404
    assert asha.me("PUT", "/profile", PROFILE).status == 404
    assert asha.me("PUT", "/bank-account", ACCOUNT).status == 404


def test_an_erasure_asked_twice_is_one_and_the_second_night_finds_nothing(asha: Asha) -> None:
    first, second = asha.me("PUT", "/erasure", CONFIRMED), asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    before = asha.stored()

    assert first.body == second.body
    assert asha.night()["looked"] == 0
    assert asha.stored() == before


def test_whoever_thinks_better_of_it_stays_and_may_ask_again(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    gone, again = asha.me("DELETE", "/erasure"), asha.me("DELETE", "/erasure")
    night = asha.night()

    assert gone.body == again.body and gone.body["state"] == "withdrawn"
    assert night["looked"] == 0 and asha.me("GET", "/profile").status == 200
    assert asha.me("PUT", "/erasure", CONFIRMED).body["state"] == "scheduled"


def test_what_has_begun_cannot_be_withdrawn(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    answer = asha.me("DELETE", "/erasure")

    assert (answer.status, answer.body["code"]) == (422, "erasure_begun")


def test_an_erasure_is_worked_out_again_when_its_day_comes(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.desk().lent()
    asha.night()

    assert asha.me("GET", "/erasure").body["waits_for"] == "loan"
    assert asha.me("GET", "/profile").status == 200
    assert list(Erasures(asha.people).due("in", date(2026, 1, 1))) == []
    assert People(asha.people).get(asha.id).has_profile


def test_an_erasure_killed_at_any_call_is_finished_by_the_next_night(asha: Asha) -> None:
    """Each life is a borrower of its own; `Killed` before a call is made, and after it was done."""
    death, lives = Death(), count(1)
    places = Places(
        people=wiring.people(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        erasures=wiring.erasures(),
        files=wiring.document_files(),
        accounts=wiring.accounts(),
    )
    clients = (wiring.people_table().client, wiring.document_files().s3, wiring.accounts().cognito)
    for client in clients:
        client.meta.events.register_first("before-call", death.before)
        client.meta.events.register("after-call", death.after)
    for number in lives:
        asha.born_again(f"life{number}")
        asha.me("PUT", "/erasure", CONFIRMED)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        with suppress(Killed):
            erase_borrower(asha.id, AT, places=places)
            break
        death.at_call(0, comes_after=False)
        erase_borrower(asha.id, AT, places=places)
        erasure = wiring.erasures().get(asha.id)

        assert erasure and erasure.state == "done"
        assert not [secret for secret in SECRETS if secret in asha.stored()]
        assert not asha.may_sign_in() and asha.id not in str(asha.files())
        assert asha.id not in list(wiring.erasures().due("in", date(2030, 1, 1)))
    for client in clients:
        client.meta.events.unregister("before-call", death.before)
        client.meta.events.unregister("after-call", death.after)
    assert number > 20

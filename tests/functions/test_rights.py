"""What a borrower may ask about his own data: who looked, and all that is known."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import wiring
from shared.adapters.exports import readable
from shared.adapters.table import Table, Write, read_at_once, squeezed
from shared.domain.errors import Refused
from tests.functions.asha import AT, SECRETS, Asha, known
from tests.functions.door import call
from tests.functions.test_borrower import ACCOUNT, PROFILE


@pytest.fixture
def asha(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asha]:
    with known(aws, people, loans, monkeypatch) as made:
        yield made


def kms_calls(client: Any) -> list[str]:
    """The names of calls to KMS from now on."""
    calls: list[str] = []
    client.meta.events.register("before-call.kms", lambda model, **_: calls.append(model.name))
    return calls


def test_each_opening_is_listed_with_its_purpose_door_time_and_fields(asha: Asha) -> None:
    scorer = wiring.borrowers("score")
    scorer.features(read_at_once(scorer.places(asha.id)), (), AT.date(), AT)
    shown = asha.me("GET", "/openings").body

    assert [(each["purpose"], each["door"]) for each in shown["openings"]] == [("score", "score"), ("save", "borrower")]
    assert shown["openings"][0] == {
        "opened_at": "2026-11-22T06:30:00Z",
        "purpose": "score",
        "door": "score",
        "fields": ["profile.means"],
    }


def test_the_credit_file_opens_who_a_borrower_is_and_not_what_he_earns(asha: Asha) -> None:
    calls = kms_calls(wiring.vault().kms)
    person, born_on = wiring.borrowers("credit_file").identity(asha.id, AT)

    assert (person.name, born_on.isoformat()) == (PROFILE["name"], PROFILE["birth_date"]) and len(calls) == 1
    assert asha.me("GET", "/openings").body["openings"][0]["fields"] == ["profile.person", "profile.birth_date"]


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
    events.register("before-call.dynamodb.PutItem", refuse)
    with pytest.raises(Refused):
        wiring.borrowers("payout").beneficiary(asha.id, AT)
    events.unregister("before-call.dynamodb.PutItem", refuse)

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
def test_a_request_opens_a_key_once_at_most(asha: Asha, verb: str, place: str, body: Any) -> None:
    """What is looked for among other borrowers needs one keyed hash besides, which opens nothing."""
    calls = kms_calls(wiring.vault().kms)
    answer = asha.me(verb, place, body)

    assert answer.status == 200
    assert len([each for each in calls if each != "GenerateMac"]) <= 1
    assert calls.count("GenerateMac") <= 1


def test_by_what_fraud_is_found_is_in_no_export() -> None:
    grounds = {"conduct": {"loans_repaid": 1}, "signals": {"shared": ["account"]}, "rival": None}
    item = {"pk": "app_1", "sk": "application", "decided": squeezed({"grounds": grounds, "decision": {"score": 600}})}

    assert readable(item)["decided"] == {"grounds": {"conduct": {"loans_repaid": 1}}, "decision": {"score": 600}}


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
    assert {"loan", "loan#contract", "entry#repayment.upi.payment.upi_1", "order", "order#came"} <= {
        item["what"] for item in loan["items"]
    }


def test_whatever_lies_under_a_borrower_is_in_the_export(asha: Asha) -> None:
    asha.people.transact([Write({"pk": asha.id, "sk": "something_new", "value": "a day to come"})])

    assert {"what": "something_new", "value": "a day to come"} in asha.me("GET", "/export").body["person"]


@pytest.mark.parametrize("kind", ["plan", "wvr", "mnd"])
def test_what_a_loan_lists_is_in_the_export(asha: Asha, kind: str) -> None:
    desk, name = asha.desk(), f"{kind}_1"
    asha.loans.transact(
        [Write({"pk": desk.loan_id, "sk": name}), Write({"pk": name, "sk": kind, "status": "all of it"})]
    )
    [loan] = asha.me("GET", "/export").body["records"]

    assert {"what": kind, "status": "all of it"} in loan["items"]


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

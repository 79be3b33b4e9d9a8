"""The borrower's own door: consents, profile, bank account, and what is shown of them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared import wiring
from shared.adapters.people import People
from shared.adapters.table import Table, read_at_once
from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import Features
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.markets import market
from tests.functions.bank import bank
from tests.functions.door import Answer, call, opened

PROFILE: dict[str, Any] = {
    "name": "Asha Rao",
    "birth_date": "1995-06-01",
    "pan": "ABCPE1234F",
    "address": {"line": "12 MG Road", "city": "Bengaluru", "state": "Karnataka", "postal_code": "560001"},
    "monthly_income": {"minor": 5_000_000, "currency": "INR"},
    "monthly_obligations": {"minor": 0, "currency": "INR"},
    "employment": "salaried",
    "months_employed": 30,
}
ACCOUNT: dict[str, Any] = {"holder_name": "Asha Rao", "account_number": "123456789012", "ifsc": "SBIN0000001"}
CARD: dict[str, Any] = {"holder_name": "王小明", "account_number": "6222021234567890128"}
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
Me = Callable[..., Answer]


@pytest.fixture
def me(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Me]:
    for name in ("MINNOW_VAULT_KEY", "MINNOW_KYC_KEY"):
        monkeypatch.setenv(name, aws("kms").create_key()["KeyMetadata"]["Arn"])
    index = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    monkeypatch.setenv("MINNOW_INDEX_KEY", index["KeyMetadata"]["Arn"])
    People(people).open("brw_asha", "in", "en")
    People(people).open("brw_ming", "cn", "zh")
    with bank(aws, monkeypatch), opened("borrower", monkeypatch, people=people, loans=loans) as handler:

        def called(verb: str, place: str = "", body: Any = None, subject: str = "asha") -> Answer:
            return call(handler, f"{verb} /v1/me{place}", body, subject=subject)

        yield called


def changed(body: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The body with the value at `/a/b`."""
    copy = deepcopy(body)
    *path, last = pointer.split("/")[1:]
    place = copy
    for step in path:
        place = place[step]
    place[last] = value
    return copy


def scored() -> Features:
    scorer = wiring.borrowers("score")
    known = scorer.features(read_at_once(scorer.places("brw_asha")), (), date(2026, 11, 22), AT)
    assert known is not None
    return known[0]


def stored(people: Table) -> str:
    return str(people.client.scan(TableName=people.name)["Items"])


def test_a_new_borrower_sees_what_is_missing(me: Me) -> None:
    answer = me("GET")

    assert answer.status == 200
    assert not answer.body["is_ready"]
    assert {"profile", "bank_account", "document"} <= set(answer.body["missing"])


def test_whoever_never_signed_in_is_not_found(me: Me) -> None:
    assert me("GET", subject="nobody").status == 404


def test_a_consent_is_given_listed_and_withdrawn(me: Me) -> None:
    given = me("PUT", "/consents/credit_assessment", {"version": "2026-1", "language": "hi"})
    again = me("PUT", "/consents/credit_assessment", {"version": "2026-1", "language": "hi"})

    assert given.status == 200
    assert given.body == again.body
    assert (given.body["notice_version"], given.body["language"]) == ("2026-1", "hi")
    assert me("GET").body["consents"] == ["credit_assessment"]
    assert [each["purpose"] for each in me("GET", "/consents").body["consents"]] == ["credit_assessment"]
    assert me("DELETE", "/consents/credit_assessment").body["withdrawn_at"]
    assert me("GET").body["consents"] == []


def test_every_consent_and_withdrawal_stays_in_the_history(me: Me, people: Table) -> None:
    me("PUT", "/consents/credit_assessment", {"version": "1", "language": "en"})
    me("DELETE", "/consents/credit_assessment")
    me("DELETE", "/consents/credit_assessment")
    me("PUT", "/consents/credit_assessment", {"version": "2", "language": "en"})

    events = people.query("brw_asha", "consent_event#")
    assert [(event["is_given"], event["notice_version"]) for event in events] == [
        (True, "1"),
        (False, "1"),
        (True, "2"),
    ]


def test_a_consent_never_given_cannot_be_withdrawn(me: Me) -> None:
    assert me("DELETE", "/consents/credit_assessment").status == 404


def test_a_purpose_of_no_market_is_refused(me: Me) -> None:
    answer = me("PUT", "/consents/reading_your_messages", {"version": "1", "language": "en"})

    assert (answer.status, answer.body["code"]) == (404, "consent_unknown")


def test_a_profile_is_shown_masked_and_stored_sealed(me: Me, people: Table) -> None:
    answer = me("PUT", "/profile", PROFILE)

    assert answer.status == 200, answer.body
    assert answer.body == {"name_masked": "A**** R****", "identity_number_masked": "******234F"}
    assert me("GET", "/profile").body == answer.body
    assert me("GET").body["has_profile"]
    for secret in ("Asha", "ABCPE1234F", "1995-06-01", "Bengaluru", "5000000"):
        assert secret not in stored(people)


def test_a_profile_sent_twice_is_there_once_under_one_key(me: Me, people: Table) -> None:
    me("PUT", "/profile", PROFILE)
    first = people.get("brw_asha", "borrower")
    me("PUT", "/profile", changed(PROFILE, "/months_employed", 31))
    second = people.get("brw_asha", "borrower")

    assert first and second
    assert first["data_key"] == second["data_key"]
    assert scored().months_employed == 31


def test_the_scorer_and_the_payout_get_what_was_saved(me: Me) -> None:
    me("PUT", "/profile", PROFILE)
    me("PUT", "/bank-account", ACCOUNT)
    features = scored()

    assert (features.age_years, features.monthly_income) == (31, Money(5_000_000, "INR"))
    assert wiring.borrowers("payout").beneficiary("brw_asha", AT) == Beneficiary(
        "Asha Rao", "123456789012", "SBIN0000001"
    )


def test_nothing_is_opened_before_it_was_saved(me: Me) -> None:
    with pytest.raises(Refused) as refusal:
        wiring.borrowers("payout").beneficiary("brw_asha", AT)

    assert refusal.value.code == "profile_incomplete"
    assert me("GET", "/profile").status == 404
    assert me("GET", "/bank-account").status == 404


def test_an_account_moved_to_another_borrower_does_not_open(me: Me, people: Table) -> None:
    me("PUT", "/bank-account", ACCOUNT)
    me("PUT", "/bank-account", CARD, subject="ming")
    key = {"pk": {"S": "brw_asha"}, "sk": {"S": "bank_account"}}
    item = people.client.get_item(TableName=people.name, Key=key)["Item"]
    people.client.put_item(TableName=people.name, Item={**item, "pk": {"S": "brw_ming"}})

    with pytest.raises(Refused) as refusal:
        wiring.borrowers("payout").beneficiary("brw_ming", AT)
    assert refusal.value.code == "internal_error"


def test_a_chinese_profile_has_a_resident_identity_number(me: Me) -> None:
    body = {name: value for name, value in PROFILE.items() if name != "pan"}
    body |= {"name": "王小明", "birth_date": "1990-03-07", "identity_number": "110105199003071090"}
    body |= {name: {"minor": 800_000, "currency": "CNY"} for name in ("monthly_income", "monthly_obligations")}
    answer = me("PUT", "/profile", body, subject="ming")

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/identity_number")
    body["identity_number"] = "110105199003071095"
    assert me("PUT", "/profile", body, subject="ming").status == 200


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/name", "", "invalid_request"),
        ("/name", "Asha 😀", "name_invalid"),
        ("/name", 5, "invalid_request"),
        ("/birth_date", "2010-01-01", "age_out_of_range"),
        ("/birth_date", 801_964_800, "invalid_request"),
        ("/birth_date", "1995-02-30", "invalid_request"),
        ("/pan", "ABCCE1234F", "pan_invalid"),
        ("/pan", None, "pan_invalid"),
        ("/address/line", "<b>", "address_invalid"),
        ("/address/postal_code", "5600", "invalid_request"),
        ("/monthly_income/minor", "5000000", "invalid_request"),
        ("/monthly_income/minor", 0, "invalid_request"),
        ("/monthly_income/minor", 1.0, "invalid_request"),
        ("/monthly_income/minor", True, "invalid_request"),
        ("/monthly_income/currency", "CNY", "currency_mismatch"),
        ("/monthly_obligations/minor", -1, "invalid_request"),
        ("/monthly_obligations/currency", "CNY", "currency_mismatch"),
        ("/employment", "retired", "invalid_request"),
        ("/months_employed", -1, "invalid_request"),
        ("/shoe_size", 42, "invalid_request"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused_with_its_pointer(
    me: Me, people: Table, pointer: str, value: Any, code: str
) -> None:
    answer = me("PUT", "/profile", changed(PROFILE, pointer, value))

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == pointer
    assert people.get("brw_asha", "profile") is None


def test_a_missing_field_is_refused_with_its_pointer(me: Me) -> None:
    answer = me("PUT", "/profile", {name: value for name, value in PROFILE.items() if name != "address"})

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/address")


def test_an_account_is_shown_masked_and_stored_sealed(me: Me, people: Table) -> None:
    answer = me("PUT", "/bank-account", ACCOUNT)

    assert answer.status == 200, answer.body
    assert answer.body["account_number_masked"] == "********9012"
    assert me("GET", "/bank-account").body == answer.body
    assert "123456789012" not in stored(people)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/holder_name", "R2D2", "name_invalid"),
        ("/account_number", "12345678", "account_number_invalid"),
        ("/account_number", 123456789012, "invalid_request"),
        ("/ifsc", "SBIN0000000", "ifsc_unknown"),
        ("/ifsc", None, "ifsc_unknown"),
    ],
)
def test_an_account_that_does_not_fit_is_refused_with_its_pointer(me: Me, pointer: str, value: Any, code: str) -> None:
    answer = me("PUT", "/bank-account", changed(ACCOUNT, pointer, value))

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == pointer


def test_a_chinese_account_has_a_card_number_and_no_ifsc(me: Me) -> None:
    saved = me("PUT", "/bank-account", CARD, subject="ming")
    assert (saved.status, saved.body["bank"], saved.body["check"]) == (200, "中国工商银行", "verified")
    assert me("PUT", "/bank-account", {**CARD, "ifsc": "SBIN0000001"}, subject="ming").body["code"] == "ifsc_unknown"


def test_a_loan_is_paid_to_no_credit_card(me: Me) -> None:
    answer = me("PUT", "/bank-account", {**CARD, "account_number": "6228100000000001"}, subject="ming")

    assert (answer.status, answer.body["code"]) == (422, "card_not_debit")
    assert answer.body["errors"][0]["pointer"] == "/account_number"


def test_a_borrower_with_everything_is_ready(me: Me, people: Table) -> None:
    rules = market("in", date(2026, 11, 22))
    for purpose in rules.consents_needed:
        me("PUT", f"/consents/{purpose}", {"version": "1", "language": "en"})
    me("PUT", "/profile", PROFILE)
    me("PUT", "/bank-account", ACCOUNT)

    assert me("GET").body["missing"] == ["document"]


def ending(digits: str) -> dict[str, Any]:
    """The account with a number that the sandbox's rail knows otherwise."""
    return {**ACCOUNT, "account_number": f"12345678{digits}"}


@pytest.mark.parametrize(
    ("digits", "found"), [("9012", "verified"), ("0013", "name_differs"), ("0014", "not_found"), ("0015", None)]
)
def test_an_account_is_checked_with_its_bank_when_it_is_saved(me: Me, digits: str, found: str | None) -> None:
    me("PUT", "/profile", PROFILE)
    saved = me("PUT", "/bank-account", ending(digits)).body

    assert saved["check"] == found
    assert (saved["usable_from"] is not None) == (found == "verified")


def test_a_bank_that_did_not_answer_is_asked_again(me: Me) -> None:
    me("PUT", "/profile", PROFILE)
    me("PUT", "/bank-account", ending("0015"))
    refused = me("POST", "/bank-account/check", {})

    assert (refused.status, refused.body["code"]) == (503, "temporarily_unavailable")
    me("PUT", "/bank-account", ACCOUNT)
    assert me("POST", "/bank-account/check", {}).body["check"] == "verified"


def test_there_is_no_check_without_an_account(me: Me) -> None:
    assert me("POST", "/bank-account/check", {}).body["code"] == "profile_incomplete"


def test_whoever_takes_another_name_has_the_account_checked_again(me: Me) -> None:
    me("PUT", "/profile", PROFILE)
    me("PUT", "/bank-account", ACCOUNT)
    me("PUT", "/profile", {**PROFILE, "monthly_income": {"minor": 6_000_000, "currency": "INR"}})
    assert me("GET", "/bank-account").body["check"] == "verified"
    me("PUT", "/profile", {**PROFILE, "name": "Mohan Iyer"})

    assert me("GET", "/bank-account").body["check"] is None
    assert me("POST", "/bank-account/check", {}).body["check"] == "name_differs"


def test_a_changed_account_takes_no_money_for_some_hours(me: Me) -> None:
    me("PUT", "/profile", PROFILE)
    first = datetime.fromisoformat(me("PUT", "/bank-account", ACCOUNT).body["usable_from"])
    changed = datetime.fromisoformat(me("PUT", "/bank-account", ending("9013")).body["usable_from"])

    assert timedelta(hours=24) <= changed - first < timedelta(hours=25)


def test_an_account_in_the_place_of_another_is_told_with_it_and_the_first_is_not(me: Me, loans: Table) -> None:
    """Whoever took over an account would have the money sent to his own: its owner has some hours to say no."""
    me("PUT", "/bank-account", ACCOUNT)
    first = loans.query("brw_asha", "to_tell#")
    me("PUT", "/bank-account", ending("9013"))

    assert first == []
    assert [(each["kind"], each["task"]) for each in loans.query("brw_asha", "to_tell#")] == [
        ("bank_account_changed", "notice")
    ]


def test_a_consent_that_is_withdrawn_is_told_once(me: Me, loans: Table) -> None:
    me("PUT", "/consents/marketing", {"version": "1", "language": "en"})
    for _ in range(2):
        me("DELETE", "/consents/marketing")

    assert [each["kind"] for each in loans.query("brw_asha", "to_tell#")] == ["consent_withdrawn"]

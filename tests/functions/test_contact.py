"""How a borrower wishes to be reached, and his devices: what he says is what he reads, and no other's phone is his."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.adapters.people import People
from shared.adapters.table import Table
from tests.functions.door import Answer, call, opened

Me = Callable[..., Answer]
TOKEN = "token-of-a-phone-0001"


@pytest.fixture
def me(aws: Any, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Me]:
    sns = aws("sns")
    app = sns.create_platform_application(Name="minnow", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    aws("ssm").put_parameter(Name="/test/push/service", Value=app, Type="String")
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    with opened("contact", monkeypatch, people=people) as handler:

        def called(verb: str, place: str, body: Any = None, subject: str = "asha") -> Answer:
            return call(handler, f"{verb} /v1/me{place}", body, subject=subject)

        yield called


def registered(me: Me, subject: str = "asha", token: str = TOKEN) -> Answer:
    return me("POST", "/devices", {"platform": "android", "token": token}, subject)


def devices(me: Me, subject: str = "asha") -> list[str]:
    return [each["device_id"] for each in me("GET", "/devices", subject=subject).body["devices"]]


def test_who_said_nothing_wishes_nothing(me: Me) -> None:
    assert me("GET", "/contact-wishes").body == {"opt_outs": [], "do_not_contact": []}


def test_wishes_are_kept_whole_and_replaced_whole(me: Me) -> None:
    first = {
        "opt_outs": [{"purpose": "reminder", "channel": None}, {"purpose": None, "channel": "push"}],
        "do_not_contact": ["2026-12-25", "2026-12-24", "2026-12-25"],
    }
    put = me("PUT", "/contact-wishes", first)
    kept = me("GET", "/contact-wishes")
    me("PUT", "/contact-wishes", {"opt_outs": [], "do_not_contact": []})

    assert put.status == 200
    assert put.body == kept.body == first | {"do_not_contact": ["2026-12-24", "2026-12-25"]}
    assert me("GET", "/contact-wishes").body == {"opt_outs": [], "do_not_contact": []}
    assert me("GET", "/contact-wishes", subject="other").body["opt_outs"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"opt_outs": [{"purpose": "duty"}], "do_not_contact": []}, "/opt_outs/0/purpose"),
        ({"opt_outs": [{"channel": "letter"}], "do_not_contact": []}, "/opt_outs/0/channel"),
        ({"opt_outs": [{"all": True}], "do_not_contact": []}, "/opt_outs/0/all"),
        ({"opt_outs": [{}] * 10, "do_not_contact": []}, "/opt_outs"),
        ({"opt_outs": [], "do_not_contact": ["2026-02-30"]}, "/do_not_contact/0"),
        ({"opt_outs": [], "do_not_contact": [20261224]}, "/do_not_contact/0"),
        ({"opt_outs": [], "do_not_contact": ["2026-12-24"] * 63}, "/do_not_contact"),
        ({"opt_outs": []}, "/do_not_contact"),
    ],
)
def test_wishes_that_cannot_be_are_refused_with_their_place(me: Me, body: dict[str, Any], pointer: str) -> None:
    answer = me("PUT", "/contact-wishes", body)

    assert answer.status in (400, 422)
    assert pointer in [error["pointer"] for error in answer.body["errors"]], answer.body
    assert me("GET", "/contact-wishes").body == {"opt_outs": [], "do_not_contact": []}


def test_a_device_registered_twice_is_one_and_its_token_is_kept_nowhere(me: Me, people: Table) -> None:
    first, again = registered(me), registered(me)

    assert first.status == again.status == 201
    assert first.body["device_id"] == again.body["device_id"]
    assert devices(me) == [first.body["device_id"]]
    assert TOKEN not in str(people.client.scan(TableName=people.name)["Items"])


def test_a_device_that_is_taken_away_is_gone_once(me: Me) -> None:
    device_id = registered(me).body["device_id"]
    away = me("DELETE", f"/devices/{device_id}")

    assert away.status == 200 and away.body["removed_at"]
    assert me("DELETE", f"/devices/{device_id}").status == 404
    assert devices(me) == []
    assert registered(me).status == 201
    assert devices(me) == [device_id]


def test_a_phone_that_changed_hands_is_its_new_owners_alone_and_that_is_noted(me: Me, people: Table) -> None:
    People(people).open("brw_ming", "in", "en")
    device_id = registered(me).body["device_id"]
    registered(me, "ming")

    assert devices(me) == [] and devices(me, "ming") == [device_id]
    assert People(people).get("brw_ming").shared == ("device",)
    assert me("DELETE", f"/devices/{device_id}").status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"platform": "windows", "token": TOKEN}, "/platform"),
        ({"platform": "ios", "token": "short"}, "/token"),
        ({"platform": "ios", "token": "with space in the token"}, "/token"),
        ({"platform": "ios", "token": "x" * 1025}, "/token"),
        ({"platform": "ios", "token": TOKEN, "owner": "x"}, "/owner"),
    ],
)
def test_a_device_that_cannot_be_is_refused_with_its_place(me: Me, body: dict[str, Any], pointer: str) -> None:
    answer = me("POST", "/devices", body)

    assert answer.status in (400, 422)
    assert pointer in [error["pointer"] for error in answer.body["errors"]], answer.body
    assert devices(me) == []

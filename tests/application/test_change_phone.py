"""The last step of a change of phone, killed in its middle: the same call again does the rest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from shared.adapters.accounts import Accounts
from shared.adapters.keyed_hash import Index
from shared.adapters.logins import Logins
from shared.adapters.messages import TextMessages
from shared.adapters.people import People
from shared.adapters.phone_changes import PhoneChanges
from shared.adapters.sessions import Sessions
from shared.adapters.table import Table
from shared.application.change_phone import Desk, ask_change, confirm_change, send_code
from shared.domain.errors import Refused
from shared.domain.sessions import Session

ASHA, OLD, NEW = "brw_asha", "+919876543210", "+919876543211"
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=24)


class Killed(Exception):
    """The process was."""


class Pool:
    """The pool in memory, as its client is answered; `dies_at` names the call at which the process dies, once."""

    def __init__(self) -> None:
        self.phone, self.dies_at, self.calls = OLD, "", list[str]()
        self.others: dict[str, str] = {}

    def answer(self, model: Any, params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        self.calls.append(model.name)
        if model.name == self.dies_at:
            self.dies_at = ""
            raise Killed
        asked = json.loads(params["body"])
        if model.name == "AdminUpdateUserAttributes":
            self.phone = asked["UserAttributes"][0]["Value"]
        if model.name == "AdminDeleteUser":
            self.others = {phone: subject for phone, subject in self.others.items() if subject != asked["Username"]}
        if model.name == "AdminGetUser" and (other := self.others.get(asked["Username"])):
            return SimpleNamespace(status_code=200), {"UserAttributes": [{"Name": "sub", "Value": other}]}
        if model.name == "AdminGetUser" and asked["Username"] not in ("asha", self.phone):
            missing = {"Error": {"Code": "UserNotFoundException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), missing
        attributes = [{"Name": "phone_number", "Value": self.phone}]
        return SimpleNamespace(status_code=200), {"UserAttributes": attributes}


@pytest.fixture
def pool(aws: Any) -> Iterator[tuple[Pool, Accounts]]:
    client, pool = aws("cognito-idp"), Pool()
    client.meta.events.register("before-call.cognito-identity-provider", pool.answer)
    yield pool, Accounts(client, "borrowers")


@pytest.fixture
def desk(aws: Any, people: Table, loans: Table, pool: tuple[Pool, Accounts]) -> Desk:
    """With a change that may be confirmed with `123456`, and one sign-in, on the old phone."""
    key = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    logins = Logins(people, Index(aws("kms"), key), "change of asha")
    desk = Desk(People(people), PhoneChanges(people), pool[1], logins, TextMessages(aws("sns")), loans)
    People(people).open(ASHA, "in", "en")
    Sessions(people).save(ASHA, Session("old phone", AT, AT), None)
    ask_change(desk, ASHA, NEW, AT)
    send_code(desk, ASHA, NEW, "123456", LATER)
    return desk


def test_whose_phone_is_to_change_is_told_once_of_each_change(desk: Desk) -> None:
    """What he is to be told is written with the change, so that nobody who dies in between keeps it from him."""
    ask_change(desk, ASHA, NEW, AT + timedelta(hours=1))
    ask_change(desk, ASHA, "+919876543212", AT + timedelta(hours=2))
    told = desk.told.query(ASHA, "to_tell#")

    assert {(each["kind"], each["task"]) for each in told} == {("phone_change", "notice")}
    at = [datetime.fromisoformat(each["at"]) for each in told]
    assert at == [AT, AT + timedelta(hours=2)], "the same change again is the same notice"


def confirm(desk: Desk, code: str = "123456") -> str:
    return confirm_change(desk, Sessions(desk.people.table), "old phone", ASHA, NEW, code, LATER).state


def test_a_phone_with_which_somebody_only_began_to_sign_in_is_free(desk: Desk, pool: tuple[Pool, Accounts]) -> None:
    members, _ = pool
    members.others = {NEW: "began"}

    assert (confirm(desk), members.phone, members.others) == ("done", NEW, {})


def test_a_phone_that_signs_somebody_in_is_taken(desk: Desk, pool: tuple[Pool, Accounts]) -> None:
    members, _ = pool
    members.others = {NEW: "ravi"}
    desk.people.open("brw_ravi", "in", "en")
    with pytest.raises(Refused) as refusal:
        confirm(desk)

    assert (refusal.value.code, members.phone, members.others) == ("phone_taken", OLD, {NEW: "ravi"})


@pytest.mark.parametrize("call", ["AdminUpdateUserAttributes", "AdminUserGlobalSignOut"])
def test_a_change_killed_at_a_call_of_the_pool_is_done_by_the_same_call_again(
    desk: Desk, pool: tuple[Pool, Accounts], call: str
) -> None:
    members, _ = pool
    members.dies_at = call
    with pytest.raises(Killed):
        confirm(desk)
    if call == "AdminUpdateUserAttributes":
        # The code is spent by then: the borrower asks for another.
        send_code(desk, ASHA, NEW, "654321", LATER)

    assert (confirm(desk, "654321"), members.phone) == ("done", NEW)
    assert members.calls.count("AdminUserGlobalSignOut") >= 1
    assert [each.ended_at for each in Sessions(desk.people.table).of(ASHA)] == [LATER]

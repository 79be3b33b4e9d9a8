"""Sign-ins that a borrower sees and ends: begun and renewed by one door, listed and ended by another."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.device import Device
from shared import identity
from shared.adapters.sessions import Sessions, named
from shared.adapters.table import Stale, Table
from shared.application.end_session import end_session
from shared.domain.sessions import Session, ended, renewed, told
from tests.application.desk import Death, Killed
from tests.functions.door import PHONE as MINE
from tests.functions.door import Answer, call, opened
from tests.functions.test_night import taken

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
PHONE = "+919876543210"


def token(subject: str, session_id: str) -> str:
    claims = json.dumps({"sub": subject, "origin_jti": session_id, "token_use": "access"})
    return f"e30.{base64.urlsafe_b64encode(claims.encode()).decode().rstrip('=')}.seal"


class Pool:
    """The pool in memory: a refresh token is its subject and session, until it is revoked or all are signed out."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def answer(self, model: Any, params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        asked = json.loads(params["body"])
        match model.name:
            case "AdminRespondToAuthChallenge":
                return self._tokens(asked["Session"])
            case "AdminInitiateAuth":
                return self._tokens(asked["AuthParameters"]["REFRESH_TOKEN"])
            case "RevokeToken":
                self.gone.add(asked["Token"])
            case "AdminUserGlobalSignOut":
                self.gone |= {f"{asked['Username']} {name}".ljust(40) for name in ("first", "second")}
        return SimpleNamespace(status_code=200), {}

    def _tokens(self, refresh_token: str) -> tuple[Any, dict[str, Any]]:
        if refresh_token in self.gone:
            error = {"Error": {"Code": "NotAuthorizedException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), error
        access = token(*refresh_token.split())
        made = {"AccessToken": access, "IdToken": access, "ExpiresIn": 900, "RefreshToken": refresh_token}
        return SimpleNamespace(status_code=200), {"AuthenticationResult": made}


class Phones:
    """Asha's phones, each signed in as a session of its own."""

    def __init__(self, sign_in: Any, rights: Any) -> None:
        self.doors = {"sign_in": sign_in, "rights": rights}

    def sign_in(self, name: str, subject: str = "asha", device: Device = MINE, **more: str) -> Answer:
        body = {"phone": PHONE, "session": f"{subject} {name}".ljust(40), "code": "123456", **more}
        return call(self.doors["sign_in"], "POST /v1/sessions", body, device=device)

    def refresh(self, name: str, device: Device = MINE) -> Answer:
        body = {"refresh_token": f"asha {name}".ljust(40)}
        return call(self.doors["sign_in"], "POST /v1/sessions/refresh", body, device=device)

    def me(self, verb: str, place: str = "", subject: str = "asha") -> Answer:
        route = f"{verb} /v1/me/sessions{place}"
        return call(self.doors["rights"], route, subject=subject, session="first")

    def listed(self) -> list[str]:
        return [each["session_id"] for each in self.me("GET").body["sessions"]]


@pytest.fixture
def phones(aws: Any, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Phones]:
    monkeypatch.setenv("MINNOW_NOTICES_QUEUE", aws("sqs").create_queue(QueueName="notices")["QueueUrl"])
    key = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    monkeypatch.setenv("MINNOW_INDEX_KEY", key)
    monkeypatch.setenv("MINNOW_USER_POOL_ID", "borrowers")
    monkeypatch.setenv("MINNOW_USER_POOL_CLIENT_ID", "app")
    with (
        opened("sign_in", monkeypatch, people=people) as sign_in,
        opened("rights", monkeypatch, people=people) as rights,
    ):
        pool, clients = Pool(), (identity.pool().cognito, identity.accounts().cognito)
        for client in clients:
            client.meta.events.register("before-call.cognito-identity-provider", pool.answer)
        yield Phones(sign_in, rights)
        for client in clients:
            client.meta.events.unregister("before-call.cognito-identity-provider", pool.answer)


def test_a_sign_in_is_listed_once_however_often_it_is_renewed(phones: Phones) -> None:
    assert phones.sign_in("first").status == 201
    assert phones.refresh("first").status == phones.refresh("first").status == 200

    [shown] = phones.me("GET").body["sessions"]
    assert (shown["session_id"], shown["is_this"], shown["ended_at"]) == ("first", True, None)
    assert shown["started_at"] < shown["renewed_at"]


def test_a_sign_in_shows_on_which_device_it_was(phones: Phones) -> None:
    phones.sign_in("first", device_model="Redmi 12")
    [shown] = phones.me("GET").body["sessions"]

    assert (shown["device_key"], shown["device_model"]) == (MINE.key_id, "Redmi 12")


def test_a_stolen_refresh_token_is_of_no_use_on_another_device(phones: Phones) -> None:
    phones.sign_in("first")
    refused = phones.refresh("first", Device())

    assert (refused.status, refused.body["code"]) == (401, "device_other")
    assert phones.refresh("first").status == 200, "its owner goes on"


def test_a_borrower_is_told_of_a_new_device_and_not_of_his_first_or_his_own(phones: Phones, aws: Any) -> None:
    phones.sign_in("first")
    phones.sign_in("second")
    assert taken(aws("sqs"), "notices") == []
    phones.sign_in("third", device=Device())

    assert taken(aws("sqs"), "notices") == [{"borrower_id": "brw_asha", "session_id": "third"}]


def test_what_was_not_told_is_told_at_the_next_renewal(phones: Phones, aws: Any, people: Table) -> None:
    other = Device()
    phones.sign_in("first")
    phones.sign_in("second", device=other)
    taken(aws("sqs"), "notices")
    phones.refresh("second", other)
    assert len(taken(aws("sqs"), "notices")) == 1
    sessions, seen = Sessions(people), Sessions(people).get("brw_asha", "second")
    sessions.save("brw_asha", told(seen, AT), seen)
    phones.refresh("second", other)

    assert taken(aws("sqs"), "notices") == []


def test_who_signed_in_on_a_device_before_is_counted(phones: Phones, people: Table) -> None:
    for subject in ("asha", "ravi", "asha"):
        phones.sign_in(f"of-{subject}", subject)
    phones.sign_in("elsewhere", "meena", Device())
    others = [len(Sessions(people).get(f"brw_{each}", f"of-{each}").others) for each in ("asha", "ravi")]
    kept = [item["pk"]["S"] for item in people.client.scan(TableName=people.name)["Items"]]

    assert others == [0, 1]
    assert not any(MINE.key_id in pk for pk in kept), "only its keyed hash"


def test_nobody_gets_tokens_without_a_device(phones: Phones) -> None:
    for place, body in (("", {"phone": PHONE, "session": "s" * 40, "code": "123456"}), ("/refresh", {})):
        asked = body or {"refresh_token": "asha first".ljust(40)}
        refused = call(phones.doors["sign_in"], f"POST /v1/sessions{place}", asked, headers={"dpop": None})
        assert (refused.status, refused.body["code"]) == (401, "device_proof_missing")

    assert phones.listed() == ["first"], "that of who asks"


def test_each_sign_in_is_a_session_and_nobody_sees_anothers(phones: Phones) -> None:
    for name in ("first", "second"):
        phones.sign_in(name)
    phones.sign_in("theirs", subject="ravi")

    assert sorted(phones.listed()) == ["first", "second"]
    assert phones.me("DELETE", "/theirs").status == 404


def test_a_session_that_was_ended_is_not_renewed_and_its_token_is_revoked(phones: Phones) -> None:
    for name in ("first", "second"):
        phones.sign_in(name)
    gone, again = phones.me("DELETE", "/second"), phones.me("DELETE", "/second")
    refused = phones.refresh("second")

    assert gone.body == again.body and gone.body["ended_at"]
    assert (refused.status, refused.body["code"]) == (401, "not_signed_in")
    assert identity.pool().refresh("asha second".ljust(40)) is None
    assert phones.listed() == ["first"]
    assert phones.refresh("first").status == 200


def test_signing_out_everywhere_ends_all(phones: Phones) -> None:
    for name in ("first", "second"):
        phones.sign_in(name)
    assert phones.me("DELETE").status == 200

    assert phones.me("GET").body["code"] == "not_signed_in", "that which asked is over too"
    assert [phones.refresh(name).status for name in ("first", "second")] == [401, 401]


def test_an_ending_killed_at_any_call_is_finished_by_the_next(phones: Phones, people: Table) -> None:
    death = Death()
    death.counts(events := people.client)
    for number in count(1):
        sessions = Sessions(people)
        death.at_call(0, comes_after=False)
        sessions.save(f"brw_{number}", Session("one", AT, AT), None)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        with suppress(Killed):
            end_session(f"brw_{number}", "one", AT, sessions=sessions)
            break
        death.at_call(0, comes_after=False)
        end_session(f"brw_{number}", "one", AT, sessions=sessions)

        assert sessions.get(f"brw_{number}", "one").ended_at == AT
    events.meta.events.unregister("before-call.dynamodb", death.before)
    events.meta.events.unregister("after-call.dynamodb", death.after)
    assert number > 4


def test_a_renewal_never_takes_an_ending_back(people: Table) -> None:
    sessions, seen = Sessions(people), Session("one", AT, AT)
    sessions.save("brw_asha", seen, None)
    sessions.save("brw_asha", ended(seen, AT), seen)

    with pytest.raises(Stale):
        sessions.save("brw_asha", renewed(seen, AT), seen)


def test_a_session_is_over_when_its_token_is(people: Table) -> None:
    session = Session("one", AT, AT)

    assert session.is_open(AT + timedelta(days=29))
    assert not session.is_open(AT + timedelta(days=30))
    assert not ended(session, AT).is_open(AT)


def test_a_token_names_its_borrower_and_session() -> None:
    assert named(token("asha", "first")) == ("brw_asha", "first")

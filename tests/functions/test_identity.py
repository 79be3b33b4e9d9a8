"""The pool's triggers, called as Cognito calls them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from shared.adapters.provider_links import Vouchers
from shared.adapters.table import Table
from shared.domain.providers import challenge
from tests.conftest import REGION
from tests.functions.door import Context, opened

PHONE = "+919876543210"
Trigger = Callable[..., dict[str, Any]]


@pytest.fixture
def trigger(aws: Any, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trigger]:
    key = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    monkeypatch.setenv("MINNOW_INDEX_KEY", key)
    with opened("identity", monkeypatch, people=people) as handler:

        def called(
            name: str, phone: str | None = PHONE, rounds: tuple[bool, ...] = (), **request: Any
        ) -> dict[str, Any]:
            attributes = {"sub": "subject", "locale": "hi", **({"phone_number": phone} if phone else {})}
            session = [{"challengeName": "CUSTOM_CHALLENGE", "challengeResult": right} for right in rounds]
            event = {
                "triggerSource": name,
                "userName": "whatever was typed",
                "request": {"userAttributes": attributes, "session": session, **request},
                "response": {"kept": "as it was"},
            }
            return handler(event, Context())["response"]

        yield called


def messages() -> list[str]:
    return [text for _, text in sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values()]


def code_sent() -> str:
    found = re.search(r"\d{6}", messages()[-1])
    assert found
    return found[0]


def send(trigger: Trigger, **more: Any) -> str:
    return trigger("CreateAuthChallenge_Authentication", **more)["publicChallengeParameters"]["sending"]


def check(trigger: Trigger, code: str, **more: Any) -> bool:
    return trigger("VerifyAuthChallengeResponse_Authentication", challengeAnswer=code, **more)["answerCorrect"]


@pytest.mark.parametrize(
    ("rounds", "issues", "fails"),
    [
        ((), False, False),
        ((False,), False, False),
        ((False, False), False, False),
        ((False, False, False), False, True),
        ((False, False, True), True, False),
        ((True,), True, False),
    ],
)
def test_a_right_answer_brings_tokens_and_three_wrong_ones_the_end(
    trigger: Trigger, rounds: tuple[bool, ...], issues: bool, fails: bool
) -> None:
    answer = trigger("DefineAuthChallenge_Authentication", rounds=rounds)

    assert (answer["issueTokens"], answer["failAuthentication"]) == (issues, fails)
    assert ("challengeName" in answer) == (not issues and not fails)
    assert answer["kept"] == "as it was"


def test_the_first_round_sends_a_code_in_the_borrowers_language(trigger: Trigger) -> None:
    assert send(trigger) == "send"
    assert "कोड" in messages()[-1]


def test_further_rounds_send_nothing(trigger: Trigger) -> None:
    send(trigger)

    assert send(trigger, rounds=(False,)) == "kept"
    assert len(messages()) == 1


def test_asked_again_at_once_the_code_sent_stays_good(trigger: Trigger) -> None:
    send(trigger)

    assert send(trigger) == "kept"
    assert check(trigger, code_sent())


def test_a_right_code_works_once_and_makes_the_borrower(trigger: Trigger, people: Table) -> None:
    send(trigger)

    assert check(trigger, code_sent())
    assert not check(trigger, code_sent())
    borrower = people.get("brw_subject", "borrower")
    assert borrower is not None
    assert (borrower["market"], borrower["language"], borrower["version"]) == ("in", "hi", 1)


def test_a_wrong_code_is_refused_and_three_use_up_the_right_one(trigger: Trigger, people: Table) -> None:
    send(trigger)
    wrong = f"{(int(code_sent()) + 1) % 1_000_000:06d}"

    assert [check(trigger, wrong) for _ in range(3)] == [False] * 3
    assert not check(trigger, code_sent())
    assert send(trigger) == "limited"
    assert people.get("brw_subject", "borrower") is None


def test_nothing_stored_shows_the_phone_or_the_code(trigger: Trigger, people: Table) -> None:
    send(trigger)
    stored = str(people.client.scan(TableName=people.name)["Items"])

    assert PHONE not in stored
    assert code_sent() not in stored
    assert "expires_at" in stored


def test_an_unknown_user_gets_the_same_challenge_and_no_message(trigger: Trigger) -> None:
    assert send(trigger, phone=None) == "kept"
    assert not check(trigger, "123456", phone=None)
    assert messages() == []


def test_a_user_made_by_the_door_is_let_through(trigger: Trigger) -> None:
    assert trigger("PreSignUp_AdminCreateUser") == {"kept": "as it was"}


def test_nobody_signs_up_by_themselves(trigger: Trigger) -> None:
    with pytest.raises(KeyError):
        trigger("PreSignUp_SignUp")


def test_who_is_vouched_for_needs_no_code_and_answers_with_the_vouchers_secret_once(
    trigger: Trigger, people: Table
) -> None:
    Vouchers(people).vouch("brw_subject", challenge("the secret"), datetime.now(UTC))

    assert send(trigger) == "kept"
    assert messages() == []
    assert not check(trigger, "another")
    Vouchers(people).vouch("brw_subject", challenge("the secret"), datetime.now(UTC))
    assert check(trigger, "the secret")
    assert not check(trigger, "the secret")


def test_a_voucher_is_good_for_a_minute(trigger: Trigger, people: Table) -> None:
    Vouchers(people).vouch("brw_subject", challenge("the secret"), datetime.now(UTC) - timedelta(minutes=1))

    assert not check(trigger, "the secret")
    assert send(trigger) == "send"

"""One-time codes: how many are sent, how often one is tried, how long it is good."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.one_time_codes import INTERVAL, MOST_SENT, MOST_TRIES, VALID, WINDOW, Login, text

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_first_code_is_sent() -> None:
    assert Login().sending(NOW) == "send"


def test_a_code_sent_a_moment_ago_is_kept() -> None:
    login = Login().sent("right", NOW)

    assert login.sending(NOW + INTERVAL - timedelta(seconds=1)) == "kept"
    assert login.sending(NOW + INTERVAL) == "send"


def test_after_a_right_code_the_next_is_sent_at_once() -> None:
    login = Login().sent("right", NOW).tried("right")

    assert login.sending(NOW + timedelta(seconds=1)) == "send"


def test_after_too_many_wrong_answers_the_next_code_has_to_wait() -> None:
    login = Login().sent("right", NOW)
    for _ in range(MOST_TRIES):
        login = login.tried("wrong")

    assert login.sending(NOW + timedelta(seconds=1)) == "limited"
    assert login.sending(NOW + INTERVAL) == "send"


def test_a_phone_gets_only_so_many_codes_an_hour() -> None:
    login = Login()
    for number in range(MOST_SENT):
        login = login.sent("hash", NOW + number * timedelta(minutes=1))

    assert login.sending(NOW + timedelta(minutes=30)) == "limited"
    assert login.sending(NOW + WINDOW) == "send"


def test_a_right_code_works_once() -> None:
    login = Login().sent("right", NOW)
    used = login.tried("right")

    assert login.may_try(NOW)
    assert used.is_used
    assert not used.may_try(NOW)


def test_a_code_dies_of_too_many_wrong_answers() -> None:
    login = Login().sent("right", NOW)
    for _ in range(MOST_TRIES):
        assert login.may_try(NOW)
        login = login.tried("wrong")

    assert not login.may_try(NOW)


def test_a_new_code_brings_new_tries() -> None:
    login = Login(tries=MOST_TRIES).sent("right", NOW)

    assert login.may_try(NOW)


def test_a_code_is_good_for_a_few_minutes() -> None:
    login = Login().sent("right", NOW)

    assert login.may_try(NOW + VALID - timedelta(seconds=1))
    assert not login.may_try(NOW + VALID)


def test_nobody_answers_before_a_code_was_sent() -> None:
    assert not Login().may_try(NOW)


@pytest.mark.parametrize("language", ["en", "hi", "zh", "fr"])
def test_the_text_carries_the_code_and_its_minutes(language: str) -> None:
    assert "042137" in text("042137", language)
    assert "5" in text("042137", language)

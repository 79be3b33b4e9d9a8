"""One-time codes: how many are sent, how often one is tried, how long it is good."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.one_time_codes import CodeRules, Login, text

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
RULES = CodeRules(valid_minutes=5, interval_seconds=30, window_minutes=60, most_sent=5, most_tries=3)


def test_a_first_code_is_sent() -> None:
    assert Login().sending(RULES, NOW) == "send"


def test_a_code_sent_a_moment_ago_is_kept() -> None:
    login = Login().sent("right", RULES, NOW)

    assert login.sending(RULES, NOW + RULES.interval - timedelta(seconds=1)) == "kept"
    assert login.sending(RULES, NOW + RULES.interval) == "send"


def test_after_a_right_code_the_next_is_sent_at_once() -> None:
    login = Login().sent("right", RULES, NOW).tried("right")

    assert login.sending(RULES, NOW + timedelta(seconds=1)) == "send"


def test_after_too_many_wrong_answers_the_next_code_has_to_wait() -> None:
    login = Login().sent("right", RULES, NOW)
    for _ in range(RULES.most_tries):
        login = login.tried("wrong")

    assert login.sending(RULES, NOW + timedelta(seconds=1)) == "limited"
    assert login.sending(RULES, NOW + RULES.interval) == "send"


def test_a_phone_gets_only_so_many_codes_an_hour() -> None:
    login = Login()
    for number in range(RULES.most_sent):
        login = login.sent("hash", RULES, NOW + number * timedelta(minutes=1))

    assert login.sending(RULES, NOW + timedelta(minutes=30)) == "limited"
    assert login.sending(RULES, NOW + RULES.window) == "send"


def test_a_right_code_works_once() -> None:
    login = Login().sent("right", RULES, NOW)
    used = login.tried("right")

    assert login.may_try(RULES, NOW)
    assert used.is_used
    assert not used.may_try(RULES, NOW)


def test_a_code_dies_of_too_many_wrong_answers() -> None:
    login = Login().sent("right", RULES, NOW)
    for _ in range(RULES.most_tries):
        assert login.may_try(RULES, NOW)
        login = login.tried("wrong")

    assert not login.may_try(RULES, NOW)


def test_a_new_code_brings_new_tries() -> None:
    login = Login(tries=RULES.most_tries).sent("right", RULES, NOW)

    assert login.may_try(RULES, NOW)


def test_a_code_is_good_for_a_few_minutes() -> None:
    login = Login().sent("right", RULES, NOW)

    assert login.may_try(RULES, NOW + RULES.valid - timedelta(seconds=1))
    assert not login.may_try(RULES, NOW + RULES.valid)


def test_nobody_answers_before_a_code_was_sent() -> None:
    assert not Login().may_try(RULES, NOW)


@pytest.mark.parametrize("language", ["en", "hi", "zh", "fr"])
def test_the_text_carries_the_code_and_its_minutes(language: str) -> None:
    assert "042137" in text("042137", language, RULES)
    assert "5" in text("042137", language, RULES)

"""Text messages: one that is not taken says so without naming the phone."""

from typing import Any

import pytest

from shared.adapters.messages import ONCE, TextMessages
from shared.domain.errors import Unavailable
from tests.conftest import REGION, SESSION


def test_a_message_that_is_not_taken_does_not_repeat_the_phone(aws: Any) -> None:
    with pytest.raises(Unavailable) as refusal:
        TextMessages(aws("sns")).send("98765-no-phone", "text")

    assert refusal.value.code == "temporarily_unavailable"
    assert "98765" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_where_nobody_answers_nothing_went_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    nowhere = SESSION.create_client("sns", region_name=REGION, endpoint_url="http://127.0.0.1:9", config=ONCE)
    with pytest.raises(Unavailable) as refusal:
        TextMessages(nowhere).send("+919876543210", "text")

    assert "98765" not in str(refusal.value)


def test_a_notice_is_tried_once_by_its_client() -> None:
    assert vars(ONCE)["retries"] == {"mode": "standard", "total_max_attempts": 1}

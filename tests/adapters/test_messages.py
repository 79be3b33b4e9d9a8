"""Text messages: one that is not taken says so without naming the phone."""

from typing import Any

import pytest

from shared.adapters.messages import TextMessages
from shared.domain.errors import Unavailable


def test_a_message_that_is_not_taken_does_not_repeat_the_phone(aws: Any) -> None:
    with pytest.raises(Unavailable) as refusal:
        TextMessages(aws("sns")).send("98765-no-phone", "text")

    assert refusal.value.code == "temporarily_unavailable"
    assert "98765" not in str(refusal.value)
    assert refusal.value.__suppress_context__

"""The clock of a change of phone."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import Refused
from shared.domain.phone_changes import PhoneChangeRules, asked, ended, require_open

ZONE = "Asia/Kolkata"
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
RULES = PhoneChangeRules(wait_hours=24, open_days=7)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
CHANGE = asked(None, RULES, "new", "+91******3210", AT)


def test_it_opens_after_its_hours_and_closes_after_its_days() -> None:
    for early in (AT, AT + DAY - SECOND, AT + 8 * DAY):
        with pytest.raises(Refused, match="phone_change_not_open"):
            require_open(CHANGE, "new", ZONE, early)
    assert (
        require_open(CHANGE, "new", ZONE, AT + DAY)
        == require_open(CHANGE, "new", ZONE, AT + 8 * DAY - SECOND)
        == CHANGE
    )


def test_asked_again_its_clock_goes_on_and_for_another_phone_it_begins_anew() -> None:
    later = AT + timedelta(hours=5)
    other = asked(CHANGE, RULES, "other", "+91******0000", later)

    assert asked(CHANGE, RULES, "new", "+91******3210", later) == CHANGE
    assert other.open_from == later + DAY
    assert other.version == CHANGE.version + 1
    with pytest.raises(Refused):
        require_open(other, "new", ZONE, AT + 2 * DAY)


def test_what_was_withdrawn_is_asked_for_anew() -> None:
    withdrawn = ended(CHANGE, "withdrawn")

    assert ended(withdrawn, "withdrawn") == withdrawn
    assert asked(withdrawn, RULES, "new", "+91******3210", AT + DAY).open_from == AT + 2 * DAY

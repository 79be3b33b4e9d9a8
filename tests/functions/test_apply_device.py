"""What an application takes from the device that it is made on."""

from datetime import UTC, datetime, timedelta

from shared.adapters.sessions import Sessions
from shared.adapters.table import Table
from shared.domain.sessions import Session
from tests.functions.door import PHONE
from tests.functions.test_apply import Doors, doors
from tests.sandbox import INDIA

__all__ = ["doors"]


def test_borrowers_who_signed_in_on_the_same_device_of_late_are_counted(doors: Doors, people: Table) -> None:
    at = datetime.now(UTC)
    days = tuple(at.date() - timedelta(days=ago) for ago in (INDIA.checks.days + 2, 1, 0))
    Sessions(people).save("brw_asha", Session("here", at, at, PHONE.key_id, others=days), None)
    item = doors.loans.get(doors.submit().body["application_id"], "application")

    assert item is not None and item["accounts"] == 3

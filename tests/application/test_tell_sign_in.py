"""A borrower is told of a sign-in on a new device by every channel, and reads of it: whoever dies in between."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.borrower_notices import BorrowerNotices
from shared.adapters.people import People
from shared.adapters.sessions import Sessions
from shared.adapters.table import Table
from shared.application.tell_sign_in import tell_sign_in
from shared.domain.errors import Unavailable
from shared.domain.sessions import Session
from shared.domain.telling import Message, Telling
from tests.application.desk import Death, Killed

# In India it is the day after.
AT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


class Reached:
    """A borrower with a device and a phone; what is `off` takes nothing."""

    def __init__(self, people: Table, loans: Table, death: Death) -> None:
        self.people, self.death = People(people), death
        self.sessions, self.notices = Sessions(people), BorrowerNotices(loans)
        self.off: set[str] = set()
        self.sent = list[str]()
        self.people.open("brw_asha", "in", "en")

    def of(self, _: str) -> tuple[str, ...]:
        return ("push", "sms")

    def send(self, _: str, __: str, message: Message) -> None:
        self.death.before()
        if message.channel in self.off:
            raise Unavailable("temporarily_unavailable", "It is off.")
        self.sent.append(message.channel)
        self.death.after()

    def signs_in(self, session_id: str) -> None:
        self.sessions.save("brw_asha", Session(session_id, AT, AT, "key", is_new=True), None)

    def tell(self, session_id: str, at: datetime = AT) -> bool:
        channels: Any = self
        given: dict[str, Any] = {"sessions": self.sessions, "notices": self.notices, "people": self.people}
        return tell_sign_in("brw_asha", session_id, at, channels=channels, **given)

    def listed(self) -> list[Telling]:
        return self.notices.page_of("brw_asha", None, 100)[0]


@pytest.fixture
def death() -> Death:
    return Death()


@pytest.fixture
def reached(people: Table, loans: Table, death: Death) -> Iterator[Reached]:
    yield Reached(people, loans, death)


def test_every_channel_is_tried_and_those_that_took_it_are_listed(reached: Reached) -> None:
    reached.signs_in("one")
    told = [reached.tell("one") for _ in range(2)]
    reached.signs_in("two")
    reached.off = {"push"}
    reached.tell("two")

    assert told == [True, False] and reached.sent == ["push", "sms", "sms"]
    assert [(each.notice_id, each.channels) for each in reached.listed()] == [
        ("new_device.one", ("push", "sms")),
        ("new_device.two", ("sms",)),
    ]
    assert {str(each.on) for each in reached.listed()} == {"2026-11-23"}


def test_what_no_channel_took_is_listed_as_failed_and_comes_again(reached: Reached) -> None:
    reached.signs_in("one")
    reached.off = {"push", "sms"}
    with pytest.raises(Unavailable):
        reached.tell("one")

    assert [(each.state, each.channels) for each in reached.listed()] == [("failed", ())]
    reached.off = set()
    assert reached.tell("one", LATER)
    assert [(each.state, each.channels) for each in reached.listed()] == [("sent", ("push", "sms"))]


def test_killed_at_any_call_he_is_told_and_reads_of_it_once(reached: Reached, death: Death) -> None:
    for client in (reached.sessions.table.client, reached.notices.table.client):
        client.meta.events.register_first("before-call", death.before)
        client.meta.events.register("after-call", death.after)
    for number in count(1):
        death.at_call(0, comes_after=False)
        reached.signs_in(f"s{number}")
        before = len(reached.sent)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        is_done = False
        with suppress(Killed):
            is_done = reached.tell(f"s{number}")
        death.at_call(0, comes_after=False)
        reached.tell(f"s{number}", LATER)

        assert set(reached.sent[before:]) == {"push", "sms"}
        assert [each.notice_id for each in reached.listed()].count(f"new_device.s{number}") == 1
        assert reached.sessions.get("brw_asha", f"s{number}").told_at in (AT, LATER)
        if is_done:
            break
    for client in (reached.sessions.table.client, reached.notices.table.client):
        client.meta.events.unregister("before-call", death.before)
        client.meta.events.unregister("after-call", death.after)
    assert number > 10

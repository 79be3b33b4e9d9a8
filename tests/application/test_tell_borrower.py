"""A borrower is told what belongs to no loan: once, in his language, by what takes it, whoever dies in between."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.borrower_notices import BorrowerNotices, ToTell, to_tell
from shared.adapters.people import People
from shared.adapters.table import ANY, Table, Write
from shared.application.tell_borrower import tell_borrower
from shared.domain.errors import Unavailable
from shared.domain.telling import TO_TELL, Message, Telling
from tests.application.desk import Death, Killed

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
ACCEPTED = ToTell("paper.doc_1", "paper_accepted", date(2026, 11, 22), {})
ERASED = ToTell("data_erasure.2026-12-22", "data_erasure", date(2026, 12, 22), {"by": date(2026, 12, 22)})


@dataclass
class Phone:
    """What was sent by text message; it takes nothing while it is `off`."""

    death: Death
    is_off: bool = False
    texts: list[str] = field(default_factory=list)

    def of(self, _: str) -> tuple[str, ...]:
        return ("sms",)

    def send(self, _: str, __: str, message: Message) -> None:
        self.death.before()
        if self.is_off:
            raise Unavailable("temporarily_unavailable", "The phone is off.")
        self.texts.append(message.body)
        self.death.after()


class Told:
    def __init__(self, people: Table, loans: Table, death: Death) -> None:
        self.people, self.loans, self.phone = people, loans, Phone(death)
        People(people).open("brw_asha", "in", "hi")

    def wants(self, notice: ToTell) -> str:
        self.loans.transact([to_tell(self.loans, "brw_asha", notice)])
        return f"{TO_TELL}{notice.notice_id}"

    def tell(self, sk: str, at: datetime = AT) -> Telling | None:
        channels: Any = self.phone
        people, notices = People(self.people), BorrowerNotices(self.loans)
        wanted = notices.wanted("brw_asha", sk)
        return tell_borrower("brw_asha", wanted, at, notices=notices, people=people, channels=channels)


@pytest.fixture
def death() -> Death:
    return Death()


@pytest.fixture
def told(people: Table, loans: Table, death: Death) -> Iterator[Told]:
    yield Told(people, loans, death)


def test_a_borrower_is_told_once_in_his_language(told: Told) -> None:
    sk = told.wants(ERASED)
    first, again = told.tell(sk), told.tell(sk, AT + timedelta(hours=1))

    assert first == again and first and (first.state, first.language) == ("sent", "hi")
    assert len(told.phone.texts) == 1 and "22 दिस॰ 2026" in told.phone.texts[0].replace("दिसंबर", "दिस॰")


def test_what_no_channel_takes_comes_again(told: Told) -> None:
    sk = told.wants(ACCEPTED)
    told.phone.is_off = True
    with pytest.raises(Unavailable):
        told.tell(sk)
    told.phone.is_off = False
    done = told.tell(sk, AT + timedelta(seconds=30))

    assert done and done.state == "sent" and len(told.phone.texts) == 1


def test_nobody_is_told_after_he_is_erased(told: Told) -> None:
    sk = told.wants(ACCEPTED)
    item = told.people.get("brw_asha", "borrower") or {}
    told.people.transact([Write(item | {"erased_at": AT.isoformat()}, ANY)])

    assert told.tell(sk) is None and told.phone.texts == []


def test_killed_at_any_call_he_is_told_and_at_most_twice(told: Told, death: Death) -> None:
    client = told.loans.client
    client.meta.events.register_first("before-call", death.before)
    client.meta.events.register("after-call", death.after)
    for number in count(1):
        death.at_call(0, comes_after=False)
        sk, sent = told.wants(ToTell(f"paper.doc_{number}", "paper_accepted", ACCEPTED.on, {})), len(told.phone.texts)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        is_done = False
        with suppress(Killed):
            told.tell(sk)
            is_done = True
        death.at_call(0, comes_after=False)
        if is_done:
            break
        done = told.tell(sk, AT + timedelta(minutes=5))

        assert done and (done.state == "sent" or done.unsure == 2)
        assert 1 <= len(told.phone.texts) - sent <= 2
    client.meta.events.unregister("before-call", death.before)
    client.meta.events.unregister("after-call", death.after)
    assert number > 8

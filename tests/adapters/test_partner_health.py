"""Marks in the book: only of bad answers, at most one a minute by a process, and read at most once a minute."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shared.adapters.partner_health import HEALTH, Healths
from shared.adapters.table import ANY, Table, Write, record
from shared.domain.offers import Price
from shared.domain.partner_health import Health
from tests.memory import Dynamo

AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOOD, BAD = {"kaveri": Price("kaveri_personal", Decimal("0.17"))}, {"kaveri": "late"}


@pytest.fixture
def client() -> Dynamo:
    return Dynamo()


@pytest.fixture
def healths(client: Dynamo) -> Healths:
    return Healths(Table(client, "loans"))


def test_a_good_answer_writes_nothing(healths: Healths, client: Dynamo) -> None:
    for _ in range(100):
        healths.note(GOOD, AT)

    assert client.billed["requests"] == 0


def test_bad_answers_of_one_minute_are_one_mark_and_the_next_counts_them(healths: Healths) -> None:
    for second in range(0, 59, 2):
        healths.note(BAD, AT + timedelta(seconds=second))
    (first,) = healths.all()["kaveri"].marks
    healths.note(GOOD, AT + MINUTE)
    healths.note(BAD, AT + MINUTE)
    _, second_mark = healths.all()["kaveri"].marks

    assert (first.asked, first.bad) == (1, 1)
    assert (second_mark.asked, second_mark.bad) == (31, 30)


def test_a_degraded_partner_rests_at_once_where_it_was_seen_and_wakes_somebody(
    healths: Healths, capsys: pytest.CaptureFixture[str]
) -> None:
    for minute in range(3):
        healths.note(BAD, AT + minute * MINUTE)

    assert healths.resting(AT + 2 * MINUTE) == {"kaveri"}
    assert healths.resting(AT + 9 * MINUTE) == frozenset()
    assert capsys.readouterr().out.count('"PartnersDegraded": 1') == 1


def test_what_another_process_marked_is_known_here_too(healths: Healths) -> None:
    rests = Health("kaveri", rests_until=AT + MINUTE, version=1)
    healths.table.transact([Write(record(rests, HEALTH, "kaveri"), ANY)])

    assert healths.resting(AT) == {"kaveri"}


def test_many_readings_in_a_minute_are_one(healths: Healths, client: Dynamo) -> None:
    for _ in range(50):
        healths.resting(AT)

    assert client.read[HEALTH] <= 2


def test_two_that_mark_at_once_lose_a_mark_and_nothing_else(healths: Healths, client: Dynamo) -> None:
    class Meanwhile:
        """Another process marks between our reading and our writing."""

        is_first = True

        def before(self) -> None:
            """Nothing."""

        def after(self) -> None:
            if self.is_first:
                self.is_first = False
                Healths(Table(client, "loans")).note({"kaveri": "refused"}, AT)

    client.watched_by = Meanwhile()
    healths.note(BAD, AT)

    assert [mark.reason for mark in healths.all()["kaveri"].marks] == ["refused"]

"""Applications whose message was lost come back by themselves, and are decided once whoever sends them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.queue import Queue
from shared.adapters.requests import Request
from shared.adapters.table import Table
from shared.application.decide_application import decide_application, outcome
from shared.application.make_offers import Lenders
from shared.application.send_again import AGAIN_AFTER, LATE_AFTER, SentAgain, send_again
from shared.domain.applications import Application, require_decided, submitted
from shared.domain.borrowers import Borrower
from shared.domain.errors import Refused
from shared.domain.night import SHARDS
from tests.application.desk import Death, Killed
from tests.memory import Dynamo, Sqs
from tests.sandbox import AT, INDIA, TODAY, WRITTEN, earning, ready, rupees

BEFORE = AT - timedelta(minutes=30)


@dataclass
class Outside:
    """What is known of a borrower, and lenders that answer nothing; `meanwhile` happens while they are asked."""

    known: Any = (earning(), ())
    meanwhile: Callable[[], object] = lambda: None

    def places(self, _: str) -> tuple[()]:
        return ()

    def features(self, *_: Any) -> Any:
        return self.known

    def prices(self, *_: Any) -> dict[str, Any]:
        self.meanwhile()
        return {}


@dataclass
class Desk:
    """Applications in a book, and the queue that leads to the scorer."""

    death: Death = field(default_factory=Death)
    sqs: Sqs = field(default_factory=Sqs)

    def __post_init__(self) -> None:
        self.client = Dynamo(self.death)
        self.book = Table(self.client, "loans")
        self.applications = Applications(self.book)
        for written in WRITTEN:
            store(self.book, written, TODAY)

    def submit(self, application_id: str = "app_1", at: Any = BEFORE) -> None:
        made = submitted(application_id, whose(application_id), INDIA, rupees(20_000), 12, at, is_first=True)
        request = Request(made.borrower_id, "POST /v1/applications", "key", "hash", 201)
        self.applications.submit(made, asked_on=(TODAY,), seen=None, expired=None, request=request, answer={})

    def look(self, most: int = 100) -> SentAgain:
        return send_again("in", AT, applications=self.applications, scorer=Queue(self.sqs, "score"), most=most)

    def sent(self) -> list[str]:
        return [json.loads(body)["pk"] for body in self.sqs.bodies["score"]]

    def decide(self, application_id: str = "app_1", outside: Any = None) -> Application | None:
        outside = outside or Outside()
        lenders = Lenders(Partners(self.book), outside, Healths(self.book))
        given: dict[str, Any] = {"borrowers": outside, "loans": Loans(self.book), "lenders": lenders}
        return decide_application(application_id, whose(application_id).id, AT, applications=self.applications, **given)

    def work(self) -> None:
        """The scorer takes all that was sent."""
        for application_id in self.sent():
            self.decide(application_id)
        self.sqs.bodies.clear()


def whose(application_id: str) -> Borrower:
    return ready(id=f"brw_{application_id}")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_has_waited_for_minutes_is_sent_again_and_nothing_else(desk: Desk) -> None:
    desk.submit("app_lost")
    desk.submit("app_fresh", AT - AGAIN_AFTER + timedelta(seconds=1))
    desk.submit("app_decided")
    desk.decide("app_decided")

    assert desk.look() == SentAgain(1, 0)
    assert desk.sent() == ["app_lost"]
    assert json.loads(desk.sqs.bodies["score"][0]) == {"pk": "app_lost", "borrower_id": "brw_app_lost"}


def test_once_it_is_decided_nothing_is_sent_any_more(desk: Desk) -> None:
    desk.submit()
    desk.look()
    desk.work()

    assert desk.applications.get("app_1").state == "offered"
    assert desk.look() == SentAgain(0, 0)


def test_what_waits_for_more_than_an_hour_is_counted_and_sent_all_the_same(desk: Desk) -> None:
    desk.submit("app_late", AT - LATE_AFTER - timedelta(seconds=1))
    desk.submit("app_waits")

    assert desk.look() == SentAgain(2, 1)
    assert sorted(desk.sent()) == ["app_late", "app_waits"]


def test_applications_of_another_market_are_its_own_schedules_matter(desk: Desk) -> None:
    desk.submit()

    found = send_again("cn", AT, applications=desk.applications, scorer=Queue(desk.sqs, "score"))
    assert found == SentAgain(0, 0)


def test_a_look_that_is_killed_anywhere_leaves_the_rest_to_the_next(desk: Desk) -> None:
    wanted = [f"app_{number}" for number in range(40)]
    for each in wanted:
        desk.submit(each)
    for number in count(1):
        desk.death.at_call(number, comes_after=number % 2 == 0)
        try:
            desk.look()
        except Killed:
            continue
        break
    desk.death.at_call(0, comes_after=False)

    assert number > 16 and set(desk.sent()) == set(wanted)


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_a_decision_killed_at_any_call_is_made_once_when_the_application_comes_again(comes_after: bool) -> None:
    for number in count(1):
        desk = Desk()
        desk.submit()
        desk.death.at_call(number, comes_after)
        try:
            desk.decide()
        except Killed:
            desk.death.at_call(0, comes_after=False)
        else:
            break
        desk.look()
        desk.work()

        assert (desk.applications.get("app_1").version, desk.look().sent) == (1, 0)
        assert desk.applications.offers("app_1")
    assert number > 2, "it reads and writes"


def test_the_late_message_and_the_one_that_was_sent_again_at_once_are_one_decision(desk: Desk) -> None:
    desk.submit()
    late: list[Callable[[], object]] = [desk.decide, lambda: None]
    found = desk.decide(outside=Outside(meanwhile=lambda: late.pop(0)()))

    assert found is None
    assert desk.applications.get("app_1").version == 1


def test_after_a_long_outage_each_look_takes_the_longest_waiting_of_each_part(desk: Desk) -> None:
    ids = [f"app_{number:03}" for number in range(120)]
    for number, each in enumerate(ids):
        desk.submit(each, BEFORE + timedelta(seconds=number))
    looks = []
    while desk.look(most=3).sent:
        looks.append(desk.sent())
        desk.work()

    assert ids[0] in looks[0] and ids[-1] in looks[-1]
    assert all(len(look) <= 3 * SHARDS for look in looks)
    assert sorted(each for look in looks for each in look) == ids


def test_without_the_consents_it_ends_undecided_and_is_sent_no_more(desk: Desk) -> None:
    desk.submit()
    done = desk.decide(outside=Outside(known=None))

    assert done is not None and done.state == "withdrawn"
    assert desk.look() == SentAgain(0, 0)


def test_once_its_market_is_closed_it_ends_undecided_and_nothing_of_its_borrower_is_opened() -> None:
    waiting = submitted("app_1", ready(), INDIA, rupees(20_000), 12, BEFORE, is_first=True)
    nobody: Any = None
    given: dict[str, Any] = {"borrowers": nobody, "loans": nobody, "lenders": nobody}
    done, offers = outcome(waiting, (), replace(INDIA, is_open=False), AT, **given)

    assert (done.state, done.decision, offers) == ("expired", None, ())
    with pytest.raises(Refused) as refused:
        require_decided(done)
    assert refused.value.code == "market_closed"

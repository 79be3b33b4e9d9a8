"""Every step of a person's look at an application, killed at every call and done again: one decision, one record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters import capacity, partners
from shared.adapters.applications import HEAD, Applications, Latest
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.application.make_offers import Lenders
from shared.application.review_application import application_with_figures, ask_review, review_application
from shared.application.score_application import score_application
from shared.application.watch_reviews import watch_reviews
from shared.domain.applications import Application, decided, submitted
from shared.domain.borrowers import Features
from shared.domain.errors import Conflict, Refused
from shared.domain.money import Money
from shared.domain.staff import Staff, figures_hash
from tests.application.desk import Death, Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.sandbox import AT, INDIA, TODAY, WRITTEN, earning, ready, rupees

LATER = AT + timedelta(hours=3)
RAVI, MEENA = Staff("stf_ravi", ("reviewer",)), Staff("stf_meena", ("reviewer",))
ZARA = Staff("stf_zara", ("approver",))
GOOD, POOR = earning(months_employed=60), earning(4_000, 1_500, employment="unemployed", months_employed=0)


class Papers:
    """The people book as the desk sees it."""

    def __init__(self, consents: tuple[str, ...] = INDIA.consents_needed) -> None:
        self.consents = consents

    def get(self, _: str) -> Any:
        return ready(consents=self.consents)

    def documents(self, _: str) -> list[Any]:
        return []


class NoAnswer:
    def prices(self, *_: Any) -> dict[str, Any]:
        return {}


class ReviewDesk(Desk):
    """An application that was decided by machine, in a book where the sandbox's lenders lend."""

    facts: Features = GOOD
    shared: tuple[str, ...] = ("bank_account",)
    amount: Money = rupees(5_000)

    def __init__(self, book: Table, death: Death, onlooker: Any) -> None:
        super().__init__(book, death, onlooker)
        for written in WRITTEN:
            store(book, written, TODAY)
        partners._read.cache_clear()
        capacity._read.cache_clear()
        self.people: Any = Papers()
        self.application_id = f"app_{self.number}"
        asked = submitted(self.application_id, ready(), INDIA, self.amount, 24, AT, is_first=True)
        decision, grounds = score_application(asked, INDIA, self.facts, self.shared)
        done = decided(asked, decision, None, market=INDIA, at=AT, on=TODAY, grounds=grounds)
        latest = record(Latest(self.application_id, 0), "brw_asha", "open")
        book.transact([Write(record(asked, self.application_id, HEAD)), Write(latest)])
        Applications(book).decide(done, ())

    def applications(self) -> Applications:
        return Applications(self.loans.table)

    def ask(self, key: str = "ask") -> Any:
        given: dict[str, Any] = {"request": Request("brw_asha", "POST /review", key, "hash", 201), "view": _view}
        return ask_review(self.application_id, "I have a new job.", LATER, applications=self.applications(), **given)

    def decide(self, approves: bool = True, key: str = "decide", member: Staff = RAVI, seen: str | None = None) -> Any:
        pricing: Any = NoAnswer()
        books: dict[str, Any] = {"applications": self.applications(), "people": self.people}
        return review_application(
            self.application_id,
            approves,
            "His payslips show it.",
            seen or self.seen(),
            self.new_id("aud"),
            LATER,
            member=member,
            lenders=Lenders(Partners(self.loans.table), pricing, Healths(self.loans.table)),
            request=Request(member.staff_id, "POST /decision", key, "hash", 200),
            view=_view,
            **books,
        )

    def decline(self) -> Any:
        return self.decide(approves=False)

    def second(self) -> Any:
        return self.decide(key="second", member=ZARA)

    def seen(self) -> str:
        """The hash of the figures, looked at without a call that counts."""
        books: dict[str, Any] = {"applications": Applications(self.looking()), "people": self.people}
        return figures_hash(application_with_figures(self.application_id, LATER, **books)[1])

    def looking(self) -> Table:
        return Table(self.onlooker, self.loans.table.name)

    def now(self) -> Application:
        return Applications(self.looking()).get(self.application_id)

    def told(self) -> list[str]:
        return [item["kind"] for item in self.looking().query("brw_asha", "to_tell#")]

    def records(self) -> list[str]:
        stored = self.onlooker.scan(TableName=self.loans.table.name)["Items"]
        return sorted(item["action"]["S"] for item in stored if item["pk"]["S"].startswith("audit#"))


class DeclinedDesk(ReviewDesk):
    facts = POOR


class LargeDesk(ReviewDesk):
    amount = rupees(60_000)


def _view(application: Application) -> dict[str, str]:
    return {"state": application.state}


@dataclass(frozen=True)
class Step:
    desk: type[ReviewDesk]
    before: Callable[[ReviewDesk], object]
    verb: Callable[[ReviewDesk], object]
    state: str
    records: list[str]


def nothing(_: ReviewDesk) -> None:
    """The machine has decided."""


STEPS = {
    "ask_review": Step(DeclinedDesk, nothing, ReviewDesk.ask, "referred", []),
    "review_application": Step(ReviewDesk, nothing, ReviewDesk.decide, "offered", ["application.approve"]),
    "review_application with a no": Step(ReviewDesk, nothing, ReviewDesk.decline, "declined", ["application.decline"]),
    "review_application that was asked for": Step(
        DeclinedDesk, ReviewDesk.ask, ReviewDesk.decline, "declined", ["application.decline"]
    ),
}


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    step = STEPS[name]
    killed_at_each_call(lambda: desks(step.desk), step, is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desks: Desks) -> None:
    step = STEPS[name]
    done_three_times(desks(step.desk), step, is_as_wanted)


def is_as_wanted(desk: ReviewDesk, step: Step) -> None:
    assert (desk.now().state, desk.records()) == (step.state, step.records)
    assert bool(Applications(desk.looking()).offers(desk.application_id)) == (step.state == "offered")
    told = {"offered": ["application_approved"], "declined": ["application_declined"]}
    assert desk.told() == told.get(step.state, [])


@pytest.fixture
def desk(desks: Desks) -> ReviewDesk:
    return desks(ReviewDesk)


@pytest.fixture
def declined(desks: Desks) -> DeclinedDesk:
    return desks(DeclinedDesk)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_what_is_referred_has_a_clock_and_waits_where_the_most_urgent_is_first(desk: ReviewDesk) -> None:
    found, _ = desk.applications().waiting("in", None, 20)

    assert [each.application_id for each in found] == [desk.application_id]
    assert found[0].review is not None and found[0].review.due_at == AT + INDIA.reviews.time


def test_an_approval_makes_the_offers_of_its_grade_and_keeps_what_the_machine_said(desk: ReviewDesk) -> None:
    was = desk.now().decision
    desk.decide()
    now = desk.now()

    assert now.decision is not None and was is not None and now.review is not None
    assert (was.outcome, now.decision.outcome, now.automated and now.automated.decision) == ("refer", "approve", was)
    assert now.decision.limit == INDIA.money(INDIA.grades[now.decision.grade].most_minor)
    assert (now.review.decided_by, now.review.outcome) == ("stf_ravi", "approve")
    assert desk.applications().waiting("in", None, 20) == ([], None)


def test_a_decline_tells_the_reason_and_is_not_looked_at_again(desk: ReviewDesk) -> None:
    desk.decline()
    decision = desk.now().decision

    assert decision is not None and decision.reasons[0].says == "His payslips show it."
    assert refusal(desk.ask) == "review_not_possible"


def test_a_decline_by_machine_is_looked_at_once(declined: DeclinedDesk) -> None:
    declined.ask()
    assert declined.now().is_waiting(TODAY)
    declined.decline()

    assert refusal(lambda: declined.ask("again")) == "review_not_possible"


def test_no_review_after_another_application(declined: DeclinedDesk) -> None:
    newer = record(Latest("app_newer", 1), "brw_asha", "open")
    declined.looking().transact([Write(newer, 0)])

    assert refusal(declined.ask) == "review_not_possible"


def test_no_person_sets_aside_what_an_income_can_carry(desks: Desks) -> None:
    class Unaffordable(ReviewDesk):
        facts, amount = earning(9_000, 2_300), rupees(50_000)

    desk = desks(Unaffordable)

    assert refusal(desk.ask) == "review_not_possible"


def test_a_large_one_takes_two_people_and_an_approver_among_them(desks: Desks) -> None:
    desk = desks(LargeDesk)
    assert desk.now().amount.minor > INDIA.reviews.one_person_most

    assert desk.decide() == {"state": "referred"}
    assert refusal(lambda: desk.decide(key="own")) == "own_approval"
    assert desk.decide(key="no approver", member=MEENA) == {"state": "referred"}
    assert desk.told() == []
    assert desk.second() == {"state": "offered"}
    assert desk.told() == ["application_approved"]
    assert desk.records() == ["application.approve", "application.first_approval", "application.first_approval"]


def test_figures_that_moved_on_are_to_be_looked_at_again(desk: ReviewDesk) -> None:
    with pytest.raises(Conflict) as conflict:
        desk.decide(seen="0" * 64)

    assert (conflict.value.code, desk.now().state) == ("figures_stale", "referred")


def test_without_the_consents_no_lender_is_asked(desk: ReviewDesk) -> None:
    desk.people = Papers(())

    assert refusal(desk.decide) == "consent_missing"
    assert desk.now().state == "referred"


def test_two_people_at_once_decide_it_once(desk: ReviewDesk) -> None:
    seen = desk.seen()
    desk.decide(seen=seen)

    assert refusal(lambda: desk.decide(approves=False, key="other", member=MEENA, seen=seen)) == "application_decided"


def test_whose_time_ran_out_is_decided_by_nobody(desk: ReviewDesk) -> None:
    late = datetime(2027, 2, 1, tzinfo=UTC)
    books: dict[str, Any] = {"applications": desk.applications(), "people": desk.people}

    assert application_with_figures(desk.application_id, late, **books)[1]["state"] == "expired"


def test_what_is_late_is_counted_and_what_nobody_decided_ends(desk: ReviewDesk) -> None:
    hours, days = INDIA.reviews.time, timedelta(days=INDIA.referral_days)
    books = desk.applications()

    assert watch_reviews("in", AT + hours, applications=books) == 0
    assert watch_reviews("in", AT + hours + timedelta(minutes=1), applications=books) == 1
    assert desk.now().state == "referred"
    assert watch_reviews("in", AT + days + timedelta(days=2), applications=books) == 0
    assert desk.now().state == "expired" and books.waiting("in", None, 20) == ([], None)
    assert desk.told() == ["review_ended"]
    assert watch_reviews("in", AT + days + timedelta(days=2), applications=books) == 0


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    """Lenders and their room are kept for a minute, by a process that lives on from test to test."""
    yield
    partners._read.cache_clear()
    capacity._read.cache_clear()

"""Capacity taken, given back and freed: killed at every call, done twice, and by many at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from shared.adapters import capacity as stored
from shared.adapters import partners as listed
from shared.adapters.capacity import Capacity
from shared.adapters.loans import Loans
from shared.adapters.partners import store
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import ANY, Table, Write, record
from shared.application.again import again
from shared.application.cancel_loan import cancel_loan
from shared.application.free_capacity import free_capacity
from shared.domain.capacity import largest_room
from shared.domain.errors import Conflict, Refused
from tests.application.desk import Death, Killed
from tests.application.test_races import Book
from tests.memory import Dynamo
from tests.sandbox import AT, PARTNERS, TODAY, WRITTEN, ready, rupees

LARGEST = PARTNERS["sahyadri"].largest_minor


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    listed._read.cache_clear()
    stored._read.cache_clear()


def lending(table: Table, **changes: int) -> Capacity:
    """The sandbox's lenders; of sahyadri with other limits."""
    for written in WRITTEN:
        store(table, {**written, **(changes if written["partner_id"] == "sahyadri" else {})}, TODAY)
    listed._read.cache_clear()
    return Capacity(table)


class Stage:
    """Asha with an application that is offered a loan, on tables in memory."""

    def __init__(self, death: Death | None = None) -> None:
        self.client = Dynamo(death)
        self.table = Table(self.client, "loans")
        self.capacity = lending(self.table)
        people = Table(Dynamo(), "people")
        people.transact([Write(record(ready(), "brw_asha", "borrower"), ANY)])
        self.book = Book(self.table, people)
        self.book.submit("app_1")
        self.book.decide("app_1")

    def accept(self, loan_id: str = "loan_1", key: str = "accept") -> Any:
        return self.book.accept(loan_id, lambda loan: {"loan_id": loan.loan_id}, key)

    def cancel(self, loan_id: str = "loan_1") -> Any:
        request = Request("brw_asha", f"POST /v1/loans/{loan_id}/cancellation", "cancel", "hash", 201)
        return cancel_loan(loan_id, AT, loans=Loans(self.table), request=request, view=lambda _: {})

    def outstanding(self) -> int:
        return sum(part.outstanding for part in self.capacity.parts("sahyadri"))

    def lent(self) -> int:
        return sum(part.lent_on(TODAY) for part in self.capacity.parts("sahyadri"))


def done(step: Callable[[], object]) -> str:
    try:
        step()
    except Killed:
        return "killed"
    except Replayed:
        return "replayed"
    return "done"


ids = count(1)
# What goes before, the verb, and what is outstanding after it.
STEPS: dict[str, tuple[Callable[[Stage], object], Callable[[Stage], object], int]] = {
    "accept": (lambda _: None, lambda stage: stage.accept(f"loan_{next(ids)}"), 2_000_000),
    "cancel": (Stage.accept, Stage.cancel, 0),
    "free": (
        Stage.accept,
        lambda stage: free_capacity("sahyadri", 500_000, "2026-11-23", capacity=stage.capacity),
        1_500_000,
    ),
}


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_takes_or_frees_once(name: str, comes_after: bool) -> None:
    before, verb, outstanding = STEPS[name]
    for call in count(1):
        death = Death()
        stage = Stage(death)
        before(stage)
        death.at_call(call, comes_after)
        how = done(lambda stage=stage: verb(stage))  # type: ignore[misc]
        death.at_call(0, False)
        if how == "done":
            break
        done(lambda stage=stage: verb(stage))  # type: ignore[misc]

        assert stage.outstanding() == outstanding
    assert call > 2


def test_a_loan_that_is_cancelled_on_its_day_gives_the_day_its_room_back() -> None:
    stage = Stage()
    stage.accept()
    assert (stage.outstanding(), stage.lent()) == (2_000_000, 2_000_000)
    stage.cancel()

    assert (stage.outstanding(), stage.lent()) == (0, 0)


def test_an_offer_that_its_lender_has_no_room_for_stays_and_so_do_the_others() -> None:
    stage = Stage()
    best, *others = stage.book.applications.offers("app_1")
    assert best.partner_id == "sahyadri" and others
    lending(stage.table, capital_minor=1_999_999)

    with pytest.raises(Refused) as refusal:
        stage.accept()

    assert refusal.value.code == "lender_capacity"
    assert stage.table.get("loan_1", "loan") is None and stage.outstanding() == 0
    application = stage.book.applications.get("app_1")
    assert application.state == "offered"
    lending(stage.table)
    assert stage.accept() == {"loan_id": "loan_1"}


def test_a_lender_without_room_is_named_on_the_board_and_nothing_else_is_offered_of_it() -> None:
    stage = Stage()
    lending(stage.table, daily_minor=1_999_999)
    stored._read.cache_clear()
    full = stage.capacity.full(stage.book.partners.of_market("in"), rupees(20_000), TODAY)

    assert full == {"sahyadri"}
    stage.book.applications.table.transact(
        [Write(record(replace(stage.book.applications.get("app_1"), state="expired"), "app_1", "application"), ANY)]
    )
    stage.book.submit("app_2")
    made = stage.book.decide("app_2")
    assert made is not None and made.inputs is not None
    assert {each.partner_id: each.reason for each in made.unmatched}["sahyadri"] == "no_capacity"
    assert made.inputs.full == ("sahyadri",)


def test_what_a_settlement_freed_is_freed_once_for_its_key() -> None:
    stage = Stage()
    stage.accept()

    assert [free_capacity("sahyadri", 700_000, "d1", capacity=stage.capacity) for _ in range(2)] == [True, False]
    assert stage.outstanding() == 1_300_000
    assert free_capacity("sahyadri", 0, "d2", capacity=stage.capacity)
    assert not free_capacity("sahyadri", 700_000, "d2", capacity=stage.capacity)


def test_a_loan_from_before_capacity_was_counted_gives_nothing_back() -> None:
    assert Stage().capacity.give_back("loan_of_old") == ()


@pytest.mark.parametrize(("capital", "daily"), [(10**12, 40 * LARGEST), (40 * LARGEST, 10**12), (LARGEST, LARGEST)])
def test_many_at_once_never_take_more_than_there_is_and_are_refused_only_when_no_part_has_room(
    capital: int, daily: int
) -> None:
    table = Table(Dynamo(), "loans")
    capacity = lending(table, capital_minor=capital, daily_minor=daily)
    amounts = [rupees(5_000 + 317 * number % 45_000) for number in range(200)]

    def take(number: int) -> int:
        """What was lent; minus what was wanted where that was refused. Who is overtaken tries again, as a caller."""
        while True:
            try:
                again(lambda: table.transact(capacity.reserve("sahyadri", amounts[number], f"loan_{number}", TODAY)))
            except Conflict:
                continue
            except Refused:
                return -amounts[number].minor
            return amounts[number].minor

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(take, range(len(amounts))))
    parts, partner = capacity.parts("sahyadri"), listed.Partners(table).get("sahyadri")

    taken = sum(minor for minor in found if minor > 0)
    assert taken == sum(part.outstanding for part in parts) == sum(part.lent_on(TODAY) for part in parts)
    assert taken <= min(capital, daily)
    refused = [-minor for minor in found if minor < 0]
    assert refused and min(refused) > largest_room(partner, parts, TODAY)

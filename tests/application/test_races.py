"""Two at once: whoever comes second finds what the first did. `view` runs between the decision and its write."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.adapters.applications import Applications
from shared.adapters.loans import Loans
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.people import People
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import ANY, Table, Write, record
from shared.application.accept_offer import accept_offer
from shared.application.decide_application import decide_application
from shared.application.make_offers import Lenders
from shared.application.submit_application import submit_application
from shared.domain.applications import Application
from shared.domain.errors import Conflict, DomainError
from shared.domain.offers import Price
from tests.sandbox import AT, TODAY, WRITTEN, earning, ready, rupees


def request(key: str) -> Request:
    return Request("brw_asha", "POST /v1/somewhere", key, "hash", 201)


class Means:
    """What the vault would open."""

    def places(self, _: str) -> tuple[()]:
        return ()

    def features(self, *_: Any) -> Any:
        return earning(), ()


class Desk:
    """Lenders that give no price; `meanwhile` happens while they are asked."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.meanwhile = meanwhile

    def prices(self, *_: Any) -> Mapping[str, Price]:
        self.meanwhile()
        return {}


class Book:
    """The verbs on one pair of tables."""

    def __init__(self, loans: Table, people: Table) -> None:
        self.applications = Applications(loans)
        self.people, self.partners = People(people), Partners(loans)

    def submit(self, application_id: str, view: Any = lambda _: {}, key: str = "") -> Any:
        return submit_application(
            application_id,
            rupees(20_000),
            12,
            AT,
            people=self.people,
            applications=self.applications,
            request=request(key or application_id),
            view=view,
        )

    def decide(self, application_id: str, desk: Desk | None = None) -> Application | None:
        return decide_application(
            application_id,
            "brw_asha",
            AT,
            applications=self.applications,
            borrowers=Means(),  # type: ignore[arg-type]
            loans=Loans(self.applications.table),
            lenders=Lenders(self.partners, desk or Desk(), Healths(self.applications.table)),  # type: ignore[arg-type]
        )

    def accept(self, loan_id: str, view: Any = lambda _: {}, key: str = "") -> Any:
        offer, *_ = self.applications.offers("app_1")
        return accept_offer(
            "app_1",
            offer.offer_id,
            offer.kfs_hash,
            loan_id,
            AT,
            people=self.people,
            applications=self.applications,
            loans=Loans(self.applications.table),
            request=request(key or loan_id),
            view=view,
        )


@pytest.fixture
def book(loans: Table, people: Table) -> Book:
    for written in WRITTEN:
        store(loans, written, TODAY)
    people.transact([Write(record(ready(), "brw_asha", "borrower"), ANY)])
    return Book(loans, people)


def once(act: Callable[[], object]) -> Callable[[Any], dict[str, str]]:
    """A view that lets `act` happen the first time only."""
    acts = [act]

    def view(_: Any) -> dict[str, str]:
        if acts:
            acts.pop()()
        return {"seen": "yes"}

    return view


def test_of_two_applications_at_once_one_is_taken(book: Book) -> None:
    with pytest.raises(DomainError) as refusal:
        book.submit("app_2", once(lambda: book.submit("app_1")))

    assert refusal.value.code == "application_open"
    assert [each.application_id for each in book.applications.page_of("brw_asha", None, 9)[0]] == ["app_1"]


def test_of_two_equal_requests_at_once_the_second_gets_the_firsts_answer(book: Book) -> None:
    with pytest.raises(Replayed) as replay:
        book.submit("app_2", once(lambda: book.submit("app_1", lambda _: {"first": True}, key="same")), key="same")

    assert replay.value.answer == {"first": True}


def test_of_two_scorers_at_once_one_decides(book: Book) -> None:
    book.submit("app_1")
    found: list[Any] = []

    def meanwhile() -> None:
        if not found:
            found.append(book.decide("app_1"))

    second = book.decide("app_1", Desk(meanwhile))

    assert second is None
    assert found[0].state == book.applications.get("app_1").state == "offered"
    assert book.applications.get("app_1").version == 1


def test_of_two_acceptances_at_once_one_makes_a_loan(book: Book, loans: Table) -> None:
    book.submit("app_1")
    book.decide("app_1")

    with pytest.raises(DomainError) as refusal:
        book.accept("loan_2", once(lambda: book.accept("loan_1")))

    assert refusal.value.code == "offer_already_accepted"
    assert book.applications.get("app_1").loan_id == "loan_1"
    assert loans.get("loan_2", "loan") is None


def test_whoever_is_overtaken_again_and_again_is_told_to_try_later(book: Book) -> None:
    book.submit("app_1")
    book.decide("app_1")

    def overtaken(_: Any) -> dict[str, str]:
        """Somebody else changes the application each time, and leaves it open."""
        seen = book.applications.get("app_1")
        changed = record(seen, "app_1", "application") | {"version": seen.version + 1}
        book.applications.table.transact([Write(changed, ANY)])
        return {}

    with pytest.raises(Conflict) as refusal:
        book.accept("loan_1", overtaken)

    assert refusal.value.code == "request_in_flight"

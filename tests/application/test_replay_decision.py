"""A decision can be made again from what is kept: the facts of its day, its rules and its table of points."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.applications import Applications
from shared.adapters.borrowers import Borrowers
from shared.adapters.loans import Loans
from shared.adapters.openings import Openings
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.people import People
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, record
from shared.adapters.vault import Vault
from shared.application.decide_application import decide_application
from shared.application.make_offers import Lenders
from shared.application.replay_decision import Replay, replay_decision
from shared.application.submit_application import submit_application
from shared.domain.borrowers import Address, Means, Person
from shared.domain.errors import Refused
from tests.sandbox import AT, INDIA, TODAY, WRITTEN, ready, rupees

ASHA = Person("Asha Verma", "ABCPV1234D", Address("14 Lake Road", "Pune", "MH", "411001"))
EARNING = Means(date(1994, 6, 15), rupees(45_000), rupees(3_000), "salaried", 48)
DAY = timedelta(days=1)


class NoAnswer:
    """Lenders that are asked for a price and say nothing."""

    def prices(self, *_: Any) -> dict[str, Any]:
        return {}


@dataclass
class Desk:
    """Asha with her profile, and the books."""

    applications: Applications
    borrowers: Borrowers
    partners: Partners

    def earns(self, at: datetime, **changes: Any) -> None:
        papers = PaperSeals(self.borrowers.people, self.borrowers.vault)
        self.borrowers.save_profile("brw_asha", ASHA, replace(EARNING, **changes), papers, at)

    def submit(self) -> None:
        request = Request("brw_asha", "POST /v1/applications", "key", "0" * 64, 201)
        given: dict[str, Any] = {"people": self.borrowers.people, "request": request, "view": lambda _: {}}
        submit_application("app_1", rupees(20_000), 12, AT, applications=self.applications, **given)

    def decide(self) -> None:
        nobody: Any = NoAnswer()
        given: dict[str, Any] = {
            "applications": self.applications,
            "borrowers": self.borrowers,
            "loans": Loans(self.applications.table),
            "lenders": Lenders(self.partners, nobody, Healths(self.applications.table)),
        }
        assert decide_application("app_1", "brw_asha", AT, **given) is not None

    def replay(self, table: str | None = None) -> Replay:
        books: dict[str, Any] = {"applications": self.applications, "borrowers": self.borrowers}
        return replay_decision("app_1", AT + 9 * DAY, table=table, **books)


@pytest.fixture
def desk(aws: Callable[[str], Any], loans: Table, people: Table) -> Desk:
    kms = aws("kms")
    people.transact([Write(record(ready(), "brw_asha", "borrower"))])
    vault = Vault(kms, kms.create_key()["KeyMetadata"]["Arn"])
    made = Desk(Applications(loans), Borrowers(People(people), vault, "test"), Partners(loans))
    made.earns(AT - DAY)
    made.submit()
    return made


def sold(loans: Table) -> None:
    for written in WRITTEN:
        store(loans, written, TODAY)


def test_a_decision_is_the_same_when_made_again(desk: Desk, loans: Table) -> None:
    sold(loans)
    desk.decide()
    found = desk.replay()

    assert found.is_same
    assert found.recorded.outcome == "approve"
    assert (found.recorded.scorecard, found.recorded.pack_version) == (INDIA.scorecard, INDIA.pack_version)


def test_what_the_borrower_changed_since_changes_no_replay(desk: Desk, loans: Table) -> None:
    sold(loans)
    desk.earns(AT - 2 * timedelta(hours=1), monthly_income=rupees(16_000))
    desk.decide()
    desk.earns(AT + DAY, monthly_income=rupees(90_000))
    desk.earns(AT + 2 * DAY, employment="unemployed")

    assert desk.replay().is_same


def test_an_approval_without_an_offer_is_replayed_as_one(desk: Desk) -> None:
    desk.decide()
    found = desk.replay()

    assert found.is_same
    assert (found.again.outcome, found.again.reasons[0].code) == ("decline", "no_matching_offer")


def test_another_table_shows_what_it_would_have_said(desk: Desk, loans: Table) -> None:
    sold(loans)
    desk.decide()
    found = desk.replay("in-1")

    assert not found.is_same
    assert (found.recorded.scorecard, found.again.scorecard) == ("in-2", "in-1")


def test_whoever_replays_leaves_a_trace(desk: Desk) -> None:
    desk.decide()
    desk.replay()
    found, _ = Openings(desk.borrowers.people.table).page_of("brw_asha", None, 100)

    assert [each.opened_at for each in found if each.purpose == "replay"] == [AT + 9 * DAY]


def test_an_undecided_application_has_nothing_to_replay(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        desk.replay()

    assert refusal.value.code == "application_not_decided"

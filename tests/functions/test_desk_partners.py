"""Partners at the desk: stored by two members of the staff, refused by the rule's name, shown with how they answer."""

from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import wiring_lenders
from shared.adapters.capacity import Capacity
from shared.adapters.outbox import Endpoint, Outbox
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.table import Table
from shared.domain.partners import Partner
from tests.functions.door import Answer, call, forget, opened
from tests.sandbox import TODAY, WRITTEN, rupees

PLACE = "/v1/desk/partners"
NOW = datetime.now(UTC)


class Desk:
    def __init__(self, door: Any, loans: Table) -> None:
        self.door, self.loans, self.keys = door, loans, 0

    def call(self, route: str, body: Any = None, *, by: str = "anita", roles: str = "approver", **query: str) -> Answer:
        self.keys += 1
        return call(self.door, route, body, subject=by, key=f"key-{self.keys}", query=query, roles=(roles,))

    def propose(self, written: dict[str, Any], by: str = "anita") -> Answer:
        return self.call(f"POST {PLACE}", {"partner": written, "reason": "As agreed."}, by=by)

    def decide(
        self, proposal: Any, decision: str = "approved", by: str = "ravi", partner_id: str = "tapti", **changes: str
    ) -> Answer:
        body = {"decision": decision, "digest": proposal["digest"], "reason": "Seen."} | changes
        return self.call(f"POST {PLACE}/{partner_id}/decision", body, by=by)

    def stored(self, partner_id: str = "tapti") -> Partner:
        forget()
        return Partners(self.loans).get(partner_id)

    def rows(self) -> dict[str, Any]:
        found = self.call(f"GET {PLACE}", market="in", roles="auditor").body
        return {row["partner_id"]: row for row in found["partners"]}


@pytest.fixture
def desk(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for written in WRITTEN:
        store(loans, written, TODAY)
    with ExitStack() as stack:
        yield Desk(stack.enter_context(opened("desk_partners", monkeypatch, loans=loans)), loans)


def changed(**changes: Any) -> dict[str, Any]:
    (written,) = [each for each in WRITTEN if each["partner_id"] == "tapti"]
    return deepcopy(written) | changes


def of_product(**changes: Any) -> dict[str, Any]:
    written = changed()
    written["products"][0] |= changes
    return written


def test_a_change_is_proposed_by_one_and_stored_by_the_approval_of_another(desk: Desk) -> None:
    made = desk.propose(changed(daily_minor=777)).body
    assert made["state"] == "proposed" and desk.stored().daily_minor != 777

    done = desk.decide(made)
    assert (done.status, done.body["state"]) == (200, "approved")
    assert desk.stored().daily_minor == 777


def test_each_step_leaves_a_record_of_who_and_why(desk: Desk) -> None:
    desk.decide(desk.propose(changed(daily_minor=777)).body)
    month = f"{datetime.now(UTC):%Y-%m}"
    records = desk.loans.query(f"audit#in#{month}")

    assert [(each["action"], each["by"], each["reason"]) for each in records] == [
        ("partner.proposed", "stf_anita", "As agreed."),
        ("partner.approved", "stf_ravi", "Seen."),
    ]
    assert {each["subject"] for each in records} == {"partner.tapti"}


def test_nobody_approves_what_they_proposed(desk: Desk) -> None:
    answer = desk.decide(desk.propose(changed(daily_minor=777)).body, by="anita")

    assert (answer.status, answer.body["code"]) == (403, "own_approval")


def test_who_approves_says_what_they_saw(desk: Desk) -> None:
    first = desk.propose(changed(daily_minor=777)).body
    second = desk.propose(changed(daily_minor=888)).body

    assert desk.decide(first).body["code"] == "figures_stale"
    assert desk.decide(second).status == 200 and desk.stored().daily_minor == 888
    assert desk.decide(second).body["code"] == "proposal_decided"


def test_a_declined_proposal_changes_nothing_and_another_may_follow(desk: Desk) -> None:
    assert desk.decide(desk.propose(changed(daily_minor=777)).body, "declined").status == 200
    assert desk.stored().daily_minor != 777

    again = desk.propose(changed(daily_minor=777)).body
    assert (again["number"], desk.decide(again).body["state"]) == (2, "approved")


def test_a_new_partner_is_stored_in_the_same_way_and_a_change_of_tomorrow_today(desk: Desk) -> None:
    tomorrow = (NOW + timedelta(days=1)).date()
    standings = [{"status": "invited", "since": "2026-01-01"}, {"status": "live", "since": tomorrow.isoformat()}]
    made = desk.propose(changed(partner_id="godavari", name="Godavari Credit", standings=standings)).body
    assert desk.call(f"GET {PLACE}/godavari").body["stored"] is None
    desk.decide(made, partner_id="godavari")
    partner = desk.stored("godavari")

    assert (partner.status_on(tomorrow - timedelta(days=1)), partner.status_on(tomorrow)) == ("invited", "live")
    assert desk.rows()["godavari"]["status"] in ("invited", "live")


@pytest.mark.parametrize(
    ("written", "code", "word"),
    [
        (of_product(annual_rate={"A": "0.40"}), "product_forbidden", "in.annual_rate"),
        (of_product(terms={"method": "flat"}), "product_forbidden", "in.product_terms"),
        (of_product(fees=[{"code": "surprise", "payee": "lender", "tax_rate": "0.18", "flat_minor": 1}]), *("",) * 2),
        (of_product(prepayment="never"), "partner_invalid", "prepayment"),
        (of_product(annual_rate={"Z": "0.20"}), "partner_invalid", "grade"),
        (changed(name="<b>Tapti</b>"), "partner_invalid", "name"),
        (changed(partner_id="Tapti/.."), "partner_invalid", "partner_id"),
        (changed(capital_minor=-1), "partner_invalid", "capital_minor"),
        (changed(loss_share="1.5"), "partner_invalid", "loss_share"),
        (changed(standings=[]), "partner_invalid", "standings"),
        (changed(standings=[{"status": "asleep", "since": "2026-01-01"}]), "partner_invalid", "asleep"),
        (
            changed(
                standings=[{"status": "winding_down", "since": "2026-01-01"}, {"status": "live", "since": "2026-02-01"}]
            ),
            "partner_invalid",
            "winding_down",
        ),
        (changed(webhook_url="https://169.254.169.254/latest"), "address_forbidden", "public"),
        (changed(webhook_url="http://127.0.0.1:80/events"), "address_forbidden", "https"),
        (changed(webhok_url="https://partner.example/"), "invalid_request", "webhok_url"),
        (of_product(prepayement="shorter_tenor"), "invalid_request", "products/0/prepayement"),
        (changed(capital_minor="much"), "invalid_request", "capital_minor"),
        ({}, "invalid_request", "partner_id"),
        (changed(market="xx"), "market_unknown", "xx"),
        (changed(market="cn"), "product_forbidden", "cn."),
    ],
)
def test_what_cannot_be_stored_is_refused_with_what_is_wrong(
    desk: Desk, written: dict[str, Any], code: str, word: str
) -> None:
    answer = desk.propose(written)

    assert 400 <= answer.status < 500 and word in answer.body["detail"]
    assert answer.body["code"] == (code or "product_forbidden")
    assert desk.loans.get("partner#tapti", "proposal") is None


def test_an_address_that_wanted_no_more_takes_events_again_once_the_partner_is_stored(desk: Desk) -> None:
    Outbox(desk.loans).disable(Endpoint("tapti", "https://partner.example/", NOW))
    assert desk.rows()["tapti"]["webhook_disabled_at"] is not None
    desk.decide(desk.propose(changed()).body)

    assert desk.rows()["tapti"]["webhook_disabled_at"] is None


def test_staff_see_how_partners_stand_what_is_left_of_them_and_how_they_answer(desk: Desk) -> None:
    desk.loans.transact(Capacity(desk.loans).reserve("tapti", rupees(20_000), "loan_1", NOW.date()))
    health = Healths(desk.loans)
    for minute in (3, 2, 1):
        health.note({"kaveri": "signature_invalid"}, datetime.now(UTC) - minute * timedelta(minutes=1))
    rows = desk.rows()

    assert rows["tapti"]["outstanding"] == {"minor": 2_000_000, "currency": "INR"}
    assert rows["kaveri"]["is_degraded"] and rows["kaveri"]["reasons"] == {"signature_invalid": 3}
    assert not rows["tapti"]["is_degraded"] and rows["aravalli"]["status"] == "winding_down"
    assert "songshan" not in rows


def test_a_partner_that_nobody_knows_is_not_found(desk: Desk) -> None:
    assert desk.call(f"GET {PLACE}/nobody").status == 404
    assert desk.decide({"digest": "0" * 64}, partner_id="nobody").status == 404


def test_the_same_request_twice_is_one_proposal(desk: Desk) -> None:
    body = {"partner": changed(daily_minor=777), "reason": "As agreed."}
    answers = [
        call(desk.door, f"POST {PLACE}", body, subject="anita", key="same", roles=("approver",)) for _ in range(2)
    ]

    assert answers[0].body == answers[1].body and answers[0].body["number"] == 1
    assert wiring_lenders.partner_changes().latest("tapti").number == 1  # type: ignore[union-attr]

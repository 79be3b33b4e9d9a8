"""The door `plans`: compared side by side, asked for once, answered once, and nothing is lost in between."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.plans import Plans
from shared.adapters.table import Table, Write, record, unpack
from shared.domain.penal import Penalty
from tests.domain.lending import Life, contract, rupees
from tests.functions.door import Answer, call, opened, turn_clock

ON = date(2026, 4, 1)


class Desk:
    def __init__(self, handler: Any, table: Table) -> None:
        self.handler, self.table, self.keys = handler, table, 0

    def get(self, rest: str = "", subject: str = "asha") -> Answer:
        return call(self.handler, f"GET /v1/loans/loan_1/plans{rest}", subject=subject)

    def post(self, body: Any, rest: str = "", key: str | None = None, subject: str = "asha") -> Answer:
        self.keys += 1
        route = f"POST /v1/loans/loan_1/plans{rest}"
        return call(self.handler, route, body, subject=subject, key=key or f"key-{self.keys}")

    def ask(self, key: str | None = None, **choice: Any) -> Answer:
        return self.post({"choice": choice, "reason": "lower_income"}, key=key)

    def stored(self) -> list[dict[str, Any]]:
        """All but the sign-in, which `call` makes when it is first needed."""
        found = [unpack(item) for item in self.table.client.scan(TableName=self.table.name)["Items"]]
        return [item for item in found if not item["pk"].startswith("sessions#")]


def desk_of(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch, life: Life) -> Iterator[Desk]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    turn_clock(aws("ssm"), ON)
    loans.transact([Write(record(life.start, "loan_1", HEAD)), Write(record(life.contract, "loan_1", CONTRACT))])
    Loans(loans).book(life.loan, life.contract, life.entries)
    with opened("plans", monkeypatch, loans=loans) as handler:
        yield Desk(handler, loans)


@pytest.fixture
def late(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Two dues are unpaid, the first for 32 days. The night of 31 March has not been."""
    yield from desk_of(aws, loans, monkeypatch, Life(contract(penal=Penalty("charge", Decimal("0.24"), 3))))


@pytest.fixture
def in_order(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    life = Life(contract())
    for on in (date(2026, 2, 28), date(2026, 3, 31)):
        life.until(on)
        life.pay(rupees("969.73"), on)
    yield from desk_of(aws, loans, monkeypatch, life)


def test_plans_are_shown_beside_the_loan_as_agreed_and_nothing_is_written(late: Desk) -> None:
    before = late.stored()
    shown = late.get().body

    assert {each["choice"]["kind"] for each in shown["options"]} == {
        *("arrears_in_instalments", "pause", "longer_tenor", "smaller_instalment")
    }
    assert shown["as_agreed"]["next_payment_on"] == "2026-04-01"
    for each in shown["options"]:
        assert each["outlook"]["next_payment_on"] == each["terms"]["first_due_on"] > "2026-04-01"
        more = each["outlook"]["to_pay"]["minor"] - shown["as_agreed"]["to_pay"]["minor"]
        assert each["costs_more"]["minor"] == more
    assert (shown["plans"], shown["closed_because"], late.stored()) == ([], None, before)


def test_any_choice_within_the_rules_can_be_previewed(late: Desk) -> None:
    before = late.stored()
    choice = {"kind": "smaller_instalment", "instalment": {"minor": 90_000, "currency": "INR"}}
    shown = late.post({"choice": choice}, "/preview").body

    assert shown["option"]["outlook"]["instalment"]["minor"] <= 90_000
    assert late.stored() == before


def test_a_simple_plan_is_agreed_and_carried_out_at_once(late: Desk) -> None:
    answer = late.ask(kind="arrears_in_instalments", instalments=22)
    loan, _ = Loans(late.table).get("loan_1")

    assert (answer.status, answer.body["state"]) == (201, "agreed")
    assert loan.watched is not None and loan.watched.relief_id == answer.body["plan_id"]
    kinds = [entry.kind for entry in Loans(late.table).entries("loan_1")]
    # The nights had not been: what fell due meanwhile is booked first.
    assert kinds[-4:] == ["penal_charge", "due", "penal_charge", "rescheduled"]
    shown = late.get().body
    assert ([plan["state"] for plan in shown["plans"]], shown["closed_because"]) == (["agreed"], "relief_open")
    (record,) = [item for item in late.stored() if item["pk"].startswith("audit#")]
    assert (record["action"], record["by"], record["subject"]) == ("plan.agreed", "rule", answer.body["plan_id"])


def test_what_a_reviewer_decides_waits_and_changes_nothing(in_order: Desk) -> None:
    answer = in_order.ask(kind="pause", instalments=2)
    loan, _ = Loans(in_order.table).get("loan_1")

    assert (answer.status, answer.body["state"], loan.watched) == (201, "asked", None)
    assert in_order.get(f"/{answer.body['plan_id']}").body == answer.body
    [waiting], _ = Plans(in_order.table).waiting("in", None, 20)
    assert waiting.plan_id == answer.body["plan_id"]
    again = in_order.ask(kind="due_day", day=5)
    assert (again.status, again.body["code"]) == (422, "relief_open")


def test_asked_twice_with_one_key_it_is_one_plan(in_order: Desk) -> None:
    first = in_order.ask("same", kind="due_day", day=5)
    second = in_order.ask("same", kind="due_day", day=5)
    other = in_order.ask("same", kind="due_day", day=10)

    assert (second.status, second.body) == (201, first.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.body["code"] == "idempotency_key_reused"
    assert len(in_order.get().body["plans"]) == 1


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"kind": "pause", "instalments": 4}, "plan_beyond_limits"),
        ({"kind": "pause", "instalments": 0}, "plan_beyond_limits"),
        ({"kind": "due_day", "day": 31}, "plan_beyond_limits"),
        ({"kind": "arrears_in_instalments", "instalments": 3}, "plan_not_allowed"),
        ({"kind": "holiday"}, "invalid_request"),
        ({"kind": "pause", "instalments": True}, "invalid_request"),
        ({"kind": "pause", "instalments": 1, "day": 3}, "invalid_request"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused(choice: Any, code: str, in_order: Desk) -> None:
    before = in_order.stored()
    answer = in_order.ask(**choice)

    assert (answer.status, answer.body["code"]) == (422, code)
    assert in_order.stored() == before


def test_a_reason_and_a_key_are_needed(in_order: Desk) -> None:
    choice = {"kind": "due_day", "day": 5}
    without_key = call(
        in_order.handler, "POST /v1/loans/loan_1/plans", {"choice": choice, "reason": "lower_income"}, subject="asha"
    )

    assert in_order.post({"choice": choice}).body["code"] == "invalid_request"
    assert without_key.body["code"] == "idempotency_key_missing"


def test_anothers_plans_are_not_found(in_order: Desk) -> None:
    plan_id = in_order.ask(kind="pause", instalments=1).body["plan_id"]
    choice = {"choice": {"kind": "due_day", "day": 5}, "reason": "lower_income"}

    assert in_order.get(subject="ravi").status == 404
    assert in_order.get(f"/{plan_id}", subject="ravi").status == 404
    assert in_order.post(choice, subject="ravi").status == 404
    assert in_order.post({"decision": "agreed"}, f"/{plan_id}/answer", subject="ravi").status == 404
    assert in_order.get("/plan_of_nobody").status == 404


def test_the_borrower_does_not_decide_what_he_asked_for(in_order: Desk) -> None:
    plan_id = in_order.ask(kind="pause", instalments=1).body["plan_id"]
    answer = in_order.post({"decision": "agreed"}, f"/{plan_id}/answer")

    assert (answer.status, answer.body["code"]) == (422, "plan_decided")


def test_a_plan_whose_first_date_has_come_makes_room_for_another(in_order: Desk, aws: Any) -> None:
    in_order.ask(kind="pause", instalments=1)
    assert in_order.get().body["closed_because"] == "relief_open"
    turn_clock(aws("ssm"), date(2026, 5, 31))

    assert in_order.get().body["closed_because"] is None

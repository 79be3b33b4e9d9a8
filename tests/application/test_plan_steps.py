"""Every step of a hardship plan, killed before and after every call that it makes, and done again: one effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.partners import Partners
from shared.adapters.plans import Plans
from shared.adapters.requests import Request
from shared.adapters.table import Table, Write, plain
from shared.application.ask_plan import ask_plan
from shared.application.check_book import is_book_right
from shared.application.decide_plan import answer_plan, decide_plan
from shared.application.show_plans import show_prospects
from shared.domain.errors import NotFound, Refused
from shared.domain.plan_rules import KindRules, PlanRules
from shared.domain.plan_terms import Choice
from shared.domain.plans import HardshipPlan
from shared.domain.staff import Staff
from tests.application.desk import Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.sandbox import WRITTEN

# Nothing has fallen due yet.
AT = datetime(2026, 2, 10, 6, 30, tzinfo=UTC)
RAVI, MEENA = Staff("stf_ravi", ("reviewer",)), Staff("stf_meena", ("reviewer",))


class PlanDesk(Desk):
    def plans(self) -> Plans:
        return Plans(self.loans.table)

    def asks(self, choice: Choice, key: str, member: Staff | None = None) -> Any:
        return ask_plan(
            self.loan_id,
            choice,
            "lower_income",
            self.new_id("plan"),
            self.new_id("aud"),
            AT,
            partners=Partners(self.loans.table),
            plans_of=self.plans(),
            member=member,
            **self.by(member, key),
        )

    def ask_simple(self, key: str = "simple") -> Any:
        return self.asks(Choice("due_day", 5), key)

    def ask_reviewed(self, key: str = "reviewed") -> Any:
        return self.asks(Choice("pause", 2), key)

    def propose(self, key: str = "propose") -> Any:
        return self.asks(Choice("longer_tenor", 6), key, RAVI)

    def decide(self, state: str = "agreed", key: str = "decide", member: Staff = RAVI) -> Any:
        plan_id, given = self.made()[-1].plan_id, self.by(member, key)
        return decide_plan(
            plan_id, state, "Payslips show it.", member, self.new_id("aud"), AT, plans_of=self.plans(), **given
        )

    def refuse(self) -> Any:
        return self.decide("refused")

    def answer(self, state: str = "agreed", key: str = "answer") -> Any:
        plan_id, given = self.made()[-1].plan_id, self.by(None, key)
        return answer_plan(plan_id, self.loan_id, state, self.new_id("aud"), AT, plans_of=self.plans(), **given)

    def decline(self) -> Any:
        return self.answer("declined")

    def by(self, member: Staff | None, key: str) -> dict[str, Any]:
        caller = member.staff_id if member else "brw_asha"
        request = Request(caller, f"POST /v1/loans/{self.loan_id}/plans", key, "hash", 201)
        return {"loans": self.loans, "request": request, "view": lambda plan: {"plan": plan.plan_id}}

    def made(self) -> list[HardshipPlan]:
        """Looked at without a call that counts."""
        return list(Plans(Table(self.onlooker, self.loans.table.name)).of_loan(self.loan_id))

    def records(self) -> list[str]:
        stored = self.onlooker.scan(TableName=self.loans.table.name)["Items"]
        return sorted(item["action"]["S"] for item in stored if item["pk"]["S"].startswith("audit#"))


@dataclass(frozen=True)
class Step:
    before: Callable[[PlanDesk], object]
    verb: Callable[[PlanDesk], object]
    state: str
    is_booked: bool
    records: list[str]


def lent(desk: PlanDesk) -> None:
    desk.lent()


def asked(desk: PlanDesk) -> None:
    lent(desk)
    desk.ask_reviewed()


def proposed(desk: PlanDesk) -> None:
    lent(desk)
    desk.propose()


STEPS = {
    "ask_plan that the rules decide": Step(lent, PlanDesk.ask_simple, "agreed", True, ["plan.agreed"]),
    "ask_plan for a reviewer": Step(lent, PlanDesk.ask_reviewed, "asked", False, []),
    "decide_plan": Step(asked, PlanDesk.decide, "agreed", True, ["plan.agreed"]),
    "decide_plan against it": Step(asked, PlanDesk.refuse, "refused", False, ["plan.refused"]),
    "ask_plan by staff": Step(lent, PlanDesk.propose, "proposed", False, []),
    "answer_plan": Step(proposed, PlanDesk.answer, "agreed", True, ["plan.agreed"]),
    "answer_plan with a no": Step(proposed, PlanDesk.decline, "declined", False, ["plan.declined"]),
}


@pytest.fixture
def desk(desks: Desks) -> PlanDesk:
    return desks(PlanDesk)


def is_as_wanted(desk: PlanDesk, step: Step) -> None:
    assert [plan.state for plan in desk.made()] == [step.state]
    assert desk.kinds().count("rescheduled") == step.is_booked
    assert desk.records() == step.records
    assert is_book_right(desk.loan_id, loans=desk.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    killed_at_each_call(lambda: desks(PlanDesk), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: PlanDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_two_reviewers_decide_one_plan_once(desk: PlanDesk) -> None:
    asked(desk)
    desk.decide()

    with pytest.raises(Refused) as refusal:
        desk.decide("refused", "another", MEENA)
    assert (refusal.value.code, [plan.state for plan in desk.made()]) == ("plan_decided", ["agreed"])


def test_a_reviewer_does_not_answer_for_the_borrower(desk: PlanDesk) -> None:
    proposed(desk)

    with pytest.raises(Refused) as refusal:
        desk.decide(member=MEENA)
    assert refusal.value.code == "plan_decided"


def test_a_plan_that_was_agreed_meanwhile_leaves_no_room_for_the_one_that_waits(desk: PlanDesk) -> None:
    """Staff propose after the borrower asked: refused, since the first still waits."""
    asked(desk)

    with pytest.raises(Refused) as refusal:
        desk.propose()
    assert refusal.value.code == "relief_open"


def test_anothers_plan_is_not_found(desk: PlanDesk) -> None:
    proposed(desk)
    other = Request("brw_ravi", "POST /v1/loans/x/plans", "k", "hash", 200)

    with pytest.raises(NotFound):
        answer_plan(
            desk.made()[0].plan_id,
            desk.loan_id,
            "agreed",
            "aud_1",
            AT,
            loans=desk.loans,
            plans_of=desk.plans(),
            request=other,
            view=lambda plan: plan.plan_id,
        )


def lends(desk: PlanDesk, partner_id: str, rules: PlanRules) -> None:
    """A partner whose product has plan rules of its own; the desk's loan is of the product `product` of `partner`."""
    product = {**WRITTEN[0]["products"][0], "product_id": "product", "plans": plain(rules)}
    item = {"pk": "partners", "sk": partner_id}
    lender = {**WRITTEN[0], "partner_id": partner_id, "products": [product]}
    desk.loans.table.transact([Write(item | {"partner": lender})])


def test_a_lenders_own_limits_hold_for_its_loans(desk: PlanDesk) -> None:
    desk.lent()
    lends(desk, "another", PlanRules({"due_day": KindRules("rule", 28, 0, 0)}, most_per_loan=1))
    lends(desk, "partner", PlanRules({"pause": KindRules("reviewer", 1, 0, 60, 30)}, most_per_loan=1))
    for choice, key in ((Choice("due_day", 5), "day"), (Choice("pause", 2), "long")):
        with pytest.raises(Refused):
            desk.asks(choice, key)
    desk.asks(Choice("pause", 1), "short")
    desk.decide()

    assert [plan.state for plan in desk.made()] == ["agreed"]
    shown, _, _ = show_prospects(
        desk.loan_id,
        "brw_asha",
        AT,
        loans=desk.loans,
        plans_of=desk.plans(),
        partners=Partners(desk.loans.table),
    )
    assert shown.closed in ("relief_open", "plan_limit_reached")


def test_a_lender_allows_no_more_plans_in_a_loans_life_than_its_own_limit(desk: PlanDesk) -> None:
    desk.lent()
    lends(desk, "partner", PlanRules({"due_day": KindRules("rule", 28, 0, 0)}, most_per_loan=1))
    desk.asks(Choice("due_day", 5), "first")

    with pytest.raises(Refused) as refusal:
        desk.asks(Choice("due_day", 10), "second")
    assert refusal.value.code == "plan_limit_reached"

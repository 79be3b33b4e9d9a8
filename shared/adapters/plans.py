"""Hardship plans in the loans book: each an item of its own, found by its loan, and by its market while it waits."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.plans import HardshipPlan

PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Plans:
    table: Table

    def get(self, plan_id: str) -> HardshipPlan:
        """Raises `NotFound`."""
        item = self.table.get(plan_id, PLAN)
        if item is None:
            raise NotFound("not_found", "There is no such plan.")
        return load(HardshipPlan, item)

    def of_borrower(self, plan_id: str, loan_id: str, borrower_id: str) -> HardshipPlan:
        """Raises `NotFound` for another's, and for one of another loan."""
        plan = self.get(plan_id)
        if (plan.loan_id, plan.borrower_id) != (loan_id, borrower_id):
            raise NotFound("not_found", "There is no such plan.")
        return plan

    def of_loan(self, loan_id: str) -> tuple[HardshipPlan, ...]:
        """Oldest first. One that was asked for after the loan's head was read changes that head's version."""
        return tuple(self.get(item["sk"]) for item in self.table.query(loan_id, "plan_"))

    def page(self, market: str, after: str | None, limit: int) -> tuple[list[HardshipPlan], str | None]:
        """All plans of a market that were ever for a reviewer, oldest first."""
        found, then = self.table.part(_desk(market), "plan_", after, limit)
        return [self.get(item["sk"]) for item in found], then


def new_plan(plan: HardshipPlan) -> list[Write]:
    """The plan, its place in its loan's list, and in its market's where somebody has to decide it."""
    listed = [Write({"pk": plan.loan_id, "sk": plan.plan_id})]
    if plan.state == "asked":
        listed.append(Write({"pk": _desk(plan.market), "sk": plan.plan_id}))
    return [Write(record(plan, plan.plan_id, PLAN)), *listed]


def changed_plan(plan: HardshipPlan) -> Write:
    """The plan one version later than it was read."""
    return Write(record(plan, plan.plan_id, PLAN, version=plan.version + 1), plan.version)


def _desk(market: str) -> str:
    return f"plans#{market}"

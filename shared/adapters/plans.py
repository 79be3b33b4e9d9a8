"""Hardship plans in the loans book: each an item of its own, found by its loan, and by its market while it waits."""

from dataclasses import dataclass, replace

from shared.adapters.table import Item, Table, Write, load, record
from shared.domain.errors import NotFound
from shared.domain.plans import HardshipPlan

PLAN, ASKED = "plan", "asked"


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

    def waiting(self, market: str, after: str | None, limit: int) -> tuple[list[HardshipPlan], str | None]:
        """Those that wait for a reviewer, oldest first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            item = _item(replace(self.get(after), state=ASKED))
            last = {name: item[name] for name in ("pk", "sk", "desk", "desk_at")}
        page = self.table.page_of_index("desk", ("desk", _desk(market)), last, limit)
        return [self.get(plan_id) for plan_id in page.ids], page.next


def new_plan(plan: HardshipPlan) -> list[Write]:
    """The plan, and its place in its loan's list."""
    return [Write(_item(plan)), Write({"pk": plan.loan_id, "sk": plan.plan_id})]


def changed_plan(plan: HardshipPlan) -> Write:
    """The plan one version later than it was read."""
    return Write(_item(replace(plan, version=plan.version + 1)), plan.version)


def _item(plan: HardshipPlan) -> Item:
    """The index `desk` has those that wait for a reviewer."""
    item = record(plan, plan.plan_id, PLAN)
    if plan.state == ASKED:
        item |= {"desk": _desk(plan.market), "desk_at": plan.asked_at.isoformat()}
    return item


def _desk(market: str) -> str:
    return f"{market}#plan"

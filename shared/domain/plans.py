"""Hardship plans: asked for by the borrower or proposed by staff, and decided.

A plan changes nothing until it is agreed; then `relief` carries it out, and breaks it when it is not kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain import relief
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.loan import Loan
from shared.domain.plan_rules import PlanRules
from shared.domain.plan_terms import Choice, new_terms

# asked: by the borrower, a reviewer decides. proposed: by staff, the borrower answers.
MOVES: dict[str, tuple[str, ...]] = {
    "asked": ("agreed", "refused"),
    "proposed": ("agreed", "declined"),
    "agreed": (),
    "refused": (),
    "declined": (),
}


@dataclass(frozen=True, slots=True)
class HardshipPlan:
    """One plan that was asked for or proposed. `terms` do not change any more; they bear the plan's id.

    `asked_by` is `borrower` or the id of who proposed it. `reason` is one of the rules', `because` the decision's.
    """

    plan_id: str
    loan_id: str
    borrower_id: str
    market: str
    currency: str
    choice: Choice
    terms: NewTerms
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    version: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str | None = None

    def is_open(self, on: date) -> bool:
        """Whether somebody may still decide it: until the day of its first instalment."""
        return bool(MOVES[self.state]) and self.terms.first_due_on > on

    @property
    def answer_by(self) -> date | None:
        """The last day for the borrower's answer, where it is for him."""
        return self.terms.first_due_on - timedelta(days=1) if self.state == "proposed" else None


def asked(
    loan: Loan,
    contract: Contract,
    rules: PlanRules,
    choice: Choice,
    before: Iterable[HardshipPlan],
    *,
    plan_id: str,
    reason: str,
    by: str,
    on: date,
    at: datetime,
) -> HardshipPlan:
    """A plan that waits for its decision; one that the rules decide is agreed. Raises `Refused`.

    `loan` has its dues up to the day; `before` are all plans of this loan so far. What staff propose is for the
    borrower to answer, whatever the rules decide.
    """
    if reason not in rules.reasons:
        raise Refused("plan_reason_unknown", "A reason is one of {reasons}.", "/reason", reasons=rules.reasons)
    require_open(loan, rules, before, on)
    terms = new_terms(loan, contract, rules, choice, plan_id=plan_id, on=on, at=at)
    is_ruled = rules.kinds[choice.kind].decided_by == "rule" and by == "borrower"
    plan = HardshipPlan(
        plan_id=plan_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        market=contract.market,
        currency=contract.currency,
        choice=choice,
        terms=terms,
        reason=reason,
        state="asked" if by == "borrower" else "proposed",
        asked_by=by,
        asked_at=at,
    )
    return decided(plan, "agreed", by="rule", because=None, on=on, at=at) if is_ruled else plan


def require_for(plan: HardshipPlan, *, is_staff: bool) -> None:
    """Raises `Refused` unless the plan waits for whoever wants to decide it."""
    if MOVES[plan.state] and (plan.state == "asked") != is_staff:
        raise Refused("plan_decided", "This plan waits for somebody else's answer.")


def decided(plan: HardshipPlan, state: str, *, by: str, because: str | None, on: date, at: datetime) -> HardshipPlan:
    """Raises `Refused` for a plan that was decided before, or whose first instalment has come meanwhile."""
    if state not in MOVES[plan.state]:
        raise Refused("plan_decided", "This plan was decided before: {state}.", state=(plan.state,))
    if state == "agreed" and not plan.is_open(on):
        raise Refused("plan_decided", "The first date of this plan has come meanwhile; it has to be asked for anew.")
    return replace(plan, state=state, decided_by=by, decided_at=at, because=because)


def standing(plan: HardshipPlan, loan: Loan) -> str:
    """The plan's state as it shows: one that was agreed is `broken` once the loan is not watched for it any more.

    It is `kept` when that is because every due was paid in time for long enough.
    """
    if plan.plan_id in loan.kept:
        return "kept"
    is_watched = loan.watched is not None and loan.watched.relief_id == plan.plan_id
    can_break = plan.terms.breaks_after_days is not None and loan.state == "active"
    return "broken" if plan.state == "agreed" and can_break and not is_watched else plan.state


def require_open(loan: Loan, rules: PlanRules, before: Iterable[HardshipPlan], on: date) -> None:
    """Raises `Refused` when this loan may not be given another plan at all, whichever it were."""
    before = tuple(before)
    relief.require_free(loan)
    if any(plan.is_open(on) for plan in before):
        raise Refused("relief_open", "Another plan for this loan still waits for its decision.")
    if sum(plan.state == "agreed" for plan in before) >= rules.most_per_loan:
        raise Refused("plan_limit_reached", "A loan may have {most} plans in its life.", most=rules.most_per_loan)

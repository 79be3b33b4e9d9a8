"""Waivers of penal charges: from the request to its end.

A waiver is "pay so much by a day, and so much is given up". It changes nothing until it is granted; then the engine
carries it out, or lets it lapse, by what is really paid: that is read from the loan's entries and kept nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.domain import dues
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Grant, live
from shared.domain.loan import Loan, days_past_due
from shared.domain.staff import Staff
from shared.domain.waiver_budget import Part
from shared.domain.waiver_rules import WaiverProgramme
from shared.domain.waiver_terms import Eligibility, Outcome, owed

# What leads from a state where. `keep` and `lapse` are the loan's own doing, and `expire` the calendar's.
MOVES: dict[str, dict[str, str]] = {
    "requested": {"approve": "approved", "grant": "granted", "decline": "declined", "expire": "expired"},
    "approved": {"approve": "approved", "grant": "granted", "decline": "declined", "expire": "expired"},
    "granted": {"keep": "kept", "lapse": "lapsed", "reverse": "reversed"},
    "kept": {"reverse": "reversed"},
    "lapsed": {},
    "declined": {},
    "expired": {},
    "reversed": {},
}
RULE = "rule"
# Why the rule decided, by the code that is kept with its step.
BY_RULE = {"within_programme": "Within what the programme grants by rule."}
CARRIED_OUT, LAPSED = "waiver", "waiver_lapsed"


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody's part in a decision: `action` is one of `MOVES`, `by` a member of the staff or `rule`.

    `because` are a member's own words, or a code of `BY_RULE`.
    """

    action: str
    by: str
    is_approver: bool
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """One request and what became of it. `outcome` is what was promised: it does not change any more.

    `reserved` of the month's budget (`budget_month`, part `budget_part`) is held for it; once it `is_settled` that is
    what was given up.
    """

    waiver_id: str
    loan_id: str
    borrower_id: str
    market: str
    currency: str
    state: str
    asked_by: str
    asked_at: datetime
    asked_on: date
    reason: str
    days_past_due: int
    grade: str
    share: Decimal
    outcome: Outcome
    decide_by: date
    reserved: int
    budget_month: str
    budget_part: int
    is_settled: bool = False
    steps: tuple[Step, ...] = ()
    version: int = 0


def requested(
    found: Eligibility,
    programme: WaiverProgramme,
    loan: Loan,
    contract: Contract,
    part: Part,
    *,
    waiver_id: str,
    reason: str,
    at: datetime,
) -> Waiver:
    """The request, for which a part of the budget is reserved; granted at once where the rule decides.

    Raises `Refused` for a reason that the programme does not know.
    """
    if reason not in programme.reasons:
        raise Refused("waiver_reason_unknown", "A reason is one of {reasons}.", "/reason", reasons=programme.reasons)
    assert found.outcome is not None and found.share is not None
    waiver = Waiver(
        waiver_id=waiver_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        market=contract.market,
        currency=contract.currency,
        state="requested",
        asked_by=loan.borrower_id,
        asked_at=at,
        asked_on=found.on,
        reason=reason,
        days_past_due=found.days_past_due,
        grade=found.grade,
        share=found.share,
        outcome=found.outcome,
        decide_by=programme.decide_by(found.on),
        reserved=found.waived,
        budget_month=part.month,
        budget_part=part.number,
    )
    by_rule = Step("grant", RULE, False, at, "within_programme")
    return _moved(waiver, "grant", by_rule) if programme.is_by_rule(found.waived, found.share) else waiver


def grant_of(waiver: Waiver, loan: Loan, contract: Contract, at: datetime) -> Grant:
    """The promise as the engine takes it, on the loan as it is by now: what was paid meanwhile need not be paid again.

    Raises `Refused` when no penal charge is left to give up.
    """
    promised = waiver.outcome
    arrears, penalty = owed(loan, contract, waiver.asked_on, promised.by, at)
    waived = min(promised.waived, penalty)
    if not waived:
        raise Refused("nothing_to_waive", "No penal charge is left that could be given up.")
    return Grant(waiver.waiver_id, pay=arrears + penalty - waived, by=promised.by, penalty=waived)


def decided(
    waiver: Waiver, programme: WaiverProgramme, member: Staff, approves: bool, because: str, *, on: date, at: datetime
) -> Waiver:
    """With one more person's decision. Raises `Refused` for one that was decided, is too old, or is the member's own.

    A request is granted once as many different people agree as the amount asks for, an approver among them if need be.
    """
    if not is_undecided(waiver, on):
        raise Refused("waiver_decided", f"This waiver is {state_on(waiver, (), on)}.")
    step = Step("approve" if approves else "decline", member.staff_id, member.has("approver"), at, because)
    if not approves:
        return replace(_moved(waiver, "decline", step), reserved=0, is_settled=True)
    if member.staff_id in (waiver.asked_by, *(earlier.by for earlier in waiver.steps)):
        raise Refused("own_approval", "Somebody else has to approve this.")
    agreed = [*waiver.steps, step]
    waived = waiver.outcome.waived
    is_enough = len(agreed) >= programme.people(waived) and (
        any(each.is_approver for each in agreed) or not programme.needs_approver(waived)
    )
    return _moved(waiver, "grant" if is_enough else "approve", step)


def reversed_by(waiver: Waiver, member: Staff, because: str, state: str, *, at: datetime) -> Waiver:
    """Taken back. `state` is the present one; raises `Refused` unless the waiver stands."""
    if "reverse" not in MOVES[state]:
        raise Refused("waiver_decided", f"This waiver is {state}.")
    step = Step("reverse", member.staff_id, member.has("approver"), at, because)
    return replace(_moved(waiver, "reverse", step), reserved=0, is_settled=True)


def settled(waiver: Waiver, entries: Sequence[Entry], on: date) -> Waiver | None:
    """The waiver with what it cost the budget in the end, once that is known and not yet kept; None before and after.

    What nobody decided in time has expired. Whether it was kept is not kept here: the loan's entries say so.
    """
    match state_on(waiver, entries, on):
        case "expired" if waiver.state != "expired":
            return replace(waiver, state="expired", reserved=0, is_settled=True)
        case "kept" | "lapsed" if not waiver.is_settled:
            return replace(waiver, reserved=given_up(waiver, entries), is_settled=True)
    return None


def is_undecided(waiver: Waiver, on: date) -> bool:
    """Whether somebody may still decide it."""
    return state_on(waiver, (), on) in ("requested", "approved")


def state_on(waiver: Waiver, entries: Sequence[Entry], on: date) -> str:
    """The state as it shows: what was granted is kept or lapsed as the loan's entries up to the day say."""
    if waiver.state == "granted":
        ends = {entry.name for entry in live(entries)}
        if f"{CARRIED_OUT}.{waiver.waiver_id}" in ends:
            return "kept"
        return "lapsed" if f"{LAPSED}.{waiver.waiver_id}" in ends or on > waiver.outcome.by else "granted"
    return "expired" if "expire" in MOVES[waiver.state] and on > waiver.decide_by else waiver.state


def figures(waiver: Waiver, loan: Loan, contract: Contract, on: date) -> dict[str, Any]:
    """What whoever decides looks at, as plain data: the promise, and the loan as it is today. Amounts are minor units.

    `loan` has its dues up to the day.
    """
    late = [due for due in dues.demanded(loan, contract, on) if due.due_on < on]
    return {
        "on": on.isoformat(),
        "state": state_on(waiver, (), on),
        "reason": waiver.reason,
        "currency": contract.currency,
        "grade": waiver.grade,
        "share": str(waiver.share),
        "days_past_due": days_past_due(loan, on),
        "overdue": sum(due.unpaid for due in late),
        "penal_charges": sum(due.penalty for due in late),
        "outstanding": loan.principal,
        "pay": waiver.outcome.pay,
        "by": waiver.outcome.by.isoformat(),
        "waived": waiver.outcome.waived,
        "approved_by": [step.by for step in waiver.steps],
    }


def given_up(waiver: Waiver, entries: Iterable[Entry]) -> int:
    """What the waiver took off the books so far, in minor units, with the tax on it."""
    name = f"{CARRIED_OUT}.{waiver.waiver_id}"
    return sum(line.amount for entry in live(entries) if entry.name == name for line in entry.lines)


def _moved(waiver: Waiver, action: str, step: Step) -> Waiver:
    """The waiver after a step, which is named after the move that it turned out to be."""
    return replace(waiver, state=MOVES[waiver.state][action], steps=(*waiver.steps, replace(step, action=action)))

"""Waivers of penal charges: who may have one, what exactly it would mean, and how it is decided.

A waiver is "pay so much by a day, and so much is given up". It changes nothing until it is granted; then the engine
carries it out, or lets it lapse, by what is really paid: that is read from the loan's entries and kept nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from shared.domain import dues
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Grant, live
from shared.domain.loan import Loan
from shared.domain.rounding import divide
from shared.domain.staff import Staff
from shared.domain.waiver_rules import WaiverProgramme

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
# Why a waiver cannot be had, in the order in which it is told.
WHY_NOT = {
    "loan_not_active": "The loan is not running.",
    "payout_in_progress": "Money of this loan is on its way.",
    "relief_open": "Relief for this loan was asked for or agreed before and is still open.",
    "nothing_overdue": "Nothing of this loan is overdue.",
    "too_early": "The loan is not overdue for long enough.",
    "too_late": "The time in which a waiver could be asked for has passed.",
    "wrong_bucket": "The programme does not reach loans that are overdue for so long.",
    "grade": "The programme does not reach loans of this grade that are overdue for so long.",
    "loan_age": "The loan is too young or too old for a waiver.",
    "second_time": "This loan has had its waiver.",
    "nothing_to_waive": "There are no penal charges that could be given up.",
    "budget_spent": "This month's budget for waivers is spent; it is renewed on the first of the month.",
}
RULE = "rule"
GRANTED, CARRIED_OUT, LAPSED = "waiver_granted", "waiver", "waiver_lapsed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a waiver means, to the minor unit: `pay` by the end of `by`, and `waived` is given up.

    `arrears` are the dues up to `by` without penal charges, `penalty` those charges up to that day with their tax, if
    nothing is paid before. Who pays sooner is charged less, so that less is left to give up.
    """

    by: date
    arrears: int
    penalty: int
    waived: int

    @property
    def pay(self) -> int:
        return self.arrears + self.penalty - self.waived


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`why_not` has every reason against it, of `WHY_NOT`; the outcome is None where the programme gives no share."""

    on: date
    days_overdue: int
    grade: str
    share: Decimal | None
    outcome: Outcome | None
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody's part in a decision: `action` is one of `MOVES`, `by` a member of the staff or `rule`."""

    action: str
    by: str
    is_approver: bool
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """One request and what became of it. `outcome` is what was promised: it does not change any more.

    `reserved` of the month's budget (`budget_month`, part `budget_part`) is held for it.
    """

    waiver_id: str
    loan_id: str
    borrower_id: str
    market: str
    state: str
    asked_by: str
    asked_at: datetime
    asked_on: date
    reason: str
    days_overdue: int
    grade: str
    share: Decimal
    outcome: Outcome
    decide_by: date
    reserved: int
    budget_month: str
    budget_part: int
    steps: tuple[Step, ...] = ()
    version: int = 0


def days_overdue(loan: Loan, contract: Contract, on: date) -> int:
    """Since the oldest due of which anything is open, a penal charge too; `loan` has its dues up to the day."""
    open_since = [due.due_on for due in dues.demanded(loan, contract, on) if due.unpaid and due.due_on < on]
    return (on - min(open_since)).days if open_since else 0


def outcome(loan: Loan, contract: Contract, share: Decimal, by: date, at: datetime) -> Outcome:
    """What is to be paid by a day, if nothing is paid before it. The share is rounded half up."""
    arrears, penalty = _owed(loan, contract, by, at)
    part, whole = share.as_integer_ratio()
    return Outcome(by, arrears, penalty, divide(penalty * part, whole, ROUND_HALF_UP))


def eligibility(
    loan: Loan,
    contract: Contract,
    entries: Iterable[Entry],
    programme: WaiverProgramme,
    *,
    grade: str,
    is_asked: bool,
    on: date,
    at: datetime,
) -> Eligibility:
    """Whether a waiver may be asked for today, and its outcome; `loan` has its dues up to the day.

    The budget is not looked at. `is_asked`: another request for this loan still waits.
    """
    late, row = days_overdue(loan, contract, on), programme.row(days_overdue(loan, contract, on))
    age = (on - loan.disbursed_on).days if loan.disbursed_on else 0
    youngest, oldest = programme.loan_age_days
    share = row.get(grade)
    found = _soonest(loan, contract, programme, share, on, at) if share and loan.state == "active" else None
    against = {
        "loan_not_active": loan.state != "active",
        "payout_in_progress": loan.payout_id is not None,
        "nothing_overdue": late == 0,
        "too_early": 0 < late < programme.shares[0][0],
        "too_late": late > programme.ask_within_days,
        "wrong_bucket": late >= programme.shares[0][0] and not row,
        "grade": bool(row) and share is None,
        "loan_age": not youngest <= age <= oldest,
        "second_time": len(granted_before(entries)) > programme.most_earlier,
        "relief_open": is_asked or loan.grant is not None or loan.watched is not None,
        "nothing_to_waive": found is not None and not found.waived,
    }
    return Eligibility(on, late, grade, share, found, tuple(why for why in WHY_NOT if against.get(why)))


def granted_before(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The waivers of this loan that were granted and stand, kept or not, by the names of their entries."""
    return tuple(entry.name for entry in live(entries) if entry.kind == GRANTED)


def is_by_rule(found: Eligibility, programme: WaiverProgramme) -> bool:
    """Whether nobody need look at it."""
    assert found.outcome is not None and found.share is not None
    return programme.is_by_rule(found.outcome.waived, found.share)


def grant_of(waiver: Waiver, loan: Loan, contract: Contract, at: datetime) -> Grant:
    """The promise as the engine takes it, on the loan as it is by now: what was paid meanwhile need not be paid again.

    Raises `Refused` when no penal charge is left to give up.
    """
    promised = waiver.outcome
    arrears, penalty = _owed(loan, contract, promised.by, at)
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
    if state_on(waiver, (), on) not in ("requested", "approved"):
        raise Refused("waiver_decided", f"This waiver is {state_on(waiver, (), on)}.")
    step = Step("approve" if approves else "decline", member.staff_id, member.has("approver"), at, because)
    if not approves:
        return _moved(waiver, "decline", step)
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
    return _moved(waiver, "reverse", Step("reverse", member.staff_id, member.has("approver"), at, because))


def state_on(waiver: Waiver, entries: Sequence[Entry], on: date) -> str:
    """The state as it shows: what was granted is kept or lapsed as the loan's entries up to the day say."""
    if waiver.state == "granted":
        ends = {entry.name for entry in live(entries)}
        if f"{CARRIED_OUT}.{waiver.waiver_id}" in ends:
            return "kept"
        return "lapsed" if f"{LAPSED}.{waiver.waiver_id}" in ends or on > waiver.outcome.by else "granted"
    return "expired" if "expire" in MOVES[waiver.state] and on > waiver.decide_by else waiver.state


def given_up(waiver: Waiver, entries: Iterable[Entry]) -> int:
    """What the waiver took off the books so far, in minor units, with the tax on it."""
    name = f"{CARRIED_OUT}.{waiver.waiver_id}"
    return sum(line.amount for entry in live(entries) if entry.name == name for line in entry.lines)


def _soonest(
    loan: Loan, contract: Contract, programme: WaiverProgramme, share: Decimal, on: date, at: datetime
) -> Outcome:
    """By rule, it can be met at once; where somebody must look first, their days come before the borrower's."""
    at_once = outcome(loan, contract, share, programme.pay_by(on), at)
    if programme.is_by_rule(at_once.waived, share):
        return at_once
    return outcome(loan, contract, share, programme.pay_by(programme.decide_by(on)), at)


def _owed(loan: Loan, contract: Contract, by: date, at: datetime) -> tuple[int, int]:
    """Dues up to a day without and with nothing but penal charges, if nothing is paid until then."""
    then, _ = dues.until(loan, contract, by, at)
    fallen = [due for due in dues.demanded(then, contract, by) if due.due_on <= by]
    penalty = sum(due.penalty for due in fallen)
    return sum(due.unpaid for due in fallen) - penalty, penalty


def _moved(waiver: Waiver, action: str, step: Step) -> Waiver:
    """The waiver after a step, which is named after the move that it turned out to be."""
    return replace(waiver, state=MOVES[waiver.state][action], steps=(*waiver.steps, replace(step, action=action)))

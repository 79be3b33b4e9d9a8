"""What a waiver would mean for a loan today, to the minor unit, and every reason why it cannot be had."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from shared.domain import dues
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, live
from shared.domain.loan import Loan, days_past_due
from shared.domain.rounding import divide
from shared.domain.waiver_budget import Left
from shared.domain.waiver_rules import WaiverProgramme

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
    "budget_spent": "This month's budget for waivers has no room for so much; it is renewed on the first of the month.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a waiver means, to the minor unit: `pay` by the end of `by`, and `waived` is given up.

    `arrears` are the dues up to the day of asking without penal charges, `penalty` those charges up to `by` with their
    tax, if nothing is paid before. Who pays sooner is charged less, so that less is left to give up. An instalment that
    falls due meanwhile is paid besides.
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
    days_past_due: int
    grade: str
    share: Decimal | None
    outcome: Outcome | None
    why_not: tuple[str, ...]

    @property
    def waived(self) -> int:
        return self.outcome.waived if self.outcome else 0


def outcome(loan: Loan, contract: Contract, share: Decimal, on: date, by: date, at: datetime) -> Outcome:
    """What is to be paid by a day of what is due today, if nothing is paid before. The share is rounded half up."""
    arrears, penalty = owed(loan, contract, on, by, at)
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

    The budget is not looked at. `is_asked`: another request for this loan still waits. Who has paid all that was
    overdue but penal charges is not late: he has the share of those who are late for the shortest time, at any time.
    """
    late, is_overdue = days_past_due(loan, on), any(due.due_on < on for due in loan.dues)
    row = programme.row(late) if late or not is_overdue else programme.shares[0][1]
    age = (on - loan.disbursed_on).days if loan.disbursed_on else 0
    youngest, oldest = programme.loan_age_days
    share = row.get(grade)
    found = _soonest(loan, contract, programme, share, on, at) if share and loan.state == "active" else None
    against = {
        "loan_not_active": loan.state != "active",
        "payout_in_progress": loan.payout_id is not None,
        "nothing_overdue": not is_overdue,
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


def require(found: Eligibility, left: Left | None) -> Outcome:
    """The outcome. Raises `Refused` (waiver_not_possible) with every reason.

    `left` is what there is in the budget where no part of it has room, None where one has. The refusal says how much
    a waiver could still be.
    """
    why_not = (*found.why_not, *(("budget_spent",) if left else ()))
    if why_not or found.outcome is None:
        refusal = Refused("waiver_not_possible", WHY_NOT[why_not[0]])
        refusal.members["why_not"] = why_not
        if left is not None:
            refusal.members["budget_left_minor"] = left.for_one
        raise refusal
    return found.outcome


def granted_before(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The waivers of this loan that were granted and stand, kept or not, by the names of their entries."""
    return tuple(entry.name for entry in live(entries) if entry.kind == "waiver_granted")


def owed(loan: Loan, contract: Contract, on: date, by: date, at: datetime) -> tuple[int, int]:
    """Of the dues up to a day, what is open on a later one if nothing is paid: all but penal charges, and these."""
    then, _ = dues.until(loan, contract, by, at)
    fallen = [due for due in dues.demanded(then, contract, by) if due.due_on <= on]
    penalty = sum(due.penalty for due in fallen)
    return sum(due.unpaid for due in fallen) - penalty, penalty


def _soonest(
    loan: Loan, contract: Contract, programme: WaiverProgramme, share: Decimal, on: date, at: datetime
) -> Outcome:
    """By rule, it can be met at once; where somebody must look first, their days come before the borrower's."""
    at_once = outcome(loan, contract, share, on, programme.pay_by(on), at)
    if programme.is_by_rule(at_once.waived, share):
        return at_once
    return outcome(loan, contract, share, on, programme.pay_by(programme.decide_by(on)), at)

"""What a waiver means by hand: whether the rule alone grants it, what must be paid by when, and what is given up."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.simulation.facts import Promise, nearest
from tests.simulation.oracle import ByHand

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Programme:
    """Of a market's file, as far as the rule decides alone."""

    least_days: int
    most_days: int
    loan_age_days: tuple[int, int]
    shares: tuple[tuple[int, dict[str, Fraction]], ...]
    most: int
    most_share: Fraction
    pay_within_days: int

    @classmethod
    def of(cls, rule: Any) -> "Programme":
        shares = tuple((days, {grade: Fraction(share) for grade, share in row.items()}) for days, row in rule["shares"])
        return cls(
            least_days=shares[0][0],
            most_days=rule["ask_within_days"],
            loan_age_days=tuple(rule["loan_age_days"]),
            shares=shares,
            most=rule["by_rule"]["most"],
            most_share=Fraction(rule["by_rule"]["share"]),
            pay_within_days=rule["pay_within_days"],
        )

    def share(self, days: int, grade: str) -> Fraction:
        rows = [row for since, row in self.shares if since <= days]
        return rows[-1].get(grade, Fraction(0)) if rows else Fraction(0)


def granted_by_rule(loan: ByHand, grade: str, on: date, programme: Programme) -> Promise | None:
    """What asking today brings at once; None where nobody may ask, or somebody would have to decide.

    `loan` is as at noon, and has had no waiver. While a plan can still be broken there is no other relief.
    """
    past = [due for due in loan.dues if due.on < on]
    lent_on = next((row.on for row in reversed(loan.rows) if row.what == "disbursed"), on)
    if loan.state != "active" or not past or loan.watched or loan.promise:
        return None
    # Whom only penal charges are left of is not late, and is as well off as who is so for the shortest time.
    late = min((due.on for due in past if due.unpaid), default=None)
    days, age = (on - late).days if late else programme.least_days, (on - lent_on).days
    share = programme.share(days, grade)
    is_early, is_late = days < programme.least_days, days > programme.most_days
    if is_early or is_late or not programme.loan_age_days[0] <= age <= programme.loan_age_days[1] or not share:
        return None
    by = on + programme.pay_within_days * DAY
    arrears, penalty = _then(loan, on, by)
    waived = nearest(penalty * share)
    if not waived or waived > programme.most or share > programme.most_share:
        return None
    return Promise("", by, arrears + penalty - waived, waived)


def _then(loan: ByHand, on: date, by: date) -> tuple[int, int]:
    """Of the dues up to a day, what is open on a later one if nothing is paid: without penal charges, and these."""
    then, day = loan.copy(), on
    while day < by:
        then.end(day)
        day += DAY
        then.fall_due(day)
    then.charge(by)
    fallen = [due for due in then.dues if due.on <= on]
    return sum(due.unpaid for due in fallen), sum(due.parts["penalty"] for due in fallen)

"""A borrower says that the credit file is wrong about his loan, and from then on a clock runs.

RBI/2023-24/73, 26 October 2023: what is wrong is repaired within 30 days; each day after them costs 100 rupees.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.contract import Contract
from shared.domain.credit_file import DisputeRules
from shared.domain.errors import Refused
from shared.domain.loan import Loan
from shared.domain.money import Money

REASONS = ("not_my_loan", "amounts_wrong", "days_past_due_wrong", "paid_already", "closed_already")


@dataclass(frozen=True, slots=True)
class Dispute:
    """`reason` is one of `REASONS`, without any words of the borrower's own, which could name somebody.

    The rules are those of the day on which it was raised: repaired by `repair_by`, it costs nothing; each day after
    that costs `per_day`. `repaired_on` is the day on which it was settled, either way.
    """

    dispute_id: str
    loan_id: str
    reason: str
    raised_at: datetime
    raised_on: date
    repair_by: date
    per_day: Money
    time_zone: str
    repaired_on: date | None = None

    def compensation(self, on: date) -> Money:
        """What is owed to the borrower by a day."""
        late = (min(on, self.repaired_on or on) - self.repair_by).days
        return replace(self.per_day, minor=max(0, late) * self.per_day.minor)


def raised(
    dispute_id: str,
    loan: Loan,
    contract: Contract,
    reason: str,
    before: Iterable[Dispute],
    rules: DisputeRules,
    *,
    on: date,
    at: datetime,
) -> Dispute:
    """Raises `Refused` while one about the same loan is open, and for a loan that was never paid out."""
    assert reason in REASONS, reason
    if loan.disbursed_on is None:
        raise Refused("not_reported", "Nothing is reported of a loan that was not paid out.", "/loan_id")
    if any(each.loan_id == loan.loan_id and each.repaired_on is None for each in before):
        raise Refused("dispute_open", "What you said about this loan is being looked at.", "/loan_id")
    per_day = Money(rules.per_day_minor, contract.currency)
    return Dispute(dispute_id, loan.loan_id, reason, at, on, rules.repair_by(on), per_day, contract.time_zone)

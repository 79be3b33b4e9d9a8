"""A borrower says that the credit file is wrong about his loan, and from then on a clock runs until staff decide.

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

# What was wrong was put right in the books, so that the next file says so; or the file was right.
MOVES: dict[str, tuple[str, ...]] = {"open": ("corrected", "confirmed"), "corrected": (), "confirmed": ()}
REASONS = ("not_my_loan", "amounts_wrong", "days_past_due_wrong", "paid_already", "closed_already")


@dataclass(frozen=True, slots=True)
class Dispute:
    """`reason` is one of `REASONS`, without any words of the borrower's own, which could name somebody.

    The rules are those of the day on which it was raised: repaired by `repair_by`, it costs nothing; each day after
    that costs `per_day`. `repaired_on` is the day on which it was decided, either way; `because` is told to the
    borrower. What is owed to him is paid by the lender, who says so on `paid_on`, with the `proof`.
    """

    dispute_id: str
    loan_id: str
    borrower_id: str
    market: str
    reason: str
    raised_at: datetime
    raised_on: date
    repair_by: date
    per_day: Money
    time_zone: str
    repaired_on: date | None = None
    state: str = "open"
    because: str | None = None
    decided_by: str | None = None
    paid_on: date | None = None
    proof: str | None = None
    version: int = 0

    @property
    def is_owed(self) -> bool:
        """Whether the lender has still to pay for the time that it took."""
        return self.repaired_on is not None and self.paid_on is None and bool(self.compensation(self.repaired_on))

    def compensation(self, on: date) -> Money:
        """What is owed to the borrower by a day, or by that of the decision."""
        late = ((self.repaired_on or on) - self.repair_by).days
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
    if any(each.loan_id == loan.loan_id and each.state == "open" for each in before):
        raise Refused("dispute_open", "What you said about this loan is being looked at.", "/loan_id")
    per_day = Money(rules.per_day_minor, contract.currency)
    return Dispute(
        dispute_id=dispute_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        market=contract.market,
        reason=reason,
        raised_at=at,
        raised_on=on,
        repair_by=rules.repair_by(on),
        per_day=per_day,
        time_zone=contract.time_zone,
    )


def decided(dispute: Dispute, state: str, *, by: str, because: str, on: date) -> Dispute:
    """Raises `Refused` for one that was decided before."""
    if state not in MOVES[dispute.state]:
        raise Refused("dispute_decided", f"This dispute is {dispute.state}.")
    return replace(dispute, state=state, decided_by=by, because=because, repaired_on=on)


def paid(dispute: Dispute, proof: str, on: date) -> Dispute:
    """The lender has paid what the delay costs. Raises `Refused` where nothing is owed."""
    if not dispute.is_owed:
        raise Refused("nothing_owed", "Nothing is owed to the borrower for this dispute.")
    return replace(dispute, paid_on=on, proof=proof)

"""What staff send and see of disputes about the credit file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.domain.calendar import business_date
from shared.domain.disputes import Dispute
from shared.domain.money import Money
from shared.schemas import Body, KeptWords, Text


class Judgement(Body):
    """`corrected`: the loan's books were put right, or the file was not as they are; `confirmed`: the file is right."""

    decision: Literal["corrected", "confirmed"]
    reason: KeptWords


class Payment(Body):
    """`proof` names the lender's payment, without anybody's name."""

    proof: Text


@dataclass(frozen=True, slots=True)
class DisputeView:
    """`state`: open, corrected or confirmed. `compensation` is owed for each day after `repair_by`, by today or by the
    day of the decision; the lender pays it, and `paid_on` is when."""

    dispute_id: str
    loan_id: str
    reason: str
    state: str
    raised_at: datetime
    repair_by: date
    repaired_on: date | None
    because: str | None
    compensation: Money
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Disputes:
    disputes: tuple[DisputeView, ...]
    next: str | None


def dispute(found: Dispute, at: datetime) -> DisputeView:
    return DisputeView(
        dispute_id=found.dispute_id,
        loan_id=found.loan_id,
        reason=found.reason,
        state=found.state,
        raised_at=found.raised_at,
        repair_by=found.repair_by,
        repaired_on=found.repaired_on,
        because=found.because,
        compensation=found.compensation(business_date(at, found.time_zone)),
        paid_on=found.paid_on,
    )

"""What staff send and see of what credit bureaus refused."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from shared.domain.rejects import Reject
from shared.schemas import Body, Day, KeptWords

LoanId = Annotated[str, Field(pattern=r"^loan_[0-9A-Z]{26}$", strict=True)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$", strict=True)]


class Refusal(Body):
    """`codes` are the bureau's own, of the line of the file as on `reference_on`."""

    loan_id: LoanId
    reference_on: Day
    codes: Annotated[list[Code], Field(min_length=1, max_length=20)]


class Correction(Body):
    """`reason` says what was put right, and where."""

    reason: KeptWords


@dataclass(frozen=True, slots=True)
class RejectView:
    """`state`: open, or corrected: the next file says what is so by then. It is to be put right by `correct_by`."""

    reject_id: str
    loan_id: str
    reference_on: date
    codes: tuple[str, ...]
    state: str
    told_at: datetime
    correct_by: date
    because: str | None
    corrected_on: date | None


@dataclass(frozen=True, slots=True)
class Rejects:
    rejects: tuple[RejectView, ...]
    next: str | None


def reject(found: Reject) -> RejectView:
    return RejectView(
        reject_id=found.reject_id,
        loan_id=found.loan_id,
        reference_on=found.reference_on,
        codes=found.codes,
        state=found.state,
        told_at=found.told_at,
        correct_by=found.correct_by,
        because=found.because,
        corrected_on=found.corrected_on,
    )

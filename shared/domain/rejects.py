"""A credit bureau refused what was reported of a loan: staff see its codes and put it right, and the next file has it.

India: what a bureau rejects is put right by the next reference date (Credit Information Reporting Amendment Directions
of 4 December 2025, since 1 July 2026).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.errors import Refused

MOVES: dict[str, tuple[str, ...]] = {"open": ("corrected",), "corrected": ()}


def reject_id(loan_id: str, reference_on: date) -> str:
    """A line is refused once: told again, it is the same."""
    return f"rej_{hashlib.sha256(f'{loan_id}.{reference_on}'.encode()).hexdigest()[:26].upper()}"


@dataclass(frozen=True, slots=True)
class Reject:
    """The line of a reference date, and the bureau's `codes` for what is wrong with it. `correct_by` is the next one.

    `because` says what was put right, and where: in the loan's books, by their own routes, or in the profile.
    """

    reject_id: str
    loan_id: str
    market: str
    time_zone: str
    reference_on: date
    codes: tuple[str, ...]
    told_at: datetime
    told_by: str
    correct_by: date
    state: str = "open"
    because: str | None = None
    corrected_by: str | None = None
    corrected_on: date | None = None
    version: int = 0


def corrected(reject: Reject, *, by: str, because: str, on: date) -> Reject:
    """Raises `Refused` for one that was corrected before."""
    if "corrected" not in MOVES[reject.state]:
        raise Refused("reject_corrected", f"This reject is {reject.state}.")
    return replace(reject, state="corrected", corrected_by=by, because=because, corrected_on=on)

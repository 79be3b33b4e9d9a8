"""Who acts for the platform, and the record that each of their decisions leaves."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of the staff with the roles that the token names: reviewer, approver, collector, auditor."""

    staff_id: str
    roles: tuple[str, ...]

    def has(self, role: str) -> bool:
        return role in self.roles


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision for ever: on what (`subject`, of a loan), by whom in which roles, on which figures, and why.

    `by` is a member's id, a borrower's, or `rule`. `saw` are the figures that were looked at, as plain data, and
    `saw_hash` is theirs. `on` is the market's day.
    """

    decision_id: str
    market: str
    subject: str
    loan_id: str
    action: str
    by: str
    roles: tuple[str, ...]
    on: date
    at: datetime
    reason: str
    saw: Mapping[str, Any]
    saw_hash: str

    @property
    def month(self) -> str:
        return month_of(self.on)


def decision_of(
    who: Staff | str,
    decision_id: str,
    action: str,
    subject: str,
    saw: Mapping[str, Any],
    *,
    market: str,
    on: date,
    at: datetime,
    reason: str,
    loan_id: str = "",
) -> Decision:
    """What a member of the staff decided in his roles; a borrower, or `rule`, is named by his id alone and has none."""
    by, roles = (who, ()) if isinstance(who, str) else (who.staff_id, who.roles)
    return Decision(decision_id, market, subject, loan_id, action, by, roles, on, at, reason, saw, figures_hash(saw))


def month_of(on: date) -> str:
    """`2026-11`."""
    return f"{on:%Y-%m}"


def figures_hash(figures: Mapping[str, Any]) -> str:
    """SHA-256 of figures as canonical JSON: it says whether two people looked at the same."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

"""Which table of points decides an application, and which one only speaks beside it."""

import hashlib
from dataclasses import dataclass

from shared.domain.decision_rules import Challenger
from shared.domain.scoring import Decision

PARTS = 10_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a table that did not decide would have said."""

    scorecard: str
    score: int
    grade: str
    outcome: str


def chosen(champion: str, challenger: Challenger | None, borrower_id: str) -> tuple[str, str | None]:
    """The table that decides for a borrower, always the same, and the one beside it; None where there is none."""
    if challenger is None:
        return champion, None
    named = hashlib.sha256(f"{challenger.scorecard}\n{borrower_id}".encode()).digest()
    is_challenged = int.from_bytes(named[:8]) % PARTS < challenger.share * PARTS
    return (challenger.scorecard, champion) if is_challenged else (champion, challenger.scorecard)


def verdict(decision: Decision) -> Verdict:
    return Verdict(decision.scorecard, decision.score, decision.grade, decision.outcome)

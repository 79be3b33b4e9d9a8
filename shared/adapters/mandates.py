"""Mandates in the loans book: each an item of its own, the latest of a loan found by the loan's list."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.mandates import Mandate

MANDATE = "mandate"
TASK = "debit"


@dataclass(frozen=True, slots=True)
class Mandates:
    table: Table

    def find(self, mandate_id: str) -> Mandate | None:
        item = self.table.get(mandate_id, MANDATE)
        return load(Mandate, item) if item else None

    def latest(self, loan_id: str) -> Mandate | None:
        """The one that was made last. Another that is made meanwhile changes the loan's version."""
        listed = self.table.query(loan_id, "mnd_")
        made = [found for found in (self.find(item["sk"]) for item in listed) if found is not None]
        return max(made, key=lambda mandate: (mandate.created_at, mandate.mandate_id), default=None)


def new_mandate(mandate: Mandate) -> list[Write]:
    return [
        Write(record(mandate, mandate.mandate_id, MANDATE)),
        Write({"pk": mandate.loan_id, "sk": mandate.mandate_id}),
    ]


def changed_mandate(mandate: Mandate, *, tells_rail: bool = False) -> Write:
    """One version later than it was read. `tells_rail`: it is a message for whoever tells rails what is over."""
    item = record(mandate, mandate.mandate_id, MANDATE, version=mandate.version + 1)
    return Write(item | {"task": TASK} if tells_rail else item, mandate.version)

"""The debit of a loan, planned or over, beside its head; and the index of those that are planned, by their day."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.debits import Debit

DEBIT = "debit"
# What the relay makes a message of for whoever tells borrowers things.
TASK = "notice"


@dataclass(frozen=True, slots=True)
class Debits:
    table: Table

    def of_loan(self, loan_id: str) -> Debit | None:
        """The latest one. What came of those before is in the loan's orders and notices."""
        item = self.table.get(loan_id, DEBIT)
        return load(Debit, item) if item else None


def changed_debit(debit: Debit, shard: str, *, tells: bool = False) -> Write:
    """One version later than it was read, 0 for the first. `tells`: somebody is to look for something to tell."""
    item = record(debit, debit.loan_id, DEBIT) | {"version": debit.version + 1}
    if debit.state == "planned":
        item |= {"debit_shard": shard, "debit_on": debit.at.date().isoformat()}
    return Write(item | {"task": TASK} if tells else item, debit.version or None)

"""The proposal to write a loan off: one item beside the loan, in whose place the next one comes."""

from dataclasses import dataclass

from shared.adapters.table import Table, Write, load, record
from shared.domain.endings import WriteOff

WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class WriteOffs:
    table: Table

    def of_loan(self, loan_id: str) -> WriteOff | None:
        item = self.table.get(loan_id, WRITE_OFF)
        return load(WriteOff, item) if item else None


def new_write_off(write_off: WriteOff) -> Write:
    """The first of the loan; a later one takes the place of the one before, which it has the version of."""
    if write_off.number == 1:
        return Write(record(write_off, write_off.loan_id, WRITE_OFF))
    return changed_write_off(write_off)


def changed_write_off(write_off: WriteOff) -> Write:
    """One version later than it was read."""
    item = record(write_off, write_off.loan_id, WRITE_OFF, version=write_off.version + 1)
    return Write(item, write_off.version)

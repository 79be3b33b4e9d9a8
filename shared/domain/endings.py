"""What a loan's end costs that will not be repaid in full: the rules of settlements and write-offs.

A write-off is decided by two people and carried out by `relief`; what is still paid after it is recovery.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import Loan, days_past_due, require
from shared.domain.money import Money
from shared.domain.payoff import foreclosure

MOVES: dict[str, tuple[str, ...]] = {"proposed": ("approved", "declined"), "approved": (), "declined": ("proposed",)}


@dataclass(frozen=True, slots=True)
class EndingRules:
    """From which lateness on each is for, the least share of the whole debt that settles it, and within how many days.

    Zero is a bound like any other. Who gives up a larger share of the debt than `settlement_alone_share`, or more than
    `settlement_alone_most` minor units, needs a second person. `written_off_least_share` settles what is still owed
    after a write-off; None: nothing less than all does.
    """

    settlement_days_past_due: int
    settlement_least_share: Decimal
    settlement_days: int
    settlement_alone_share: Decimal
    settlement_alone_most: int
    written_off_least_share: Decimal | None
    write_off_days_past_due: int

    def needs_second(self, given_up: Money, owed: Money) -> bool:
        return given_up.minor > self.settlement_alone_most or given_up.minor > owed.minor * self.settlement_alone_share


@dataclass(frozen=True, slots=True)
class LegalRules:
    """From which lateness on the legal stage of a case may be entered, and how many days a demand leaves to pay."""

    days_past_due: int
    demand_days: int


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A proposal to give a loan up as an asset. `number` counts those of the loan; the one that is approved names the
    entry. Nobody approves what he proposed."""

    loan_id: str
    market: str
    number: int
    state: str
    proposed_by: str
    proposed_at: datetime
    reason: str
    version: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str | None = None


def debt(loan: Loan, contract: Contract, on: date) -> Money:
    """What is owed on a day, less what is held and without a charge for closing; after a write-off, what is left."""
    if loan.state == "written_off":
        return Money(loan.written_off, contract.currency)
    found = foreclosure(loan, contract, on)
    return found.owed - found.charge - found.charge_tax - found.held


def require_late(loan: Loan, least: int, on: date) -> None:
    """Raises `Refused` for a loan that is not late for so many days; one that was written off is late enough."""
    late = days_past_due(loan, on)
    if late < least and loan.state != "written_off":
        raise Refused("not_late_enough", f"The loan is {late} days past due; this is from {least} days on.")


def proposed(
    loan: Loan,
    rules: EndingRules,
    before: WriteOff | None,
    *,
    market: str,
    by: str,
    reason: str,
    on: date,
    at: datetime,
) -> WriteOff:
    """Raises `Refused` for a loan that is not late enough, or for which a proposal waits."""
    require(loan, "write_off")
    require_late(loan, rules.write_off_days_past_due, on)
    if before is not None and "proposed" not in MOVES[before.state]:
        raise Refused("write_off_open", f"A write-off of this loan is {before.state}.")
    number, version = (before.number + 1, before.version) if before else (1, 0)
    return WriteOff(loan.loan_id, market, number, "proposed", by, at, reason, version)


def decided(write_off: WriteOff, state: str, *, by: str, because: str, at: datetime) -> WriteOff:
    """Raises `Refused` when nothing is proposed, and for who proposed it."""
    if state not in MOVES[write_off.state]:
        raise Refused("write_off_open", f"This write-off is {write_off.state}.")
    if by == write_off.proposed_by:
        raise Refused("own_approval", "Somebody else has to decide this.")
    return replace(write_off, state=state, decided_by=by, decided_at=at, because=because)

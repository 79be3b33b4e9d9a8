"""How a loan ends that will not be repaid in full: by a settlement that staff offer, or by a write-off that two decide.

Both are carried out by `relief`; what is still paid after a write-off is recovery.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal

from shared.domain import relief
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Grant
from shared.domain.loan import Loan, require
from shared.domain.money import Money
from shared.domain.payoff import foreclosure

MOVES: dict[str, tuple[str, ...]] = {"proposed": ("approved", "declined"), "approved": (), "declined": ("proposed",)}


@dataclass(frozen=True, slots=True)
class EndingRules:
    """From which lateness on each is for, the least share of the whole debt that settles it, and within how many days.

    Zero is a bound like any other.
    """

    settlement_days_past_due: int
    settlement_least_share: Decimal
    settlement_days: int
    write_off_days_past_due: int


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


def days_past_due(loan: Loan, on: date) -> int:
    """Of the oldest due that is open; `loan` has its dues up to the day."""
    return max(((on - due.due_on).days for due in loan.dues if due.due_on < on), default=0)


def settlement(
    loan: Loan, contract: Contract, rules: EndingRules, *, relief_id: str, pay: Money, by: date, on: date
) -> Grant:
    """Pay so much by a day, and all that is left is given up. Raises `Refused`.

    The least sum is rounded up. A loan takes one relief at a time.
    """
    relief.require_free(loan)
    _require_late(loan, rules.settlement_days_past_due, on)
    if pay.currency != contract.currency:
        raise Refused("currency_mismatch", f"This loan is in {contract.currency}.", "/pay/currency")
    owed = foreclosure(loan, contract, on).amount
    least = owed.times(rules.settlement_least_share, ROUND_UP)
    if not least <= pay < owed:
        raise Refused("settlement_impossible", f"It may be from {least} to less than {owed}.", "/pay/minor")
    if not on <= by <= on + timedelta(days=rules.settlement_days):
        detail = f"It is to be paid within {rules.settlement_days} days."
        raise Refused("settlement_impossible", detail, "/by")
    return Grant(relief_id, pay.minor, by, closes=True)


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
    _require_late(loan, rules.write_off_days_past_due, on)
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


def _require_late(loan: Loan, least: int, on: date) -> None:
    late = days_past_due(loan, on)
    if late < least:
        raise Refused("not_late_enough", f"The loan is {late} days past due; this is from {least} days on.")

"""A settlement: a sum by a day that ends the whole debt, and what is left is given up.

Above a limit a second person has to agree before the borrower hears of it. He takes it by paying in time; else it
lapses. What he declines, or staff withdraw, is as if it had never been offered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_UP

from shared.domain import relief
from shared.domain.contract import Contract
from shared.domain.endings import EndingRules, debt, require_late
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Grant, live
from shared.domain.loan import Loan
from shared.domain.money import Money

# Which follows which. `kept` and `lapsed` are the loan's own doing: see `state_on`.
MOVES: dict[str, tuple[str, ...]] = {
    "proposed": ("offered", "refused", "withdrawn"),
    "offered": ("declined", "withdrawn"),
    "refused": (),
    "declined": (),
    "withdrawn": (),
}
BORROWER = "borrower"


@dataclass(frozen=True, slots=True)
class Step:
    """How the settlement came into a state; `by` is a member of the staff, or the borrower."""

    state: str
    by: str
    at: datetime
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """`pay` by the end of `by` ends the debt; `given_up` is what was left of it on the day of the first step."""

    settlement_id: str
    loan_id: str
    borrower_id: str
    market: str
    pay: Money
    by: date
    given_up: Money
    steps: tuple[Step, ...]
    version: int = 0

    @property
    def state(self) -> str:
        return self.steps[-1].state

    @property
    def is_told(self) -> bool:
        """Whether the borrower has, or had, something to decide."""
        return any(step.state == "offered" for step in self.steps)


def proposed(
    loan: Loan,
    contract: Contract,
    rules: EndingRules,
    before: Iterable[Settlement],
    *,
    settlement_id: str,
    pay: Money,
    by: date,
    member: str,
    because: str,
    on: date,
    at: datetime,
) -> Settlement:
    """Offered at once where one person may give up so much. Raises `Refused`; `loan` has its dues up to the day."""
    if any(state_on(each, (), on) == "proposed" for each in before):
        raise Refused("relief_open", "Another settlement of this loan waits for the second person.")
    require_possible(loan, contract, rules, pay, by, on)
    owed = debt(loan, contract, on)
    state = "proposed" if rules.needs_second(owed - pay, owed) else "offered"
    return Settlement(
        settlement_id=settlement_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        market=contract.market,
        pay=pay,
        by=by,
        given_up=owed - pay,
        steps=(Step(state, member, at, because),),
    )


def require_possible(loan: Loan, contract: Contract, rules: EndingRules, pay: Money, by: date, on: date) -> None:
    """Raises `Refused` unless the rules allow this sum by this day on this loan, today. The least sum is rounded up."""
    relief.require_free(loan, closes=True)
    require_late(loan, rules.settlement_days_past_due, on)
    contract.require_currency(pay, "/pay/currency")
    share = rules.written_off_least_share if loan.state == "written_off" else rules.settlement_least_share
    if share is None:
        raise Refused("settlement_impossible", "A loan that was written off is not settled for less here.")
    owed = debt(loan, contract, on)
    least = owed.times(share, ROUND_UP)
    if not least <= pay < owed:
        raise Refused("settlement_impossible", f"It may be from {least} to less than {owed}.", "/pay/minor")
    if not on <= by <= on + timedelta(days=rules.settlement_days):
        detail = f"It is to be paid within {rules.settlement_days} days."
        raise Refused("settlement_impossible", detail, "/by")


def grant_of(settlement: Settlement) -> Grant:
    """The offer as the engine takes it."""
    return Grant(settlement.settlement_id, settlement.pay.minor, settlement.by, closes=True)


def moved(
    settlement: Settlement,
    state: str,
    *,
    by: str,
    because: str | None,
    entries: Sequence[Entry],
    on: date,
    at: datetime,
) -> Settlement:
    """One step further. Raises `Refused` for one that is over by now, and for who would approve his own."""
    now = state_on(settlement, entries, on)
    if state not in MOVES.get(now, ()):
        raise Refused("settlement_over", "The state of this settlement does not allow it: {state}.", state=(now,))
    if state == "offered" and by in [step.by for step in settlement.steps]:
        raise Refused("own_approval", "Somebody else has to approve this.")
    return replace(settlement, steps=(*settlement.steps, Step(state, by, at, because)))


def state_on(settlement: Settlement, entries: Iterable[Entry], on: date) -> str:
    """The state as it shows: what was offered is kept or lapsed as the loan's entries up to the day say.

    It lapses with its last day, and with a write-off of the loan meanwhile.
    """
    if settlement.state not in ("proposed", "offered"):
        return settlement.state
    names = [entry.name for entry in live(entries)]
    since = names.index(granted) if (granted := f"waiver_granted.{settlement.settlement_id}") in names else 0
    if f"waiver.{settlement.settlement_id}" in names:
        return "kept"
    is_given_up = settlement.is_told and any(name.startswith("write_off.") for name in names[since:])
    has_lapsed = f"waiver_lapsed.{settlement.settlement_id}" in names or on > settlement.by or is_given_up
    return "lapsed" if has_lapsed else settlement.state

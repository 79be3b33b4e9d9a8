"""What the routes about settlements answer, to the borrower and to the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.domain.money import Money
from shared.domain.settlements import Settlement
from shared.schemas import Body

# What it does to the borrower's credit record, as his notice says in his language.
CREDIT_RECORD = "settled_for_less"


class SettlementAnswer(Body):
    """A settlement is taken by paying; it can only be declined here."""

    decision: Literal["declined"]


@dataclass(frozen=True, slots=True)
class SettlementView:
    """Pay `pay` in all, by the end of the day `by`, and `given_up` is given up with all that comes until then.

    `state`: offered, kept, lapsed, declined or withdrawn. `because` is why it was offered, or withdrawn. Once it is
    kept, the credit record has the loan as `credit_record` says.
    """

    settlement_id: str
    loan_id: str
    state: str
    pay: Money
    by: date
    given_up: Money
    offered_at: datetime
    because: str | None
    credit_record: str


@dataclass(frozen=True, slots=True)
class Settlements:
    settlements: tuple[SettlementView, ...]


@dataclass(frozen=True, slots=True)
class StepTaken:
    """`state`: proposed, offered, refused, withdrawn or declined; `by` a member of the staff, or borrower."""

    state: str
    by: str
    at: datetime
    because: str | None


@dataclass(frozen=True, slots=True)
class DeskSettlement:
    """`state` besides those that the borrower sees: proposed (a second person has to agree) or refused by him."""

    settlement_id: str
    loan_id: str
    state: str
    pay: Money
    by: date
    given_up: Money
    steps: tuple[StepTaken, ...]


@dataclass(frozen=True, slots=True)
class DeskSettlements:
    settlements: tuple[DeskSettlement, ...]
    next: str | None


def settlement(found: Settlement, state: str) -> SettlementView:
    told = [step for step in found.steps if step.state in ("offered", "withdrawn")]
    return SettlementView(
        settlement_id=found.settlement_id,
        loan_id=found.loan_id,
        state=state,
        pay=found.pay,
        by=found.by,
        given_up=found.given_up,
        offered_at=told[0].at,
        because=told[-1].because,
        credit_record=CREDIT_RECORD,
    )


def of_desk(found: Settlement, state: str) -> DeskSettlement:
    steps = tuple(StepTaken(step.state, step.by, step.at, step.because) for step in found.steps)
    return DeskSettlement(found.settlement_id, found.loan_id, state, found.pay, found.by, found.given_up, steps)

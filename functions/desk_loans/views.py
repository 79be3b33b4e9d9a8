"""What the desk's routes about loans take and answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from functions.plans.views import PlanView, Reason
from shared.domain.endings import WriteOff
from shared.domain.held import HeldPayment
from shared.domain.money import Money
from shared.schemas import Amount, Body, Day, Market, Text


class PlanDecision(Body):
    """The reason is told to the borrower."""

    decision: Literal["agreed", "refused"]
    reason: Reason


@dataclass(frozen=True, slots=True)
class PlansAsked:
    plans: tuple[PlanView, ...]
    next: str | None


class Assignment(Body):
    """The loan that the money is for, and what it is meant for on it."""

    loan_id: Text
    purpose: Literal["instalment", "prepayment", "foreclosure"]
    reason: Reason


class Return(Body):
    """It goes back by its rail, to the payment that it was; the record is the market's."""

    market: Market
    reason: Reason


@dataclass(frozen=True, slots=True)
class HeldView:
    """`state`: held, assigned, refund_pending, refund_sent, refund_unknown, returned, or called_back by the payer's
    bank. `why`: unknown_reference, other_currency, other_rail (the loan's money comes by another) or beyond_purchase.
    `rail` is the one that it came by. `refund_reason` is why the last refund failed, so that it is held again."""

    held_id: str
    rail: str
    payment_id: str
    reference: str
    amount: Money
    received_on: date
    why: str
    state: str
    held_at: datetime
    loan_id: str | None
    decided_by: str | None
    decided_at: datetime | None
    because: str | None
    refund_reason: str | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What is still held, oldest first."""

    payments: tuple[HeldView, ...]
    next: str | None


class SettlementAsked(Body):
    """The whole debt is settled by `pay`, in all, up to and on the day `by`."""

    pay: Amount
    by: Day
    reason: Reason


class SettlementDecision(Body):
    """Of what somebody else proposed."""

    decision: Literal["approved", "refused"]
    reason: Reason


class SettlementWithdrawn(Body):
    """The borrower reads the reason of one that was offered to him."""

    reason: Reason


class WriteOffAsked(Body):
    reason: Reason


class WriteOffDecision(Body):
    decision: Literal["approved", "declined"]
    reason: Reason


@dataclass(frozen=True, slots=True)
class WriteOffView:
    """`state`: proposed, approved or declined. `number` counts the proposals of the loan."""

    loan_id: str
    number: int
    state: str
    proposed_by: str
    proposed_at: datetime
    reason: str
    decided_by: str | None
    decided_at: datetime | None
    because: str | None


def held(found: HeldPayment) -> HeldView:
    return HeldView(**{name: getattr(found, name) for name in HeldView.__dataclass_fields__})


def write_off(found: WriteOff) -> WriteOffView:
    return WriteOffView(**{name: getattr(found, name) for name in WriteOffView.__dataclass_fields__})

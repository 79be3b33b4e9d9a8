"""What the desk's routes about loans take and answer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from functions.plans.views import PlanView, Reason
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
    """`proof` is what the lender's bank calls the money that it sent back; the record is the market's."""

    market: Market
    proof: Text
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unmatched:
    """`state`: held, assigned, returned, or called_back by the payer's bank."""

    payments: tuple[HeldPayment, ...]
    next: str | None


class SettlementAsked(Body):
    """The whole debt is settled by `pay`, in all, up to and on the day `by`."""

    pay: Amount
    by: Day
    reason: Reason


class WriteOffAsked(Body):
    reason: Reason


class WriteOffDecision(Body):
    decision: Literal["approved", "declined"]
    reason: Reason


@dataclass(frozen=True, slots=True)
class SettlementView:
    settlement_id: str
    loan_id: str
    pay: Money
    by: date

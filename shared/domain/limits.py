"""A borrower's spending limit: what a decision allows him to have outstanding for purchases, and what is taken of it.

A reservation counts until its time is over, without anybody's hand. What was bought counts with the principal that is
unpaid, so that the limit comes back as the borrower repays. It is the borrower's own item: nobody else's purchase
writes it, and it is raised by nothing but a decision on his own application (Reserve Bank of India (Digital Lending)
Directions, 2025: no automatic increase of a credit limit).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain import dues
from shared.domain.applications import Application
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import MOVES, Loan
from shared.domain.money import Money, total

# The payment that closed a loan may be called back for weeks, and then the loan counts again.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a checkout holds of the limit before the instant `until`: the principal of its dearest offer."""

    checkout_id: str
    amount: Money
    until: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A loan that a purchase became. It counts with what is unpaid of it; `instalment` is the agreed one."""

    loan_id: str
    instalment: Money


@dataclass(frozen=True, slots=True)
class SpendingLimit:
    """`granted` is the most that may be outstanding, `instalment_limit` what the instalments of all may be a month.

    `application_id` names the decision. `valid_until` is the last day on which something may be bought.
    """

    borrower_id: str
    application_id: str
    market: str
    granted: Money
    grade: str
    instalment_limit: Money
    granted_at: datetime
    valid_until: date
    reserved: tuple[Reservation, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """A limit at a moment. `free` is never below nothing, also when a payment that came back has made too much."""

    granted: Money
    used: Money
    reserved: Money
    free: Money
    valid_until: date


def by_decision(application: Application) -> SpendingLimit:
    """What the decision on an application for purchases grants: at most what was asked for, or the grade is lent."""
    decision, decided_at, until = application.decision, application.decided_at, application.open_until
    assert decision and decided_at and until, application.application_id
    return SpendingLimit(
        borrower_id=application.borrower_id,
        application_id=application.application_id,
        market=application.market,
        granted=min(application.amount, decision.limit),
        grade=decision.grade,
        instalment_limit=decision.instalment_limit,
        granted_at=decided_at,
        valid_until=until,
    )


def renewed(seen: SpendingLimit | None, decided: SpendingLimit) -> SpendingLimit:
    """The limit by a new decision; what is taken of the one before is taken of it."""
    if seen is None:
        return decided
    return replace(decided, reserved=seen.reserved, drawn=seen.drawn, version=seen.version + 1)


def owed(loan: Loan, contract: Contract, on: date, at: datetime) -> int:
    """What counts of a loan, in minor units: all of it before it is paid out, then what is unpaid."""
    if loan.state in ("sanctioned", "disbursing"):
        return contract.terms.principal.minor
    loan, _ = dues.until(loan, contract, on, at)
    return loan.principal + loan.written_off


def is_behind(loan: Loan, contract: Contract, on: date, at: datetime) -> bool:
    """Whether an instalment of it is late, or it was given up."""
    loan, _ = dues.until(loan, contract, on, at)
    return loan.state == "written_off" or any(due.due_on < on and due.principal + due.interest for due in loan.dues)


def standing(limit: SpendingLimit, used: Money, at: datetime) -> LimitStanding:
    held = total((each.amount for each in _live(limit, at)), used.currency)
    left = limit.granted - used - held
    return LimitStanding(limit.granted, used, held, max(left, Money(0, used.currency)), limit.valid_until)


def without_ended(limit: SpendingLimit, loans: Iterable[Loan], on: date) -> SpendingLimit:
    """With no instalment of loans that are over, and without those that have been so for long."""
    nothing, by_id = Money(0, limit.granted.currency), {loan.loan_id: loan for loan in loans}
    kept = []
    for each in limit.drawn:
        loan = by_id[each.loan_id]
        if MOVES[loan.state] or loan.written_off:
            kept.append(each)
        elif loan.closed_on is not None and on - loan.closed_on <= REMEMBERED:
            kept.append(replace(each, instalment=nothing))
    return replace(limit, drawn=tuple(kept))


def instalment_left(limit: SpendingLimit) -> Money:
    """What the instalment of one more purchase may be."""
    taken = total((each.instalment for each in limit.drawn), limit.granted.currency)
    return max(limit.instalment_limit - taken, Money(0, limit.granted.currency))


def require_usable(limit: SpendingLimit | None, on: date) -> SpendingLimit:
    """Raises `Refused` (limit_missing, limit_over) where there is none, or its last day is over."""
    if limit is None:
        raise Refused("limit_missing", "You have no limit. Apply for one with the purpose purchase.")
    if on > limit.valid_until:
        raise Refused("limit_over", "Your limit was valid until {until}; ask for a new one.", until=limit.valid_until)
    return limit


def require_on_time(loans: Iterable[tuple[Loan, Contract]], on: date, at: datetime) -> None:
    """Raises `Refused` (limit_blocked) while an earlier purchase is late."""
    if any(is_behind(loan, contract, on, at) for loan, contract in loans):
        raise Refused("limit_blocked", "An earlier purchase is overdue. Your limit is free again once that is paid.")


def require_free(limit: SpendingLimit, used: Money, price: Money, at: datetime) -> Money:
    """What is free of the limit. Raises `Refused` (limit_exceeded) when the price alone is more."""
    left = standing(limit, used, at).free
    if price > left:
        raise Refused("limit_exceeded", "Of your limit {left} is free.", "/amount/minor", left=left)
    return left


def require_within(limit: SpendingLimit, used: Money, at: datetime) -> None:
    """Raises `Refused` (limit_exceeded) where a decision has granted less than is used and reserved by now."""
    now = standing(limit, used, at)
    if now.used + now.reserved > now.granted:
        raise Refused("limit_exceeded", "Of your limit {left} is free.", left=now.free)


def reserved(limit: SpendingLimit, wanted: Reservation, at: datetime) -> SpendingLimit:
    """With the reservation, and without those whose time is over."""
    return replace(limit, reserved=(*_live(limit, at), wanted), version=limit.version + 1)


def released(limit: SpendingLimit, checkout_id: str, at: datetime) -> SpendingLimit:
    """Without the reservation, if it is still there."""
    kept = tuple(each for each in _live(limit, at) if each.checkout_id != checkout_id)
    return replace(limit, reserved=kept, version=limit.version + 1)


def drawn(limit: SpendingLimit, checkout_id: str, amount: Money, loan: Drawn, at: datetime) -> SpendingLimit:
    """The reservation become a loan of that principal. Raises `Refused` (checkout_over) once its time is over."""
    held = next((each for each in _live(limit, at) if each.checkout_id == checkout_id), None)
    if held is None:
        raise Refused("checkout_over", "The time of this checkout is over, and its reservation is released.")
    assert amount <= held.amount, (amount, held)
    if loan.instalment > instalment_left(limit):
        says = "The instalment would be more than the {room} a month that your income leaves room for."
        raise Refused("limit_exceeded", says, room=instalment_left(limit))
    left = released(limit, checkout_id, at)
    return replace(left, drawn=(*left.drawn, loan))


def _live(limit: SpendingLimit, at: datetime) -> tuple[Reservation, ...]:
    return tuple(each for each in limit.reserved if at < each.until)

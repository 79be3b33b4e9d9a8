"""Look for a movement that a statement names in our books: by its payout, or by the loan that its reference names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.adapters.flows import Flows
from shared.adapters.held import Held
from shared.adapters.loans import Loans
from shared.application.settle_repayment import meant_for
from shared.domain.arrivals import of_movement
from shared.domain.held import HeldPayment, held_id, of_refund
from shared.domain.market import Market
from shared.domain.rails import RailNames
from shared.domain.reconciliation import Line, Seen


@dataclass(frozen=True, slots=True)
class Known:
    """A movement as our books have it. `is_held`: it is in no loan's, and staff are or were to say whose it is."""

    seen: Seen
    is_held: bool


def find_movement(line: Line, partner_id: str, market: Market, rails: RailNames, *, loans: Loans) -> Known | None:
    """The movement, recorded on whichever day, or None when our books do not have it with that lender.

    Money that is held is looked for as that of each of `rails`, since a line does not say by which it came. A loan's
    whole journal is read for it, which only a line that no movement of its day fits is worth.
    """

    def of_loan(loan_id: str) -> Known | None:
        return _of_loan(loan_id, line, partner_id, market.time_zone, loans)

    known_as = line.movement_id.partition(".")[2]
    # What a merchant gives back names the payout that he had.
    payout = loans.payout(known_as) or (loans.payout(line.reference) if line.reference else None)
    found = of_loan(payout.loan_id) if payout is not None else None
    if found is not None:
        return found
    # A merchant names his payout also for what is more than he was paid.
    held = _held(line, (*rails.movers, rails.pages), loans)
    if held:
        assigned = (of_loan(each.loan_id) for each in held if each.loan_id)
        return next((each for each in assigned if each), None) or _without_loan(line, held)
    if payout is not None or line.reference is None:
        return None
    loan_id = meant_for(line.reference, loans)[1]
    return of_loan(loan_id) if loan_id else None


def _held(line: Line, rails: Iterable[str], loans: Loans) -> list[HeldPayment]:
    """All that may be meant: two rails may use one id."""
    if line.is_sent_back:
        named = [of_refund(line.movement_id.partition(".")[2])]
    else:
        named = [held_id(each) for rail in rails if (each := of_movement(line.movement_id, rail)) is not None]
    return [each for each in map(Held(loans.table).find, named) if each is not None]


def _without_loan(line: Line, held: Iterable[HeldPayment]) -> Known | None:
    """What came and went without a loan. Several of one name on one day are a sum on the statement."""
    sign = -1 if line.is_sent_back or line.is_called_back else 1
    so = [each for each in held if _is_so(line, each)]
    if not so:
        return None
    sums = [sign * each.amount.minor for each in so]
    amount = line.amount if line.amount in sums else sum(sums)
    # On which day money went back is not kept.
    return Known(Seen(amount, line.on if sign < 0 else _nearest([each.received_on for each in so], line.on)), True)


def _is_so(line: Line, held: HeldPayment) -> bool:
    """Whether our books agree that this money came, was called back, or was sent back by that order."""
    if line.is_sent_back:
        is_that = held.refund_id == line.movement_id.partition(".")[2]
        return is_that and (held.is_going_back or held.state == "returned")
    if held.loan_id is not None:
        return False
    return held.state == "called_back" if line.is_called_back else True


def _of_loan(loan_id: str, line: Line, partner_id: str, time_zone: str, loans: Loans) -> Known | None:
    """The nearest of that name in its days, on a loan of that lender."""
    found = [each for _, each in Flows(loans.table).of_loan(loan_id, time_zone) if each.movement_id == line.movement_id]
    if not found or loans.get(loan_id)[0].partner_id != partner_id:
        return None
    movement = min(found, key=lambda each: abs((each.on - line.on).days))
    return Known(Seen(movement.amount, movement.on), False)


def _nearest(days: Iterable[date], on: date) -> date:
    return min(days, key=lambda day: abs((day - on).days))

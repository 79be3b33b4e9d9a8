"""Look for a movement that a statement names in our books: by its payout, or by the loan that its reference names."""

from collections.abc import Iterable

from shared.adapters.flows import Flows
from shared.adapters.held import Held
from shared.adapters.loans import Loans
from shared.application.settle_repayment import meant_for
from shared.domain.arrivals import of_movement
from shared.domain.flows import Movement
from shared.domain.held import HeldPayment, held_id, of_refund
from shared.domain.reconciliation import Line

# Money that is in no loan's books yet: staff are to say whose it is.
HELD = "held"


def find_movement(line: Line, rails: Iterable[str], time_zone: str, *, loans: Loans) -> Movement | str | None:
    """The movement, recorded on whichever day; `HELD`; or None when our books do not have it.

    Money that is held is looked for as that of each of `rails`, since a line does not say by which it came. A loan's
    whole journal is read for it, which only a line that no movement of its day fits is worth.
    """
    known_as = line.movement_id.partition(".")[2]
    # What a merchant gives back names the payout that he had.
    payout = loans.payout(known_as) or (loans.payout(line.reference) if line.reference else None)
    found = _of_loan(payout.loan_id, line, time_zone, loans) if payout is not None else None
    if found is not None:
        return found
    # A merchant names his payout also for what is more than he was paid.
    held = _held(line, rails, loans)
    if held is not None:
        found = _of_loan(held.loan_id, line, time_zone, loans) if held.loan_id else None
        # What staff sent back, or a bank called back, came and went without a loan.
        return found or HELD
    if payout is not None or line.reference is None:
        return None
    loan_id = meant_for(line.reference, loans)[1]
    return _of_loan(loan_id, line, time_zone, loans) if loan_id else None


def _held(line: Line, rails: Iterable[str], loans: Loans) -> HeldPayment | None:
    if line.is_sent_back:
        return Held(loans.table).find(of_refund(line.movement_id.partition(".")[2]))
    named = (of_movement(line.movement_id, rail) for rail in rails)
    found = (Held(loans.table).find(held_id(each)) for each in named if each is not None)
    return next((each for each in found if each is not None), None)


def _of_loan(loan_id: str, line: Line, time_zone: str, loans: Loans) -> Movement | None:
    found = Flows(loans.table).of_loan(loan_id, time_zone)
    return next((each for _, each in found if each.movement_id == line.movement_id), None)

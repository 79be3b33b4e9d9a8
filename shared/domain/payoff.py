"""What ends a loan on a day: by foreclosure, or by leaving it in the cooling-off days."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP

from shared.domain import dues, penal, relief
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import Loan, require
from shared.domain.money import Money, total


@dataclass(frozen=True, slots=True)
class Payoff:
    """What ends the loan on a day. `charge` is for closing early, with its tax; `fees_returned` the fees given back.

    `penalties` are those booked and those of the days since. `held` is the borrower's own money on the loan; it is
    negative when he was given back more than was his. `given_up` is what open relief takes off, once the rest is paid.
    """

    on: date
    principal: Money
    interest: Money
    fees: Money
    penalties: Money
    charge: Money
    charge_tax: Money
    fees_returned: Money
    held: Money
    given_up: Money

    @property
    def owed(self) -> Money:
        """All claims, before what is held or given back."""
        parts = (self.principal, self.interest, self.fees, self.penalties, self.charge, self.charge_tax)
        return total(parts, self.principal.currency)

    @property
    def without_relief(self) -> Money:
        """What must still be paid, relief apart; nothing when more is held or given back than is owed."""
        return max(self.owed - self.fees_returned - self.held, Money(0, self.principal.currency))

    @property
    def amount(self) -> Money:
        """What must still be paid: it ends the loan, with the relief that is open on it."""
        return self.without_relief - self.given_up


def foreclosure(loan: Loan, contract: Contract, on: date) -> Payoff:
    """All that is owed on a day, and the charge on principal closed early. `loan` has its dues up to that day.

    A waiver that waits for its condition is kept by closing the loan; a settlement closes it for what is left to pay.
    """
    require(loan, "closure")
    charge = Money(loan.not_yet_due, contract.currency).times(contract.foreclosure_rate, ROUND_HALF_UP)
    tax = charge.times(contract.foreclosure_tax_rate, ROUND_HALF_UP)
    whole = _payoff(loan, contract, on, charge=charge, charge_tax=tax)
    demanded = dues.demanded(loan, contract, on)
    given_up = relief.given_up_with(loan, demanded, whole.without_relief.minor)
    return replace(whole, given_up=Money(given_up, contract.currency))


def cooling_off(loan: Loan, contract: Contract, on: date) -> Payoff:
    """Principal and the cost so far, without any charge (RBI Digital Lending Directions 2025, cooling-off period).

    Raises `Refused` once the days of the contract are over; the last one still counts whole.
    """
    require(loan, "closure")
    if on > cooling_off_ends(loan, contract):
        raise Refused("cooling_off_over", "The cooling-off period of this loan has ended. You may still foreclose it.")
    returned = Money(0, contract.currency) if contract.cooling_off_keeps_fees else contract.fees_total
    return _payoff(loan, contract, on, fees_returned=returned)


def cooling_off_ends(loan: Loan, contract: Contract) -> date:
    """The last day on which the borrower may exit."""
    assert loan.disbursed_on is not None
    return loan.disbursed_on + timedelta(days=contract.cooling_off_days)


def _payoff(loan: Loan, contract: Contract, on: date, **charges: Money) -> Payoff:
    """`charges` are those of `charge`, `charge_tax` and `fees_returned` that are not nothing."""
    assert loan.accrued_to is not None

    def money(minor: int) -> Money:
        return Money(minor, contract.currency)

    to_book = penal.accrued(loan.dues, contract.penal, loan.accrued_to, on)
    return Payoff(
        on=on,
        principal=money(loan.principal),
        interest=money(dues.interest_to(loan, contract, on) + sum(due.interest for due in loan.dues)),
        fees=money(sum(due.fee for due in loan.dues)),
        penalties=money(sum(due.penalty for due in loan.dues) + to_book),
        held=money(loan.excess),
        given_up=money(0),
        **{"charge": money(0), "charge_tax": money(0), "fees_returned": money(0)} | charges,
    )

"""What a borrower may sensibly pay today: what is due, the coming instalments, or all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.domain import dues
from shared.domain.contract import Contract
from shared.domain.loan import Loan
from shared.domain.money import Money
from shared.domain.payoff import foreclosure

# So many coming instalments are offered at once.
AHEAD = 3


@dataclass(frozen=True, slots=True)
class RepaymentOption:
    """`kind`: relief (what open relief still asks for), due, ahead (with `instalments` that are still to come), all, or
    written_off (what is still owed then)."""

    kind: str
    instalments: int
    amount: Money
    purpose: str


def options(loan: Loan, contract: Contract, on: date) -> tuple[RepaymentOption, ...]:
    """Smallest first. `loan` has its dues up to the day. None for a loan on which nothing can be owed."""
    if loan.state == "written_off" and loan.written_off:
        owed = Money(loan.written_off, contract.currency)
        return (*_asked(loan, contract), RepaymentOption("written_off", 0, owed, "instalment"))
    if loan.state != "active":
        return ()
    everything = foreclosure(loan, contract, on).amount
    last = RepaymentOption("all", 0, everything, "foreclosure")
    return (*(each for each in _parts(loan, contract, on) if each.amount < everything), *([last] if everything else []))


def _parts(loan: Loan, contract: Contract, on: date) -> Iterator[RepaymentOption]:
    """Where early money goes to the last instalments, paying ahead would leave the coming one as it is."""
    due = sum(each.unpaid for each in dues.demanded(loan, contract, on))
    yield from _asked(loan, contract)
    if due:
        yield RepaymentOption("due", 0, Money(due, contract.currency), "instalment")
    if contract.waterfall.in_advance_to != "next":
        return
    amount = due - max(loan.excess, 0)
    for count, row in enumerate(dues.to_come(loan, contract)[:AHEAD], start=1):
        amount += row.unpaid
        if amount > 0:
            yield RepaymentOption("ahead", count, Money(amount, contract.currency), "instalment")


def _asked(loan: Loan, contract: Contract) -> Iterator[RepaymentOption]:
    """What open relief still asks for."""
    if loan.grant is not None and (asked := loan.grant.pay - loan.paid_since_grant) > 0:
        yield RepaymentOption("relief", 0, Money(asked, contract.currency), "instalment")

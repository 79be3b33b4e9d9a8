"""What a plan costs a year: the rate at which all that will be paid is worth all that is owed on its day.

Where a market bounds what a loan may cost with every charge, a plan keeps to the bound of the contract's date. What was
paid before is no matter of the plan: a late borrower's penal charges would else forbid what is to help him.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared.domain.apr import apr_eu
from shared.domain.contract import Contract
from shared.domain.cost import shown
from shared.domain.endings import debt
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.loan import Loan
from shared.domain.terms import PERIODS_PER_YEAR, Terms, nth_due_on
from shared.domain.what_if import Outlay


def yearly_cost(loan: Loan, contract: Contract, terms: NewTerms, outlays: Sequence[Outlay], on: date) -> Decimal:
    """A nominal rate, as the market's own yearly cost is; zero where no more is paid than is owed.

    `loan` is the one before the plan, with its dues up to the day; `outlays` are those under it. The dates of the plan
    are whole periods apart; the first is as far off as whole periods and the days of a broken one make it.
    """
    owed = debt(loan, contract, on)
    if sum(outlay.amount for outlay in outlays) <= owed.minor:
        return Decimal(0)
    first = _periods(contract.terms, on, terms.first_due_on)
    flows = [(Fraction(0), Decimal(owed.minor))]
    for outlay in outlays:
        after = _whole_periods(contract.terms, terms.first_due_on, outlay.on)
        flows.append((first + after, Decimal(-outlay.amount)))
    number, unit = contract.terms.every
    # What is a year to the formula is a period here.
    return apr_eu(flows) * PERIODS_PER_YEAR.get(unit, 365) / number


def require_within(
    loan: Loan, contract: Contract, terms: NewTerms, outlays: Sequence[Outlay], cap: Decimal, on: date
) -> None:
    """Raises `Refused`, naming the rule, for a plan that would cost more a year than the cap."""
    cost = shown(yearly_cost(loan, contract, terms, outlays, on))
    if cost > cap:
        rule = f"{contract.market}.all_in_cap"
        says = "It would cost {cost} a year; the rules allow {cap}."
        refusal = Refused("plan_beyond_limits", says, "/kind", cost=cost, cap=cap)
        refusal.members["rule"] = rule
        raise refusal


def _periods(terms: Terms, since: date, until: date) -> Fraction:
    """From a day to a due date: whole periods counted back from it, and the part of the broken one by its days."""
    count = 0
    while nth_due_on(terms, until, -count - 1) >= since:
        count += 1
    end, start = nth_due_on(terms, until, -count), nth_due_on(terms, until, -count - 1)
    return count + Fraction((end - since).days, (end - start).days)


def _whole_periods(terms: Terms, first: date, on: date) -> int:
    count = 0
    while nth_due_on(terms, first, count) < on:
        count += 1
    return count

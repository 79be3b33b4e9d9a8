"""What a choice of plan means: new terms for the same debt, within what the rules allow.

A date that is kept from the present plan is counted from that plan's anchor, so that a 31st is not lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain import dues, plan_cost, relief, replay
from shared.domain.calendar import add_months
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.loan import Loan, days_past_due, due_date
from shared.domain.plan_rules import KindRules, PlanRules
from shared.domain.replay import Books
from shared.domain.terms import nth_due_on
from shared.domain.what_if import outlook

KINDS = ("arrears_in_instalments", "pause", "longer_tenor", "smaller_instalment", "due_day")


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of plan and how much of it.

    `amount` counts the instalments into which all is spread (`arrears_in_instalments`), those left out (`pause`) or
    added (`longer_tenor`); it is the largest instalment wanted, in minor units (`smaller_instalment`), or the day of
    the month (`due_day`).
    """

    kind: str
    amount: int


def carried_out(loan: Loan, contract: Contract, terms: NewTerms, on: date, at: datetime) -> Books:
    """The loan with its dues up to the day and the plan, and what is to be booked. Raises `Refused`."""
    loan, made = dues.until(loan, contract, on, at)
    loan, entries = replay.taken(loan, contract, relief.planned(loan, contract, terms, on, at), at)
    return loan, (*made, *entries)


def new_terms(
    loan: Loan, contract: Contract, rules: PlanRules, choice: Choice, *, plan_id: str, on: date, at: datetime
) -> NewTerms:
    """What the choice means for this loan. Raises `Refused` where the rules or the loan do not allow it."""
    kind = _kind_rules(loan, rules, choice.kind, on)
    _require_within(loan, kind, choice)
    assert loan.plan is not None
    left, coming = instalments_left(loan), _coming(loan, contract, on)
    terms = NewTerms(
        relief_id=plan_id,
        instalments=left,
        first_due_on=due_date(loan, contract, coming),
        capitalised=rules.capitalised,
        breaks_after_days=kind.breaks_after_days,
        anchor_on=loan.plan.anchor_on,
        watch_months=rules.watch_months if kind.breaks_after_days is not None else None,
    )
    match choice.kind:
        case "due_day":
            first = _on_day_of_month(contract, terms.first_due_on, choice.amount)
            terms = replace(terms, first_due_on=first, anchor_on=None)
        case "pause":
            terms = replace(terms, first_due_on=due_date(loan, contract, coming + choice.amount))
        case "arrears_in_instalments":
            terms = replace(terms, instalments=choice.amount)
        case "longer_tenor":
            terms = replace(terms, instalments=left + choice.amount)
        case "smaller_instalment":
            terms = _smaller(loan, contract, terms, choice.amount, kind.most, on, at)
    if not terms.instalments:
        raise Refused("plan_not_allowed", "No instalment is to come; what is overdue can be spread.", "/kind")
    relief.planned(loan, contract, terms, on, at)
    if rules.all_in_cap is not None:
        planned, _ = carried_out(loan, contract, terms, on, at)
        outlays = outlook(planned, contract, (), on, at).outlays
        plan_cost.require_within(loan, contract, terms, outlays, rules.all_in_cap, on)
    return terms


def offered(
    loan: Loan, contract: Contract, rules: PlanRules, on: date, at: datetime
) -> tuple[tuple[Choice, NewTerms], ...]:
    """Some of what may be chosen today, to be compared; other amounts may be asked for within the same bounds."""
    found = []
    for choice in _choices(loan, contract, rules, on):
        try:
            found.append((choice, new_terms(loan, contract, rules, choice, plan_id="plan", on=on, at=at)))
        except Refused:
            continue
    return tuple(found)


def _choices(loan: Loan, contract: Contract, rules: PlanRules, on: date) -> Iterator[Choice]:
    left = instalments_left(loan)
    instalment = loan.plan.instalment if loan.plan else 0
    for kind, own in rules.kinds.items():
        if not _is_for(loan, own, kind, on):
            continue
        match kind:
            case "arrears_in_instalments":
                amounts = sorted({left, own.most})
            case "smaller_instalment":
                amounts = [instalment * 9 // 10, instalment * 3 // 4]
            case "due_day":
                amounts = [
                    day for day in (1, 5, 10, 15, 20, 25) if day != due_date(loan, contract, loan.next_number).day
                ]
            case "longer_tenor":
                amounts = [3, 6, 12]
            case _:
                amounts = [1, 2, 3]
        yield from (Choice(kind, each) for each in amounts)


def instalments_left(loan: Loan) -> int:
    """Those that have not fallen due."""
    assert loan.plan is not None
    return max(loan.plan.last_number - loan.next_number + 1, 0) if loan.not_yet_due else 0


def _kind_rules(loan: Loan, rules: PlanRules, kind: str, on: date) -> KindRules:
    own = rules.kinds.get(kind)
    if own is None:
        raise Refused("plan_not_allowed", "There are no plans of this kind for this loan.", "/kind")
    if not _is_for(loan, own, kind, on):
        says = "This plan is for loans of {least} to {most} days past due."
        raise Refused("plan_not_allowed", says, "/kind", least=own.least_days_past_due, most=own.most_days_past_due)
    return own


def _is_for(loan: Loan, own: KindRules, kind: str, on: date) -> bool:
    """Another due day is for who owes nothing yet: else it would put off what is due."""
    return own.least_days_past_due <= days_past_due(loan, on) <= own.most_days_past_due and not (
        kind == "due_day" and loan.dues
    )


def _require_within(loan: Loan, own: KindRules, choice: Choice) -> None:
    assert loan.plan is not None
    most = {
        "arrears_in_instalments": max(own.most, instalments_left(loan)),
        "smaller_instalment": loan.plan.instalment - 1,
    }.get(choice.kind, own.most)
    if not 1 <= choice.amount <= most:
        raise Refused("plan_beyond_limits", "It may be 1 to {most} here.", "/amount", most=most)


def _smaller(
    loan: Loan, contract: Contract, terms: NewTerms, instalment: int, most: int, on: date, at: datetime
) -> NewTerms:
    """As few instalments as keep each at or below the one that is wanted, at most so many more than are left."""
    for count in range(max(terms.instalments, 1), terms.instalments + most + 1):
        tried = replace(terms, instalments=count)
        planned, _ = carried_out(loan, contract, tried, on, at)
        assert planned.plan is not None
        if planned.plan.instalment <= instalment:
            return tried
    says = "Even with {most} instalments more, each would be larger than that."
    raise Refused("plan_beyond_limits", says, "/amount", most=most)


def _coming(loan: Loan, contract: Contract, on: date) -> int:
    """The number with the first date of the present plan that is still to come, also past its end."""
    number = loan.next_number
    while due_date(loan, contract, number) <= on:
        number += 1
    return number


def _on_day_of_month(contract: Contract, coming: date, day: int) -> date:
    """The first such day that is not before the coming date, and from which every month has it."""
    first = coming.replace(day=day)
    while first < coming or nth_due_on(contract.terms, first, 1).day != day:
        first = add_months(first, 1)
    return first

"""What a hardship plan means by hand: who may have which, who decides it, and the terms of a choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.simulation.facts import NewTerms, moved
from tests.simulation.oracle import ByHand
from tests.simulation.packs import classes_of, rule

DAY = timedelta(days=1)
KINDS = ("arrears_in_instalments", "pause", "longer_tenor", "due_day")
DAYS_OF_MONTH = (5, 10, 12, 15, 20, 25)


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice, the terms that it means, and whether the rule alone agrees to it."""

    kind: str
    amount: int
    terms: NewTerms
    is_ruled: bool


def choice(loan: ByHand, kind: str, on: date, chance: Random) -> Asked | None:
    """Some amount of a kind of plan that may be asked for on a day; None where none may be.

    `loan` is as at noon, and has had no plan.
    """
    rules = rule(loan.contract.market, "plans")
    own: Mapping[str, Any] = rules["kinds"][kind]
    if loan.state != "active" or not loan.principal or loan.promise or loan.watched:
        return None
    late = max(((on - due.on).days for due in loan.dues if due.unpaid and due.on < on), default=0)
    is_for = own["least_days_past_due"] <= late <= own["most_days_past_due"]
    if not is_for or (kind == "due_day" and loan.dues):
        return None
    left = max(loan.last_number - loan.number + 1, 0) if loan.not_yet_due else 0
    most = max(own["most"], left) if kind == "arrears_in_instalments" else min(own["most"], 6)
    amount = chance.choice(DAYS_OF_MONTH) if kind == "due_day" else chance.randint(1, most)
    coming = loan.number
    while loan.due_on(coming) <= on:
        coming += 1
    count = {"arrears_in_instalments": amount, "longer_tenor": left + amount}.get(kind, left)
    if not count:
        return None
    first = loan.due_on(coming + amount if kind == "pause" else coming)
    if kind == "due_day":
        same_month = first.replace(day=amount)
        first = same_month if same_month >= first else moved(same_month, 1)
    terms = NewTerms(
        instalments=count,
        first_on=first,
        keeps_anchor=kind != "due_day",
        adds_interest="interest" in rules["capitalised"],
        breaks_after=own["breaks_after_days"],
        watch_months=classes_of(loan.contract.market).watch_months if own["breaks_after_days"] is not None else 0,
    )
    return Asked(kind, amount, terms, own["decided_by"] == "rule")

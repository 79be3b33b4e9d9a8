"""Loans that two people give up, and what some of their borrowers pay after all."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random

from tests.simulation.facts import DAY, Fact
from tests.simulation.habits import Payment, paid
from tests.simulation.packs import rule
from tests.simulation.portfolio import Case
from tests.simulation.stage import Stage

# Of a hundred loans that are late enough at a stop, how many are given up; and of those, how many are paid for later.
GIVEN_UP, PAID_LATER = 40, 60
NAME = "1"


class WriteOffs:
    """`happened` counts them."""

    def __init__(self, stage: Stage, chance: Random, happened: Counter[str]) -> None:
        self.stage, self.chance, self.happened = stage, chance, happened

    def at_stop(self, case: Case, day: date) -> None:
        """After the night and the relief of the day; whom staff are to answer or the rail is to tell of waits."""
        is_awaited = case.asking is not None or any(payment.received_on <= day for payment in case.to_come)
        if case.lent is None or case.gives_back_on is not None or case.has_mandate or is_awaited:
            return
        here = case.here(day)
        late = max(((day - due.on).days for due in here.dues if due.unpaid), default=0)
        if here.state != "active" or late < _least_days(case.market):
            return
        if self.chance.randrange(100) >= GIVEN_UP:
            return
        self.stage.write_off(case.loan_id, f"aud_{case.loan_id[5:]}")
        case.relief.append(Fact(day, "written_off", NAME))
        self.happened["loans written off"] += 1
        owed = case.here(day).lost
        case.to_come = [*self._recoveries(owed, day)] if self.chance.randrange(100) < PAID_LATER else []

    def _recoveries(self, owed: int, day: date) -> Iterator[Payment]:
        """In one part or several: less than all, all, or more."""
        parts = self.chance.randint(1, 3)
        for _ in range(parts):
            day += self.chance.randint(5, 50) * DAY
            yield paid(day, max(owed * self.chance.choice((40, 80, 100, 110)) // 100 // parts, 1), self.chance)


def _least_days(market: str) -> int:
    days = rule(market, "endings")["write_off_days_past_due"]
    assert isinstance(days, int)
    return days

"""Loans that are not repaid in full: settled for less, or given up, and what some of their borrowers pay after all."""

from collections.abc import Iterator
from datetime import date
from random import Random

from shared.domain.errors import Refused
from shared.domain.money import Money
from tests.simulation.compare import Difference
from tests.simulation.facts import DAY, Fact
from tests.simulation.habits import Payment, paid
from tests.simulation.oracle import ByHand
from tests.simulation.packs import rule
from tests.simulation.portfolio import Case
from tests.simulation.relief import Relief
from tests.simulation.stage import Stage

# Of a hundred loans that are late enough at a stop: to how many a settlement is offered, and how many are given up.
OFFERED, GIVEN_UP = 8, 40
# Of a hundred settlements, how many are paid; of a hundred loans that were given up, how many are paid for later.
KEPT, PAID_LATER = 60, 60
WRITE_OFF = "1"
# In minor units: of less than this no settlement is made.
WORTH_IT = 100


class Endings:
    """What staff agreed to is counted and told of as other relief is."""

    def __init__(self, stage: Stage, relief: Relief, chance: Random) -> None:
        self.stage, self.relief, self.chance = stage, relief, chance

    def at_stop(self, case: Case, day: date) -> None:
        """After the night and the relief of the day; whom staff are to answer or the rail is to tell of waits."""
        is_awaited = case.asking is not None or any(payment.received_on <= day for payment in case.to_come)
        if case.lent is None or case.gives_back_on is not None or case.has_mandate or case.app or is_awaited:
            return
        here, rules = case.here(day), rule(case.market, "endings")
        late = max(((day - due.on).days for due in here.dues if due.unpaid), default=0)
        asks = self.chance.randrange(100)
        if asks < OFFERED and (late >= rules["settlement_days_past_due"] or here.lost):
            self._offer(case, here, day)
        elif asks >= 100 - GIVEN_UP and here.state == "active" and late >= rules["write_off_days_past_due"]:
            self._write_off(case, day)

    def _offer(self, case: Case, here: ByHand, day: date) -> None:
        """Of half of what is owed or more; one to each, and none where other relief is open."""
        owed = here.debt(day)
        if any(fact.kind == "offered" for fact in case.relief) or here.promise or here.watched or owed < WORTH_IT:
            return
        name, by = f"stl_{case.loan_id[5:]}", day + self.chance.randint(0, 30) * DAY
        pay = Money(owed * self.chance.randint(50, 95) // 100, case.contract.currency)
        try:
            state = self.stage.offer_settlement(case.loan_id, pay, by, name)
        except Refused as refusal:
            state = str(refusal)
        if state != "offered":
            self.relief.astray.append(Difference(case.loan_id, day, "settlement", f"{pay} by {by}", state))
            return
        case.relief.append(Fact(day, "offered", name, pay.minor, by=by))
        self.relief.answers.append((case.loan_id, f"settlement_offered.{name}"))
        self.relief.happened["settlements offered"] += 1
        if self.chance.randrange(100) < KEPT:
            on = day + self.chance.randint(0, (by - day).days) * DAY
            case.to_come = [paid(max(on, day + DAY), pay.minor, self.chance)]

    def _write_off(self, case: Case, day: date) -> None:
        self.stage.write_off(case.loan_id, f"aud_{case.loan_id[5:]}")
        case.relief.append(Fact(day, "written_off", WRITE_OFF))
        self.relief.happened["loans written off"] += 1
        owed = case.here(day).lost
        case.to_come = [*self._recoveries(owed, day)] if self.chance.randrange(100) < PAID_LATER else []

    def _recoveries(self, owed: int, day: date) -> Iterator[Payment]:
        """In one part or several: less than all, all, or more."""
        parts = self.chance.randint(1, 3)
        for _ in range(parts):
            day += self.chance.randint(5, 50) * DAY
            yield paid(day, max(owed * self.chance.choice((40, 80, 100, 110)) // 100 // parts, 1), self.chance)

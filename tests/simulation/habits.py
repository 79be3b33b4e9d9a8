"""How borrowers pay: drawn by chance for each loan once it is paid out, from its schedule as it was agreed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from shared.domain.contract import Contract
from shared.domain.schedule import schedule

DAY = timedelta(days=1)
# How many of a hundred borrowers pay like that.
HABITS = {"punctual": 34, "late": 22, "struggling": 16, "generous": 12, "closing": 9, "leaving": 3, "vanishing": 4}
# The part of them who pay whatever is left after the last due date, be it a few paise of penal charges.
SETTLING = 0.7
# Of a hundred payments, how many meet each of these.
RETURNED, TWICE, LATE_NEWS = 4, 5, 4


@dataclass(frozen=True, slots=True)
class Payment:
    """What a borrower pays and when the rail tells it, never before. `minor` None is what closes the loan that day.

    `returned_on`: the day on which the bank calls it back. `times`: how often the rail tells it.
    """

    received_on: date
    told_on: date
    minor: int | None
    purpose: str = "instalment"
    returned_on: date | None = None
    times: int = 1

    @property
    def is_late_news(self) -> bool:
        return (self.told_on - self.received_on).days > 10


def payments(contract: Contract, lent_on: date, chance: Random) -> list[Payment]:
    """All of a loan's payments, at most one on a day."""
    habit = chance.choices(list(HABITS), list(HABITS.values()))[0]
    wanted = dict[date, Payment]()
    for payment in _by_habit(habit, contract, lent_on, chance):
        wanted.setdefault(payment.received_on, payment)
    return sorted(wanted.values(), key=lambda payment: payment.received_on)


def _by_habit(habit: str, contract: Contract, lent_on: date, chance: Random) -> Iterator[Payment]:
    rows = schedule(contract.terms, lent_on)
    stop = len(rows)
    if habit == "vanishing":
        stop = chance.randrange(1, len(rows))
    if habit == "leaving":
        yield paid(lent_on + chance.randint(1, 4) * DAY, None, chance, "cooling_off")
        return
    if habit == "closing":
        stop = chance.randrange(0, len(rows) - 1)
        begins = rows[stop - 1].due_on if stop else lent_on
        yield paid(begins + chance.randint(5, 25) * DAY, None, chance, "foreclosure")
    missed = 0
    for row in rows[:stop]:
        due = row.total.minor
        if habit == "struggling" and chance.random() < 0.55:
            missed += due
        elif habit in ("late", "struggling"):
            yield from _late(row.due_on, due + missed, chance)
            missed = 0
        elif habit == "generous" and chance.random() < 0.6:
            yield from _generous(row.due_on, due, chance)
        else:
            early = chance.choice((0, 0, 0, 1, 3, 6, 9)) if habit != "closing" else 0
            yield paid(row.due_on - early * DAY, due, chance)
    if habit not in ("closing", "vanishing") and chance.random() < SETTLING:
        yield paid(rows[-1].due_on + chance.randint(3, 40) * DAY, None, chance, "foreclosure")


def _late(due_on: date, minor: int, chance: Random) -> Iterator[Payment]:
    """Days late, around the grace and the changes of class; sometimes in two parts."""
    on = due_on + chance.choice((1, 2, 3, 4, 5, 6, 9, 15, 29, 31, 40)) * DAY
    if chance.random() < 0.35:
        part = minor * chance.randint(10, 90) // 100
        yield paid(on, part, chance)
        yield paid(on + chance.randint(1, 12) * DAY, minor - part + chance.choice((0, 5_000)), chance)
        return
    # What default has cost is on top, or is left open.
    yield paid(on, minor + chance.choice((0, 0, 1_000, 20_000)), chance)


def _generous(due_on: date, minor: int, chance: Random) -> Iterator[Payment]:
    early = due_on - chance.randint(0, 12) * DAY
    if chance.random() < 0.5:
        yield paid(early, minor * chance.randint(110, 320) // 100, chance)
        return
    yield paid(due_on, minor, chance)
    yield paid(due_on + chance.randint(2, 11) * DAY, minor * chance.randint(50, 300) // 100, chance, "prepayment")


def paid(on: date, minor: int | None, chance: Random, purpose: str = "instalment") -> Payment:
    told_on, returned_on, times = on, None, 1
    fault = chance.randrange(100)
    if fault < LATE_NEWS:
        told_on = on + chance.randint(12, 60) * DAY
    elif fault < LATE_NEWS + RETURNED:
        returned_on = on + chance.randint(2, 20) * DAY
    elif fault < LATE_NEWS + RETURNED + TWICE:
        times = chance.choice((2, 2, 4))
    return Payment(on, told_on, minor, purpose, returned_on, times)

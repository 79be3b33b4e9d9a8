"""The class of every day of one to three loans of a borrower, with plans, beside an oracle that walks day by day."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.calendar import add_months
from shared.domain.delinquency import STANDARD, Scale, Span, loan_class, loan_history
from shared.domain.errors import Refused
from shared.domain.lateness import account, steps
from shared.domain.money import Money
from tests.domain.lending import Life, contract

INDIA = Scale((("SMA-0", 0), ("SMA-1", 30), ("SMA-2", 60), ("NPA", 90)), "NPA", "NPA")
CHINA = Scale((("M1", 1), ("M2", 31), ("M3", 61), ("M4+", 91)), None, "special_mention")
FIRST, DAYS, MONTHS = date(2026, 1, 31), 420, 1
DAY = timedelta(days=1)
# Paying is as frequent as it has to be for a year, here a month, to be kept now and then.
OFTEN = st.sampled_from(["pay", "plan", "nothing", *["all"] * 4])
WHAT = OFTEN | st.sampled_from(["other_day", "foreclose", "write_off"])
EVENTS = st.lists(st.tuples(st.integers(1, 20), OFTEN), max_size=30).map(
    lambda told: {sum(gap for gap, _ in told[: n + 1]): what for n, (_, what) in enumerate(told)}
) | st.dictionaries(st.integers(1, DAYS - 1), WHAT, max_size=14)
LOANS = st.lists(st.tuples(st.integers(0, 120), EVENTS), min_size=1, max_size=3)


@dataclass(slots=True)
class Walked:
    """A loan as the oracle sees it: what it counts at each day's end, and what it knows of a plan."""

    life: Life
    events: dict[int, str]
    lent: int
    year_from: date | None = None
    owed: list[date] = field(default_factory=list)
    arrears: list[date] = field(default_factory=list)

    def day(self, number: int) -> None:
        on = FIRST + number * DAY
        if number < self.lent:
            return
        if self.year_from and self.arrears:
            self.year_from = max(self.year_from, on)
        if self.year_from and not self.arrears and on >= add_months(self.year_from, MONTHS):
            self.year_from = None
        self.life.until(on)
        self.counts(on)
        self.happens(self.events.get(number - self.lent), on)
        self.counts(on)

    def counts(self, on: date) -> None:
        """What is open now; a loan that is written off owes what it owed then, and what was put off from its day on."""
        loan = self.life.loan
        if loan.state == "active":
            self.owed = sorted(due.due_on for due in loan.dues if due.unpaid > due.penalty)
        elif loan.state == "closed":
            self.owed = []
        self.arrears = [due_on for due_on in self.owed if due_on <= on]
        if loan.state != "active":
            self.year_from = None

    def happens(self, what: str | None, on: date) -> None:
        life, owed = self.life, sum(due.unpaid for due in self.life.loan.dues)
        if life.loan.state != "active":
            return
        if what in ("pay", "all") and owed:
            life.pay(Money(owed // 2 or 1 if what == "pay" else owed, "INR"), on)
        elif what == "foreclose":
            life.pay(Money(5_000_000, "INR"), on, "foreclosure")
        elif what == "write_off":
            life.write_off(on)
        elif what in ("plan", "other_day"):
            self.planned(what == "plan", on)

    def planned(self, eases: bool, on: date) -> None:
        """`eases`: a plan for who cannot pay; else another due day, which is none for who owes something."""
        if not eases and self.life.loan.dues:
            return
        terms = {"breaks_after_days": 20, "watch_months": MONTHS} if eases else {}
        try:
            self.life.plan(12, on, add_months(on, 1), **terms)
        except Refused:
            return
        if eases:
            self.year_from = add_months(on, 1)

    def own(self, scale: Scale, on: date, was: str) -> str:
        """The class at a day's end by the loan's own days and plan, when it was another the day before."""
        days = (on - self.arrears[0]).days if self.arrears else 0
        named = [STANDARD, *(name for name, since in scale.buckets if since <= days)][-1] if self.arrears else STANDARD
        if self.arrears and was == scale.non_performing:
            named = was
        if self.year_from is None:
            return named
        return "NPA" if scale is INDIA else named if named != STANDARD else "special_mention"


def walked(loans: list[tuple[int, dict[int, str]]], scale: Scale) -> tuple[list[Walked], list[list[str]]]:
    """The loans after all days, and the class of each at each day's end."""
    found = [
        Walked(Life(contract(fees="0", instalments=8), FIRST + lent * DAY, f"loan_{n}"), events, lent)
        for n, (lent, events) in enumerate(loans)
    ]
    own, whole, classes = [STANDARD] * len(found), STANDARD, [list[str]() for _ in found]
    for number in range(DAYS):
        on = FIRST + number * DAY
        for each in found:
            each.day(number)
        own = [each.own(scale, on, was) for each, was in zip(found, own, strict=True)]
        stays = whole == "NPA" and any(each.arrears for each in found)
        whole = "NPA" if "NPA" in own or stays else STANDARD
        for each, mine, told in zip(found, own, classes, strict=True):
            runs = number >= each.lent and each.life.loan.state in ("active", "written_off")
            told.append("NPA" if runs and whole == "NPA" and scale.non_performing else mine)
    return found, classes


@pytest.mark.parametrize("scale", [INDIA, CHINA])
@settings(max_examples=60, deadline=None)
@example([(0, {28: "plan", 29: "write_off"})])
@given(LOANS)
def test_the_class_of_every_day_is_the_oracles(scale: Scale, loans: list[tuple[int, dict[int, str]]]) -> None:
    found, classes = walked(loans, scale)
    accounts = [account(steps(each.life.start, each.life.contract, each.life.entries)) for each in found]

    for n, told in enumerate(classes):
        others = [other for m, other in enumerate(accounts) if m != n]
        by_day = {change.on: change.now for change in loan_history(accounts[n], others, scale)}
        named, seen = STANDARD, []
        for number in range(DAYS):
            named = by_day.get(FIRST + number * DAY, named)
            seen.append(named)
        assert seen == told
        assert loan_class(accounts[n], others, scale, FIRST + 200 * DAY) == told[200]


def test_another_due_day_is_no_restructuring() -> None:
    life = Life(contract()).plan(24, date(2026, 2, 10), date(2026, 3, 5))

    assert account(steps(life.start, life.contract, life.entries)).watches == ()


def test_a_watch_ends_with_the_loan() -> None:
    life = Life(contract()).plan(24, date(2026, 2, 10), date(2026, 3, 5), breaks_after_days=30, watch_months=12)
    life.pay(Money(5_000_000, "INR"), date(2026, 2, 20), "foreclosure")

    assert account(steps(life.start, life.contract, life.entries)).watches == (
        Span(date(2026, 2, 10), date(2026, 2, 20)),
    )

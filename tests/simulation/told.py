"""What a borrower must have been told, worked out by hand: look after look, from what was known at each of them.

It shares no rule with `notices.due_on`. Each look has the loan as it was known then, walked by hand to that day, and
the rules as they stand in the market's file: which stages there are, whom they wait for, and how often one may write.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.contract import Contract
from tests.simulation.facts import STANDARD, Due, Fact, last_of_month
from tests.simulation.oracle import ByHand
from tests.simulation.packs import rule
from tests.simulation.waivers import Programme

DAY = timedelta(days=1)
# What counts for the caps; a reminder of what is overdue also waits for the day after a day on which nobody collects.
COUNTED = ("upcoming", "due_today", "overdue")


@dataclass(frozen=True, slots=True)
class Look:
    """At noon of a day somebody looked at the loan: after something was booked, or at an hour of reminders.

    `facts` are all that the stage had been told by then and still held for true; `answers` are the notices that money
    which came or went back by then calls for.
    """

    on: date
    facts: tuple[Fact, ...]
    answers: tuple[str, ...] = ()


def must_be_told(contract: Contract, looks: Iterable[Look], rules: "Rules") -> dict[str, date]:
    """The notices that were sent by the last look, each with its day."""
    sent, counted, loan = dict[str, date](), Counter[date](), Walk(contract)
    for look in looks:
        here = loan.on(look)
        for notice_id in (*look.answers, *of_relief(here, look.facts), *wanted(here, look.on, rules)):
            kind = notice_id.partition(".")[0]
            if notice_id in sent or (kind in COUNTED and not rules.may_write(kind, counted, look.on)):
                continue
            sent[notice_id] = look.on
            counted[look.on] += kind in COUNTED
    return sent


class Walk:
    """The loan by hand, day after day; anew from its beginning when what is known of the past has changed."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.known, self.ended, self.loan = tuple[Fact, ...](), date.min, ByHand(contract)

    def on(self, look: Look) -> ByHand:
        """At noon of its day: dues and money of the day are there, its end has not come."""
        before = tuple(fact for fact in look.facts if fact.on < look.on)
        if tuple(fact for fact in before if fact.on <= self.ended) != self.known:
            self.ended, self.loan = date.min, ByHand(self.contract)
        day = max(self.ended + DAY, before[0].on) if before else look.on
        while day < look.on:
            self._day(self.loan, day, before)
            self.loan.end(day)
            day += DAY
        self.known, self.ended = before, look.on - DAY
        here = self.loan.copy()
        self._day(here, look.on, look.facts)
        return here

    def _day(self, loan: ByHand, day: date, facts: Iterable[Fact]) -> None:
        loan.fall_due(day)
        for fact in facts:
            if fact.on == day:
                loan.happen(fact)


def of_relief(loan: ByHand, facts: Iterable[Fact]) -> Iterator[str]:
    """That a waiver was granted, while it waits for its condition, that a plan was agreed, and what became of them;
    that nobody asked for the money in time. A loan has one of each at most."""
    became = {row.what for row in loan.rows}
    # Where nothing is to come any more, there is nothing to tell of how it is to be paid.
    broke = any(row.what == "plan broken" and row.amounts.get("instalment") for row in loan.rows)
    for fact in facts:
        if fact.kind == "granted":
            yield from [f"waiver_granted.{fact.name}"] * (loan.promise is not None)
            yield from [f"waiver_kept.{fact.name}"] * (f"waived {fact.name}" in became)
            yield from [f"waiver_lapsed.{fact.name}"] * (f"waiver lapsed {fact.name}" in became)
        elif fact.kind == "offered":
            yield from [f"settlement_offered.{fact.name}"] * (loan.promise is not None)
            yield from [f"settlement_kept.{fact.name}"] * (f"waived {fact.name}" in became)
            yield from [f"settlement_lapsed.{fact.name}"] * (f"waiver lapsed {fact.name}" in became)
        elif fact.kind == "sanctioned":
            yield from ["sanction_ended"] * (loan.state == "cancelled")
        elif fact.kind == "planned":
            yield from [f"plan_agreed.{fact.name}"] * ("plan agreed" in became)
            yield from [f"plan_broken.{fact.name}"] * broke


def wanted(loan: ByHand, on: date, rules: "Rules") -> Iterator[str]:
    """The ids of all that makes sense to tell on a day, sent or not: what is ahead, what is late, and what follows."""
    is_active = loan.state == "active"
    dues = sorted((due for due in loan.dues if due.unpaid), key=lambda due: due.on) if is_active else []
    overdue = [due for due in dues if due.on < on]
    for due in [*(due for due in dues if due.on >= on), *(coming(loan, on, rules) if is_active else [])]:
        days = (due.on - on).days
        stages = [stage for stage in rules.upcoming if days <= stage]
        if not days:
            yield f"due_today.due.{due.number}"
        elif stages:
            yield f"upcoming.{min(stages)}.due.{due.number}"
    if overdue:
        stages = [stage for stage in rules.overdue if stage <= (on - overdue[0].on).days]
        yield from (f"overdue.{stage}.due.{overdue[0].number}" for stage in stages[-1:])
    changes = [change for change in loan.classes if change[0] <= on]
    if not is_active:
        # Of a loan that is over only the way back is told.
        changes = [(day, was, now, cause) for day, was, now, cause in changes[-1:] if now == STANDARD]
    past = [change for change in changes if change[0] < on]
    if past:
        yield from _class_changed(*past[-1], is_overdue=bool(overdue), rules=rules)
    if overdue:
        yield from _preview(loan.arrears_since or on, overdue[0].on, on, rules)


def coming(loan: ByHand, on: date, rules: "Rules") -> list[Due]:
    """The next instalment, if it will demand anything and the first announcement of it is due."""
    then, day = loan.copy(), on
    then.principal, then.dues = then.not_yet_due, []
    for _ in range(max(rules.upcoming)):
        then.end(day)
        day += DAY
        then.fall_due(day)
        if found := [due for due in then.dues if due.unpaid]:
            return found
    return []


def _class_changed(on: date, was: str, now: str, cause: str, *, is_overdue: bool, rules: "Rules") -> Iterator[str]:
    """Who has just paid is not told of the class that his days had come to."""
    is_way_back, is_true = now == STANDARD, is_overdue or cause != "days"
    if now in rules.classes and (was in rules.classes if is_way_back else is_true):
        yield f"class_changed.{now}.{on}"


def _preview(since: date, oldest: date, on: date, rules: "Rules") -> Iterator[str]:
    """Before the first report of these arrears: that of the first reference date at whose end something is overdue."""
    day = max(on, oldest + DAY)
    while not rules.is_reference(day):
        day += DAY
    if max(since + DAY, day - rules.notice_days * DAY) <= on:
        yield f"credit_report_preview.{since}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Of a market's file on a day, as far as notices and waivers need them."""

    upcoming: tuple[int, ...]
    overdue: tuple[int, ...]
    classes: tuple[str, ...]
    per_day: int
    per_week: int
    nobody_collects_on: frozenset[date]
    reference_days: tuple[int, ...]
    notice_days: int
    waivers: Programme

    def may_write(self, kind: str, counted: Counter[date], on: date) -> bool:
        week = sum(times for day, times in counted.items() if on - 7 * DAY < day <= on)
        is_left_alone = kind == "overdue" and on in self.nobody_collects_on
        return counted[on] < self.per_day and week < self.per_week and not is_left_alone

    def is_reference(self, day: date) -> bool:
        return day.day in self.reference_days or (31 in self.reference_days and day == last_of_month(day))


def rules_of(market: str, on: date) -> Rules:
    """Those in force on a day."""
    notices, caps, file = (rule(market, name, on) for name in ("notices", "contact_caps", "credit_file"))
    opens, closes = rule(market, "contact_hours", on)
    assert opens <= "12:00" and closes > "14:30", "noon in India must be an hour of contact in every market"
    return Rules(
        upcoming=tuple(notices["upcoming"]),
        overdue=tuple(stage for stage, _ in notices["overdue"]),
        classes=tuple(notices["classes"]),
        per_day=caps["per_day"],
        per_week=caps["per_week"],
        nobody_collects_on=frozenset(map(date.fromisoformat, rule(market, "no_contact_on", on))),
        reference_days=tuple(file["reference_days"]),
        notice_days=file["notice_days"],
        waivers=Programme.of(rule(market, "waiver_programme", on)),
    )

"""Eighteen months in the life of a portfolio, stop by stop, with faults thrown in and counted."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import zip_longest
from random import Random
from typing import Any

from infra.local.client import TooLate
from shared.domain.money import Money
from shared.domain.repayment_orders import RepaymentOrder
from tests.simulation.app import App
from tests.simulation.calendars import stops
from tests.simulation.debiting import HOURS, Debiting
from tests.simulation.endings import Endings
from tests.simulation.habits import Payment
from tests.simulation.oracle import ByHand
from tests.simulation.payouts import Payouts
from tests.simulation.portfolio import Case, Told
from tests.simulation.progress import so_far
from tests.simulation.relief import Relief
from tests.simulation.stage import SLOW_SECONDS, Stage, until
from tests.simulation.told import rules_of

MARKETS = ("in", "cn")
# Of a hundred nights, how many are like that; all others come in time.
NIGHTS = {"missed": 9, "twice at once": 8, "killed": 7}
# Of a hundred stops with payments, at how many their worker is killed; and stops at which a queue gets a message that
# nobody can make sense of, or delivers some again.
KILLED_PAYMENTS, POISONED, REDELIVERED = 8, 6, 12
# After so long without an answer the next hour of reminders comes, one of contact in every market, or the next night.
NEXT_HOUR_AFTER, NEXT_HOUR, NEXT_NIGHT_AFTER = 45, 13, 20


class Simulation:
    def __init__(self, stage: Stage, cases: list[Case], first: date, last: date, chance: Random) -> None:
        self.stage, self.cases, self.first, self.last, self.chance = stage, cases, first, last, chance
        self.faults, self.spent = Counter[str](), defaultdict[str, float](float)
        self.rules = {market: rules_of(market, first) for market in MARKETS}
        self.relief = Relief(stage, self.rules, chance)
        self.endings = Endings(stage, self.relief, chance)
        self.debiting = Debiting(stage, cases, chance, self._until_told)
        self.payouts = Payouts(stage, cases, chance, self.faults, self._event)
        self.under_way = set[str]()
        self.night_of = dict.fromkeys(MARKETS, first)
        self.numbers, self.name = 0, f"{chance.getrandbits(40):010x}"

    def run(self, say: Callable[[str], None]) -> None:
        began, month = time.monotonic(), None
        at_stops = {day for market in MARKETS for day in stops(market, self.first, self.last)} | {self.last}
        for day in (self.first + timedelta(days=days) for days in range((self.last - self.first).days + 1)):
            with self.spent_on("debits"):
                self.debiting.run(day, HOURS[0])
            if day in at_stops:
                self.stage.turn_to(day)
                self.live(day)
            with self.spent_on("debits"):
                self.debiting.run(day, HOURS[1])
            if day in at_stops and day.month != month:
                month = day.month
                say(self.progress(day, time.monotonic() - began))
        with self.spent_on("coming to rest"):
            self.come_to_rest()
        say(self.progress(self.last, time.monotonic() - began))

    def live(self, day: date) -> None:
        """What happens at one stop; the nights begin before the day's money or after it, and reminders come last."""
        with self.spent_on("payouts"):
            self.payouts.at_stop(day)
        steps = [self.nights, self.money]
        for step in steps if self.chance.random() < 0.5 else reversed(steps):
            step(day)
        with self.spent_on("nights"):
            self.nights_end(day)
        with self.spent_on("relief and mandates"):
            for case in self.cases:
                self.relief.at_stop(case, day)
                self.endings.at_stop(case, day)
            self._until_told(self.relief.answers, day)
            self.relief.answers.clear()
            self.debiting.at_stop(day)
        self.upset(day)
        with self.spent_on("reminders"):
            self.remind(day)

    @contextmanager
    def spent_on(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.spent[what] += time.monotonic() - began

    # Nights and reminders

    def nights(self, day: date) -> None:
        """Begins those on which anything falls due: what nobody waits for is done while other things happen.

        A night on which relief or a sanction ends comes in time, since nobody is told of it before.
        """
        with self.spent_on("nights"):
            for market in MARKETS:
                cases, since = [case for case in self.cases if case.market == market], self.night_of[market]
                ends = any(self.relief.ends(case, since, day) or case.ends_unasked(since, day) for case in cases)
                if ends or any(since < due_on <= day for case in cases for due_on in case.due_on):
                    kind = "in time" if day == self.last or ends else self._drawn(NIGHTS)
                    self._night(market, kind)
                    self.night_of[market] = day if kind != "missed" else self.night_of[market]

    def _night(self, market: str, kind: str) -> None:
        if kind == "missed":
            self.faults["nights missed"] += 1
        elif kind == "killed":
            self.stage.outside.at_its_hour(f"night-{market}")
            self.faults["workers killed"] += self.stage.kill_while_working("work", "Night")
        elif kind == "twice at once":
            self.stage.two_starts_at_once(market)
            self.faults["nights started twice at once"] += 1
            self.under_way.add(market)
        else:
            self.stage.outside.at_its_hour(f"night-{market}")
            self.under_way.add(market)

    def _drawn(self, chances: dict[str, int]) -> str:
        return self.chance.choices([*chances, "in time"], [*chances.values(), 100 - sum(chances.values())])[0]

    def nights_end(self, day: date) -> None:
        """The index is asked with one read, and then whoever watches over the night, as at two o'clock.

        A loan that a payment's return reopened may lie under a day that the night had passed: the next one finds it.
        """
        for market in sorted(self.under_way):
            loan_ids = self._listed("work_on", self._of(market), day)
            try:
                self._until_done("work_on", loan_ids, day, NEXT_NIGHT_AFTER)
            except TooLate:
                self.stage.outside.at_its_hour(f"night-{market}")
                self._until_done("work_on", loan_ids, day)
            self.stage.outside.night_is_over(market, SLOW_SECONDS)
        self.under_way.clear()

    def remind(self, day: date) -> None:
        """An hour of reminders, in each market where the index has a loan to look at."""
        listed = {market: self._listed("notice_on", self._of(market), day) for market in MARKETS}
        for market in (market for market in MARKETS if listed[market]):
            self.stage.outside.at_its_hour(f"remind-{market}")
        loan_ids = [loan_id for market in MARKETS for loan_id in listed[market]]
        try:
            self._until_done("notice_on", loan_ids, day, NEXT_HOUR_AFTER)
        except TooLate:
            self._remind_again(day)
            self._until_done("notice_on", loan_ids, day)
        for case in self.cases:
            case.is_looked_at(day)

    def _of(self, market: str) -> list[str]:
        return [case.loan_id for case in self.cases if case.market == market]

    def _listed(self, index: str, loan_ids: Iterable[str], day: date) -> list[str]:
        """Those that an index has under the day or an earlier one."""
        heads = self.stage.heads(loan_ids)
        return [loan_id for loan_id, head in heads.items() if head.get(index, "9") <= day.isoformat()]

    def _remind_again(self, day: date) -> None:
        """The next hour of reminders. Two who looked at a loan at once leave it to that, each for what the other was
        sending; and it sends what somebody died at, who was killed or for whom this machine was too busy."""
        self.stage.turn_to(day, NEXT_HOUR)
        for market in MARKETS:
            self.stage.outside.at_its_hour(f"remind-{market}")

    def _until_done(self, index: str, loan_ids: list[str], day: date, seconds: float = SLOW_SECONDS) -> None:
        """Only what is still listed is read again."""
        left = [loan_ids]

        def is_so() -> bool:
            left.append(self._listed(index, left[-1], day))
            return not left[-1]

        until(f"{len(loan_ids)} loans under {index}", is_so, seconds)

    def upset(self, day: date) -> None:
        """Queues that deliver a message again, long after it was done, and one that gets what nobody understands."""
        if self.chance.randrange(100) < REDELIVERED:
            some = self.chance.sample(self.cases, min(len(self.cases), 5))
            self.stage.deliver("Notices", [{"task": "notice", "pk": case.loan_id, "sk": "entry#none"} for case in some])
            on = (day - timedelta(days=self.chance.randint(0, 40))).isoformat()
            self.stage.deliver("Night", [{"on": on, "loan_ids": [case.loan_id for case in some]}])
            self.faults["messages delivered again"] += len(some) + 1
        if self.chance.randrange(100) < POISONED and (self.last - day).days > 30:
            queue = self.chance.choice(("Night", "Notices", "Payments", "Sweep"))
            self.stage.poison(queue)
            self.faults["messages that nobody understands"] += 1

    # Payments

    def money(self, day: date) -> None:
        """What the rail tells at this stop: payments first, then those that went back. Of one loan, each is answered
        before the next is told, so that it is known what whoever answers could see."""
        with self.spent_on("payments"):
            news = [(case, case.due_news(day)) for case in self.cases]
            while any(found for _, found in news):
                told = [self._ordered(case, found.pop(0), day) for case, found in news if found]
                self._tell_of([each for each in told if each is not None], day)
        with self.spent_on("returns"):
            for back in zip_longest(*(case.due_returns(day) for case in self.cases)):
                self._give_back_payments([each for each in back if each is not None], day)

    def _tell_of(self, told: list[tuple[Case, Told]], day: date) -> None:
        events = [event for _, each in told for event in self._received(each)]
        if not told:
            return
        self.chance.shuffle(events)
        if events and self.chance.randrange(100) < KILLED_PAYMENTS:
            self.faults["workers killed"] += self.stage.killing("settle", "Payments", events)
        else:
            self.stage.tell(events)
        receipts = [(each.loan_id, f"receipt.{each.arrival}") for _, each in told]
        self._until_told(receipts, day)
        for case, each in told:
            case.told.append(each)
            case.is_looked_at(day)

    def _until_told(self, notices: list[tuple[str, str]], day: date) -> None:
        try:
            until("answers", lambda: self.stage.have_been_told(notices), NEXT_HOUR_AFTER)
        except TooLate:
            listed = self._listed("notice_on", (case.loan_id for case in self.cases), day)
            self._remind_again(day)
            self._until_done("notice_on", listed, day)
            until("answers", lambda: self.stage.have_been_told(notices))
            told = {loan_id for loan_id, _ in notices}
            for case in (case for case in self.cases if case.loan_id not in told):
                case.is_looked_at(day)

    def _give_back_payments(self, back: list[Told], day: date) -> None:
        if not back:
            return
        self.stage.tell([(self._event(), self._returned(each, day)) for each in back])
        answers = [(each.loan_id, f"payment_returned.{each.arrival}") for each in back]
        self._until_told(answers, day)
        self.faults["payments returned"] += len(back)
        for each in back:
            each.went_back = True
        for case in (case for case in self.cases if any(each in back for each in case.told)):
            case.is_looked_at(day)

    def _ordered(self, case: Case, payment: Payment, day: date) -> tuple[Case, Told] | None:
        """The order that a payment belongs to; none where there is nothing that could be paid."""
        if case.app is not None:
            return self._by_app(case, case.app, replace(payment, received_on=day))
        minor = self._to_close(case, payment) if payment.minor is None else payment.minor
        if minor is None:
            return None
        self.numbers += 1
        amount = Money(minor, case.contract.currency)
        told = Told(
            loan_id=case.loan_id,
            payment=payment,
            repayment_id=f"pay_{case.loan_id[5:]}_{self.numbers}",
            payment_id=f"upi_{self.name}_{self.numbers}",
            minor=minor,
            currency=amount.currency,
        )
        order = RepaymentOrder(
            *(told.repayment_id, case.loan_id, case.borrower_id, amount, payment.purpose, case.contract.payee_vpa),
            *("ordered", self.stage.now()),
        )
        self.stage.order_repayment(order)
        self.faults["payments told weeks later"] += payment.is_late_news
        self.faults["payments told several times"] += payment.times > 1
        return case, told

    def _by_app(self, case: Case, app: App, payment: Payment) -> tuple[Case, Told] | None:
        paid = app.pay_what_is_due(case.loan_id)
        if paid is None:
            return None
        return case, Told(case.loan_id, payment, paid.repayment_id, paid.payment_id, paid.minor, "INR", by_itself=True)

    def _to_close(self, case: Case, payment: Payment) -> int | None:
        """What the oracle knows to close the loan on that day, or about as much."""
        day = payment.received_on
        known = [fact for fact in case.facts(self.stage.payouts()) if fact.on < day]
        by_hand = ByHand(case.contract).live(known, day - timedelta(days=1))
        by_hand.fall_due(day)
        if by_hand.state != "active":
            return None
        by_hand.charge(day)
        return max(
            by_hand.to_close(day, payment.purpose) - by_hand.excess + self.chance.choice((0, 0, 0, 5_000, -1)), 1
        )

    def _received(self, told: Told) -> list[tuple[str, dict[str, Any]]]:
        """Told again, it is the same message, and now and then another one about the same payment."""
        if told.by_itself:
            return []
        body = {
            "type": "payment.received",
            "payment_id": told.payment_id,
            "reference": told.repayment_id,
            "amount": {"minor": told.minor, "currency": told.currency},
            "received_on": told.payment.received_on.isoformat(),
        }
        same = self._event()
        return [(same if number < 2 else self._event(), body) for number in range(told.payment.times)]

    def _returned(self, told: Told, day: date) -> dict[str, Any]:
        return {
            "type": "payment.returned",
            "payment_id": told.payment_id,
            "reference": told.repayment_id,
            "returned_on": day.isoformat(),
        }

    def _event(self) -> str:
        self.numbers += 1
        return f"evt_{self.name}_{self.numbers}"

    # The end

    def come_to_rest(self) -> None:
        """Nothing is due, no money is on its way, and no message waits."""
        for market in MARKETS:
            self.stage.outside.night(market, SLOW_SECONDS)
        until("the last refunds", self._is_at_rest)
        self.stage.catch_up()
        until("the queues", self.stage.is_quiet)

    def _is_at_rest(self) -> bool:
        heads = self.stage.heads(case.loan_id for case in self.cases).values()
        return all(not head.get("payout_id") and head.get("work_on", "9") > self.last.isoformat() for head in heads)

    def progress(self, day: date, seconds: float) -> str:
        known = so_far(self.cases, self.stage.heads(case.loan_id for case in self.cases).values(), self.faults)
        return f"{day}  day {(day - self.first).days:3} of {(self.last - self.first).days}: {known}  ({seconds:.0f} s)"

"""What the books of a loan must say, worked out by hand: day after day, from what happened outside and the contract.

It shares no rule with the product's engine. That one keeps sums and corrects them; this one has no past to correct: it
is given what really happened, in the order of the days, and walks through all of them with exact fractions.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.simulation.facts import DAY, STANDARD, Due, Fact, NewTerms, Promise, Watch, Watched, moved
from tests.simulation.given_up import GivenUp


@dataclass(slots=True)
class ByHand(GivenUp):
    """A loan that lives through its days."""

    def live(self, facts: Iterable[Fact], through: date) -> "ByHand":
        """Every day from the first on which anything happened to the last, its end included."""
        facts = sorted(facts, key=lambda fact: fact.on)
        day = facts[0].on if facts else through
        while day <= through:
            self.fall_due(day)
            for fact in facts:
                if fact.on == day:
                    self.happen(fact)
            self.end(day)
            day += DAY
        return self

    def happen(self, fact: Fact) -> None:
        if fact.kind == "disbursed":
            self.disburse(fact)
        elif fact.kind == "received":
            self.receive(fact)
        elif fact.kind == "granted":
            self.charge(fact.on)
            self.note(fact.on, "waiver granted", pay=fact.amount, waived=fact.waived)
            self.promise = Promise(fact.name, fact.by, fact.amount, fact.waived) if self.state == "active" else None
        elif fact.kind == "offered":
            self.charge(fact.on)
            self.note(fact.on, "settlement offered", pay=fact.amount)
            is_owed = self.state == "active" or self.lost
            self.promise = Promise(fact.name, fact.by, fact.amount, 0, closes=True) if is_owed else None
        elif fact.kind == "planned":
            self.plan(fact)
        elif fact.kind == "written_off":
            self.write_off(fact.on)
        elif fact.kind == "sanctioned":
            self.ask_by = fact.by
        else:
            self.excess -= fact.amount
            self.post(excess=fact.amount, lender_funds=-fact.amount)
            self.note(fact.on, "refunded", amount=fact.amount)

    def disburse(self, fact: Fact) -> None:
        contract, terms = self.contract, self.contract.terms
        self.state, self.principal, self.since = "active", terms.principal.minor, fact.on
        self.instalment, self.anchor, self.last_number = contract.instalment.minor, fact.on, terms.instalments
        if terms.due_day is not None:
            first = fact.on + max(terms.first_due_after_days, 1) * DAY
            self.anchor = moved(first.replace(day=terms.due_day), int(first.day > terms.due_day) - 1)
        fees, taxes = sum(fee.amount.minor for fee in contract.fees), sum(fee.tax.minor for fee in contract.fees)
        net = self.principal - fees - taxes
        self.post(principal=self.principal, lender_funds=-net, fee_income=-fees, tax_payable=-taxes)
        self.note(fact.on, "disbursed", amount=self.principal)

    def fall_due(self, day: date) -> None:
        if self.promise and day > self.promise.by:
            self.note(day, f"waiver lapsed {self.promise.name}")
            self.promise = None
        self.watch_over(day)
        if self.state == "sanctioned" and self.ask_by and day > self.ask_by:
            self.state = "cancelled"
            self.note(day, "nobody asked for it")
        if self.state != "active" or self.number > self.last_number or day != self.due_on(self.number):
            return
        if not self.not_yet_due and not self.interest():
            return
        self.counts_anew(day)
        self.charge(day)
        interest, rest = self.interest(), self.instalment - self.ahead
        is_last = self.number == self.last_number or self.not_yet_due + interest <= max(rest, 0)
        is_last = is_last or not self.not_yet_due
        self.carried = interest if rest <= 0 and not is_last else 0
        interest -= self.carried
        principal = self.not_yet_due if is_last else min(max(rest - interest - self.carried, 0), self.not_yet_due)
        self.note(day, f"due {self.number}", principal=principal, interest=interest)
        self.post(interest_receivable=interest, interest_income=-interest)
        if principal + interest:
            self.dues.append(Due(self.number, day, {"principal": principal, "interest": interest, "penalty": 0}))
        self.ahead = max(0, self.ahead - self.instalment)
        self.number, self.since, self.weighed, self.booked = self.number + 1, day, 0, 0
        held = max(self.excess, 0)
        lines = self.settle(held, day)
        self.excess -= sum(lines.values())
        self.post(excess=sum(lines.values()))
        self.note(day, "settled from excess", **lines)
        self.close_if_over(day)

    def receive(self, fact: Fact) -> None:
        day, amount = fact.on, fact.amount
        self.counts_anew(day)
        self.post(lender_funds=amount)
        if self.state != "active":
            self.recover(fact)
            return
        self.charge(day)
        rest = max(self.to_close(day, fact.purpose) - self.excess, 0)
        given_up, is_settlement = self.given_up(rest), self.promise is not None and self.promise.closes
        if fact.purpose != "instalment" and amount >= rest - given_up and not (is_settlement and given_up):
            self.close_early(fact, given_up)
        else:
            self.use(fact)
        self.keep_promise(fact)
        self.close_if_over(day)

    def use(self, fact: Fact) -> None:
        """Dues first, then what he had been given too much, then ahead of time or off the principal; else it waits."""
        day = fact.on
        asked = fact.amount - self.beyond(fact.amount)
        lines = self.settle_what_is_asked(asked, day)
        rest = max(asked - sum(lines.values()) + min(self.excess, 0), 0)
        interest = 0
        if fact.purpose == "instalment":
            payable, interest = self.payable_early(rest, day), min(rest, self.interest())
            principal = min(rest - interest, payable)
            self.ahead += interest + principal
        else:
            principal = min(rest, self.payable_early(rest, day))
        if principal == self.not_yet_due:
            lines = self.put_off_too(lines, rest - interest - principal, day)
        self.principal, self.booked = self.principal - principal, self.booked + interest
        kept = fact.amount - sum(lines.values()) - interest - principal
        self.excess += kept
        self.post(principal=-principal, interest_income=-interest, excess=-kept)
        early = {"interest early": interest, "principal early": principal, "excess": kept}
        self.note(day, f"received {fact.name}", **lines, **early)
        if principal and fact.purpose != "instalment" and self.contract.prepayment == "smaller_instalment":
            # It counts from what is unpaid, so that nothing of it was paid ahead.
            self.instalment, self.ahead = self.smaller(), 0

    def payable_early(self, rest: int, day: date) -> int:
        """Where closing early costs something, the last instalment's principal is paid early by closing only."""
        is_last = self.number == self.last_number or not self.not_yet_due
        if not self.contract.foreclosure_rate or is_last or self.ahead + rest <= self.instalment:
            return self.not_yet_due
        coming = self.to_come(day)
        return self.not_yet_due - coming[-1] if len(coming) > 1 else self.not_yet_due

    def dues_to_come(self, day: date) -> list[tuple[date, int]]:
        """What is to be paid on which day, if all of it is; what is overdue already is left out."""
        then, coming = self.copy(), list[tuple[date, int]]()
        then.principal, then.dues = then.not_yet_due, [due for due in then.dues if due.on > day]
        while then.principal or then.dues:
            then.end(day)
            day += DAY
            then.fall_due(day)
            if paid := sum(sum(due.parts.values()) for due in then.dues if due.on <= day):
                coming.append((day, paid))
                then.principal, then.dues = then.not_yet_due, [due for due in then.dues if due.on > day]
        return coming

    def to_come(self, day: date) -> list[int]:
        """The principal of each due to come, if every one is paid on its date."""
        then, coming = self.copy(), list[int]()
        then.principal, then.dues, then.excess, then.rows = self.not_yet_due, [], 0, []
        while then.principal:
            then.end(day)
            day += DAY
            then.fall_due(day)
            coming += [due.parts["principal"] for due in then.dues]
            then.principal, then.dues = then.not_yet_due, []
        return coming

    def close_early(self, fact: Fact, given_up: int) -> None:
        charge, spared = self.charge_for_closing(fact.on, fact.purpose), self.waivable(given_up)
        interest, kept = self.interest(), fact.amount - self.to_close(fact.on, fact.purpose) + given_up
        whole = {f"{due.number} {part}": amount for due in self.dues for part, amount in due.parts.items()}
        lines = {name: amount - spared.get(name, 0) for name, amount in whole.items()}
        early = {"interest early": interest, "principal early": self.not_yet_due, "excess": kept}
        self.note(fact.on, f"received {fact.name}", **lines, **early, **{"for closing": sum(charge.values())})
        self.take(lines, -1)
        self.clear(lines)
        self.post(principal=-self.principal, interest_income=-interest, excess=-kept)
        self.post(fee_income=-charge["fee"], tax_payable=-charge["tax"])
        self.principal, self.excess, self.booked = 0, self.excess + kept, self.booked + interest

    def close_if_over(self, day: date) -> None:
        if not self.principal and not self.dues and self.excess >= 0 and not self.interest():
            self.state, self.promise, self.watched, self.watch = "closed", None, None, None
            self.note(day, "closed")

    def end(self, day: date) -> None:
        """The night after a day: what was owed at its end earns, and is late."""
        if self.state == "active":
            self.weighed += self.earning()
        terms = self.contract.penal
        for due in self.dues:
            if due.on > day:
                continue
            due.overdue = due.overdue or due.unpaid
            if terms is not None and (terms.grace == "defers" or day >= due.on + terms.grace_days * DAY):
                due.late += due.unpaid
        self.judge(day)

    def judge(self, day: date) -> None:
        """The class at the day's end: by the oldest due that is open, and non-performing until none is. After a plan
        that can be broken it is at least that of a restructured loan."""
        dues = (*self.dues, *self.late_for_good)
        oldest = min((due.on for due in dues if due.unpaid and due.on <= day), default=None)
        self.arrears_since = (self.arrears_since or day) if oldest else None
        self.days_past_due = (day - oldest).days if oldest else 0
        rules = self.rules
        was = self.classes[-1][2] if self.classes else STANDARD
        reached = [name for name, since in self.contract.buckets if self.days_past_due >= since] if oldest else []
        late = reached[-1] if reached else STANDARD
        if oldest and was == rules.non_performing:
            late = was
        now = rules.worse(late, rules.restructured) if self.watch else late
        if now != was:
            self.classes.append((day, was, now, "days" if now == late else "restructured"))

    # Plans

    def plan(self, fact: Fact) -> None:
        """New terms for the same debt: what is overdue of the principal is spread again with the rest of it."""
        terms, day = fact.terms, fact.on
        assert terms is not None
        self.charge(day)
        if self.state != "active":
            self.note(day, "plan agreed")
            return
        interest, penalty = (sum(due.parts[part] for due in self.dues) for part in ("interest", "penalty"))
        added = interest if terms.adds_interest else 0
        self.principal += added
        self.post(principal=added, interest_receivable=-added)
        numbers = [due.number for due in self.dues]
        kept = {"principal": 0, "interest": interest - added, "penalty": penalty}
        self.dues = [Due(min(numbers), terms.first_on, kept)] if any(kept.values()) else []
        if terms.breaks_after is not None:
            self.watched = Watched(terms.breaks_after, (self.anchor, self.anchor_number, self.last_number))
            self.watch = Watch(terms.first_on, terms.watch_months)
        self.turn_over(terms, day)
        put_off = {f"{part} put off": amount for part, amount in kept.items()}
        self.note(day, "plan agreed", instalment=self.instalment, last=self.last_number, added=added, **put_off)

    def turn_over(self, terms: NewTerms, day: date) -> None:
        """To the plan's dates. Interest that was paid ahead by the former dates ends the period there and then; what
        it had earned comes with the first instalment, whose sum is that of the period from its beginning on."""
        were, accrued = [self.due_on(self.number + step) for step in (-1, 0)], self.interest()
        if terms.keeps_anchor:
            steps = self.anchor_number
            while self.due_on(steps) < terms.first_on:
                steps += 1
            self.anchor_number += self.number - steps
        else:
            self.anchor, self.anchor_number = terms.first_on, self.number
        self.last_number = self.number + terms.instalments - 1
        self.instalment, self.ahead = self.smaller(), 0
        if self.booked and were != [self.due_on(self.number + step) for step in (-1, 0)]:
            self.since, self.weighed, self.booked, self.carried = day, 0, 0, accrued

    def watch_over(self, day: date) -> None:
        """A plan breaks when a due of it is open for too long; a watch ends when every due was paid in time."""
        if self.state != "active":
            return
        open_since = [due.on for due in self.dues if due.unpaid]
        if self.watched and open_since and day > min(open_since) + self.watched.days * DAY:
            self.break_plan(day)
        if self.watch and day == moved(self.watch.since, self.watch.months) and not self.is_late(day):
            self.watched = self.watch = None
            self.note(day, "watch ended")

    def counts_anew(self, day: date) -> None:
        """Before something is booked: the day on which arrears are paid is a late one, and the last."""
        if self.watch and self.state == "active" and self.is_late(day):
            self.watch.since = day

    def break_plan(self, day: date) -> None:
        """To the former last date again, in equal instalments on the former dates that are left."""
        assert self.watched is not None
        self.counts_anew(day)
        now, first = (self.anchor, self.anchor_number), self.number
        self.anchor, self.anchor_number, last = self.watched.former
        left = [number for number in range(1, last + 1) if self.due_on(number) >= day]
        if left:
            self.anchor_number += first - left[0]
            self.last_number = first + len(left) - 1
        else:
            (self.anchor, self.anchor_number), self.last_number = now, first
        self.instalment = self.smaller() if self.not_yet_due else 0
        self.ahead, self.watched = 0, None
        self.note(day, "plan broken", instalment=self.instalment, last=self.last_number)

    def put_off_too(self, lines: Counter[str], rest: int, day: date) -> Counter[str]:
        """With the last of the principal, what a plan put off is paid too: no later due would take money for it."""
        more = Counter[str]()
        for due in (due for due in self.dues if due.on > day):
            for part in due.parts:
                more[f"{due.number} {part}"] = min(max(rest - more.total(), 0), due.parts[part])
        self.take(more, -1)
        self.clear(more)
        return lines + more

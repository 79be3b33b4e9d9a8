"""What the books of a loan must say, worked out by hand: day after day, from what happened outside and the contract.

It shares no rule with the product's engine. That one keeps sums and corrects them; this one has no past to correct: it
is given what really happened, in the order of the days, and walks through all of them with exact fractions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import floor

from shared.domain.contract import Contract
from tests.simulation.facts import DAY, STANDARD, Due, Fact, Promise, Row, last_of_month, moved, nearest


@dataclass(slots=True)
class ByHand:
    """The loan on a day. `weighed` is the sum of what earned interest on each day of the period that is running."""

    contract: Contract
    state: str = "sanctioned"
    rows: list[Row] = field(default_factory=list)
    accounts: Counter[str] = field(default_factory=Counter)
    classes: list[tuple[date, str, str]] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    days_past_due: int = 0
    arrears_since: date | None = None
    promise: Promise | None = None
    principal: int = 0
    excess: int = 0
    number: int = 1
    instalment: int = 0
    anchor: date = date.min
    since: date = date.min
    weighed: int = 0
    booked: int = 0
    ahead: int = 0
    carried: int = 0

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

    def copy(self) -> "ByHand":
        """One that goes on apart from this one."""
        return replace(
            self,
            rows=[*self.rows],
            accounts=Counter(self.accounts),
            classes=[*self.classes],
            dues=[replace(due, parts=dict(due.parts)) for due in self.dues],
            promise=self.promise and replace(self.promise),
        )

    def happen(self, fact: Fact) -> None:
        if fact.kind == "disbursed":
            self.disburse(fact)
        elif fact.kind == "received":
            self.receive(fact)
        elif fact.kind == "granted":
            self.charge(fact.on)
            self.note(fact.on, "waiver granted", pay=fact.amount, waived=fact.waived)
            self.promise = Promise(fact.by, fact.amount, fact.waived) if self.state == "active" else None
        else:
            self.excess -= fact.amount
            self.post(excess=fact.amount, lender_funds=-fact.amount)
            self.note(fact.on, "refunded", amount=fact.amount)

    def disburse(self, fact: Fact) -> None:
        contract, terms = self.contract, self.contract.terms
        self.state, self.principal, self.since = "active", terms.principal.minor, fact.on
        self.instalment, self.anchor = contract.instalment.minor, fact.on
        if terms.due_day is not None:
            first = fact.on + max(terms.first_due_after_days, 1) * DAY
            self.anchor = moved(first.replace(day=terms.due_day), int(first.day > terms.due_day) - 1)
        fees, taxes = sum(fee.amount.minor for fee in contract.fees), sum(fee.tax.minor for fee in contract.fees)
        net = self.principal - fees - taxes
        self.post(principal=self.principal, lender_funds=-net, fee_income=-fees, tax_payable=-taxes)
        self.note(fact.on, "disbursed", amount=self.principal)

    def due_on(self, number: int) -> date:
        """Counted from the anchor, which is due number 0."""
        terms = self.contract.terms
        on = moved(self.anchor, number)
        if terms.due_day is None and terms.month_end == "stays_last" and self.anchor == last_of_month(self.anchor):
            return last_of_month(on)
        return on

    @property
    def not_yet_due(self) -> int:
        return self.principal - sum(due.parts["principal"] for due in self.dues)

    def earning(self) -> int:
        if not self.not_yet_due:
            return 0
        return self.principal if self.contract.terms.interest_on_overdue else self.not_yet_due

    def part_of_year(self, since: date, until: date, number: int) -> Fraction:
        """What a period counts. A month is a twelfth where days do not count; a broken one has months of 30 days."""
        terms = self.contract.terms
        if terms.interest_period == "daily" and terms.day_count != "30/360":
            return Fraction((until - since).days, {"actual/365": 365, "actual/360": 360}[terms.day_count])
        if since == self.due_on(number - 1):
            return Fraction(1, 12)
        months = 12 * (until.year - since.year) + until.month - since.month
        return Fraction(30 * months + min(until.day, 30) - min(since.day, 30), 360)

    def interest(self) -> int:
        """What the running period has earned so far and no entry has booked."""
        until = self.due_on(self.number)
        a_day = self.part_of_year(self.since, until, self.number) / (until - self.since).days
        return nearest(self.weighed * Fraction(self.contract.terms.annual_rate) * a_day) + self.carried - self.booked

    def fall_due(self, day: date) -> None:
        if self.promise and day > self.promise.by:
            self.promise = None
            self.note(day, "waiver lapsed")
        if self.state != "active" or self.number > self.contract.terms.instalments or day != self.due_on(self.number):
            return
        if not self.not_yet_due and not self.interest():
            return
        self.charge(day)
        interest, rest = self.interest(), self.instalment - self.ahead
        is_last = self.number == self.contract.terms.instalments or self.not_yet_due + interest <= max(rest, 0)
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

    def charge(self, day: date) -> None:
        """Books what default has cost up to the day."""
        terms = self.contract.penal
        if terms is None or self.state != "active":
            return
        amounts = dict[str, int]()
        for due in self.dues:
            whole = self.cost_of_default(due, day)
            if whole > due.charged:
                tax = nearest(whole * Fraction(terms.tax_rate))
                charge, more_tax = whole - due.charged, tax - due.taxed
                due.charged, due.taxed = whole, tax
                due.parts["penalty"] += charge + more_tax
                amounts |= {f"{due.number} penalty": charge, f"{due.number} tax": more_tax}
                self.post(penalty_receivable=charge + more_tax, penalty_income=-charge, tax_payable=-more_tax)
        self.note(day, "penal charge", **amounts)

    def cost_of_default(self, due: Due, day: date) -> int:
        terms = self.contract.penal
        assert terms is not None
        if day <= due.on + terms.grace_days * DAY:
            return 0
        days_of_year = {"actual/365": 365, "actual/360": 360}[terms.day_count]
        cost = nearest(due.late * Fraction(terms.annual_rate) / days_of_year)
        return cost if terms.cap_share is None else min(cost, floor(due.overdue * Fraction(terms.cap_share)))

    def settle(self, amount: int, day: date) -> dict[str, int]:
        """Pays open dues in the contract's order, the oldest first; what each part of each due got."""
        order, got = self.contract.waterfall, dict[str, int]()
        assert not order.is_vertical, "no market pack has a vertical order"
        groups = (
            ([due for due in self.dues if due.on < day], order.past_due),
            ([due for due in self.dues if due.on == day], order.due),
            (self.dues, order.afterwards),
        )
        for dues, parts in groups:
            for due in dues:
                for part in (part for part in parts if part != "fee"):
                    taken = min(amount, due.parts[part])
                    due.parts[part] -= taken
                    amount -= taken
                    if taken:
                        got[f"{due.number} {part}"] = taken
        self.clear(got)
        return got

    def clear(self, got: Mapping[str, int]) -> None:
        """The accounts of what was settled, and the dues of which nothing is left."""
        for name, taken in got.items():
            part = name.split()[1]
            self.post(**{part if part == "principal" else f"{part}_receivable": -taken})
            self.principal -= taken if part == "principal" else 0
        self.dues = [due for due in self.dues if any(due.parts.values())]

    def receive(self, fact: Fact) -> None:
        day, amount = fact.on, fact.amount
        self.post(lender_funds=amount)
        if self.state != "active":
            self.excess += amount
            self.post(excess=-amount)
            self.note(day, f"received {fact.name}", excess=amount)
            return
        self.charge(day)
        rest = max(self.to_close(day, fact.purpose) - self.excess, 0)
        if fact.purpose != "instalment" and amount >= rest - self.given_up(rest):
            self.close_early(fact, self.given_up(rest))
        else:
            self.use(fact)
        self.keep_promise(fact)
        self.close_if_over(day)

    def given_up(self, rest: int) -> int:
        """What the waiver takes off a sum that pays everything: its own condition is the least that is paid."""
        if self.promise is None:
            return 0
        most = sum(self.waivable().values())
        return max(min(most, rest - (self.promise.pay - self.promise.paid)), 0)

    def waivable(self, most: int | None = None) -> dict[str, int]:
        """The penal charges that the waiver would give up, the oldest first."""
        left, lines = self.promise.waived if self.promise else 0, dict[str, int]()
        left = left if most is None else min(left, most)
        for due in self.dues:
            taken = min(left, due.parts["penalty"])
            left -= taken
            if taken:
                lines[f"{due.number} penalty"] = taken
        return lines

    def keep_promise(self, fact: Fact) -> None:
        """What was paid counts, and once it is enough the charges that are still unpaid are given up."""
        if self.promise is None:
            return
        self.promise.paid += fact.amount
        if self.promise.paid < self.promise.pay:
            return
        lines, tax = self.waivable(), Fraction(self.contract.penal.tax_rate if self.contract.penal else 0)
        self.take(lines, -1)
        self.dues = [due for due in self.dues if any(due.parts.values())]
        whole = sum(lines.values())
        of_tax = nearest(whole * tax / (1 + tax))
        self.post(waivers=whole - of_tax, tax_payable=of_tax, penalty_receivable=-whole)
        self.note(fact.on, "waived", **lines)
        self.promise = None

    def take(self, lines: Mapping[str, int], times: int) -> None:
        """Adds so many times the amounts of the lines to what the dues have open."""
        for due in self.dues:
            for part in due.parts:
                due.parts[part] += times * lines.get(f"{due.number} {part}", 0)

    def settle_what_is_asked(self, amount: int, day: date) -> Counter[str]:
        """As `settle`; once the condition of a waiver is met, the rest pays nothing that the waiver gives up."""
        if self.promise is None or amount <= self.promise.pay - self.promise.paid:
            return Counter(self.settle(amount, day))
        first = Counter(self.settle(self.promise.pay - self.promise.paid, day))
        spared, dues = self.waivable(), self.dues
        self.take(spared, -1)
        then = Counter(self.settle(amount - first.total(), day))
        self.dues = dues
        self.take(spared, 1)
        self.dues = [due for due in self.dues if any(due.parts.values())]
        return first + then

    def use(self, fact: Fact) -> None:
        """Dues first, then what he had been given too much, then ahead of time or off the principal; else it waits."""
        day = fact.on
        lines = self.settle_what_is_asked(fact.amount, day)
        rest = max(fact.amount - sum(lines.values()) + min(self.excess, 0), 0)
        interest = 0
        if fact.purpose == "instalment":
            payable, interest = self.payable_early(rest, day), min(rest, self.interest())
            principal = min(rest - interest, payable)
            self.ahead += interest + principal
        else:
            principal = min(rest, self.payable_early(rest, day))
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
        is_last = self.number == self.contract.terms.instalments or not self.not_yet_due
        if not self.contract.foreclosure_rate or is_last or self.ahead + rest <= self.instalment:
            return self.not_yet_due
        coming = self.to_come(day)
        return self.not_yet_due - coming[-1] if len(coming) > 1 else self.not_yet_due

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

    def smaller(self) -> int:
        """The equal instalment of what is left: each worth less by the interest until then, they are worth it."""
        terms, worth, growth, since = self.contract.terms, Fraction(0), Fraction(1), self.since
        for number in range(self.number, terms.instalments + 1):
            until = self.due_on(number)
            growth *= 1 + Fraction(terms.annual_rate) * self.part_of_year(since, until, number)
            worth, since = worth + 1 / growth, until
        multiple = terms.instalment_multiple_minor
        exact = self.not_yet_due / worth / multiple
        return multiple * (floor(exact) if terms.instalment_rounding == "ROUND_DOWN" else nearest(exact))

    def to_close(self, day: date, purpose: str) -> int:
        """What ends the loan on a day, before what is held for the borrower."""
        unpaid = sum(sum(due.parts.values()) for due in self.dues)
        return self.not_yet_due + unpaid + self.interest() + sum(self.charge_for_closing(day, purpose).values())

    def charge_for_closing(self, day: date, purpose: str) -> dict[str, int]:
        """The charge and its tax; in the cooling-off days none, and the fees back where the contract says so."""
        contract = self.contract
        lent_on = next(row.on for row in reversed(self.rows) if row.what == "disbursed")
        if purpose == "cooling_off" and day <= lent_on + contract.cooling_off_days * DAY:
            back = () if contract.cooling_off_keeps_fees else contract.fees
            return {"fee": -sum(fee.amount.minor for fee in back), "tax": -sum(fee.tax.minor for fee in back)}
        charge = nearest(self.not_yet_due * Fraction(contract.foreclosure_rate))
        return {"fee": charge, "tax": nearest(charge * Fraction(contract.foreclosure_tax_rate))}

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
            self.state, self.promise = "closed", None
            self.note(day, "closed")

    def end(self, day: date) -> None:
        """The night after a day: what was owed at its end earns, and is late."""
        if self.state == "active":
            self.weighed += self.earning()
        terms = self.contract.penal
        for due in self.dues:
            due.overdue = due.overdue or due.unpaid
            if terms is not None and (terms.grace == "defers" or day >= due.on + terms.grace_days * DAY):
                due.late += due.unpaid
        self.judge(day)

    def judge(self, day: date) -> None:
        """The class at the day's end: by the oldest due that is open, and non-performing until none is."""
        oldest = min((due.on for due in self.dues if due.unpaid), default=None)
        self.arrears_since = (self.arrears_since or day) if oldest else None
        self.days_past_due = (day - oldest).days if oldest else 0
        was = self.classes[-1][2] if self.classes else STANDARD
        reached = [name for name, since in self.contract.buckets if self.days_past_due >= since] if oldest else []
        now = reached[-1] if reached else STANDARD
        if now != was and not (was == "NPA" and oldest):
            self.classes.append((day, was, now))

    def post(self, **amounts: int) -> None:
        """Adds to accounts, debit less credit."""
        self.accounts.update(amounts)

    def note(self, day: date, what: str, **amounts: int) -> None:
        kept = {name: amount for name, amount in amounts.items() if amount}
        if kept or what.startswith(("due", "received", "waive", "closed")):
            self.rows.append(Row(day, what, kept))

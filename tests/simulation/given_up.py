"""What lenders give up, by hand: a waiver or a settlement once its condition is met, and all that is written off."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.simulation.facts import Fact, nearest
from tests.simulation.sheet import Sheet


@dataclass(slots=True)
class GivenUp(Sheet):
    """The sheet, and what takes claims off it that nobody paid."""

    def write_off(self, day: date) -> None:
        """All that is owed leaves the books, with interest that no due has demanded yet; it is owed all the same."""
        self.charge(day)
        if self.state == "active":
            interest, dues = self.interest(), Counter[str]()
            for due in self.dues:
                dues.update(due.parts)
            self.lost = self.not_yet_due + interest + dues.total()
            self.post(write_offs=self.lost, principal=-self.principal, interest_income=-interest)
            self.post(interest_receivable=-dues["interest"], penalty_receivable=-dues["penalty"])
            self.state, self.principal, self.late_for_good, self.dues = "written_off", 0, self.dues, []
            self.booked += interest
            self.promise = self.watched = self.watch = None
        self.note(day, "written off", amount=self.lost)

    def recover(self, fact: Fact) -> None:
        """Of a loan that was written off, what is owed still; all else is the borrower's."""
        recovered = min(fact.amount - self.beyond(fact.amount), self.lost)
        self.lost -= recovered
        self.late_for_good = self.late_for_good if self.lost else []
        self.excess += fact.amount - recovered
        self.post(recoveries=-recovered, excess=recovered - fact.amount)
        self.note(fact.on, f"received {fact.name}", recovered=recovered, excess=fact.amount - recovered)
        self.keep_promise(fact)

    def debt(self, day: date) -> int:
        """What ends the loan without a charge for closing; after a write-off, what is owed still."""
        if self.state != "active":
            return self.lost
        here = self.copy()
        here.charge(day)
        return here.not_yet_due + sum(sum(due.parts.values()) for due in here.dues) + here.interest() - here.excess

    def given_up(self, rest: int) -> int:
        """What the waiver takes off a sum that pays everything: its own condition is the least that is paid."""
        if self.promise is None:
            return 0
        most = rest if self.promise.closes else sum(self.waivable().values())
        return max(min(most, rest - (self.promise.pay - self.promise.paid)), 0)

    def beyond(self, amount: int) -> int:
        """What of so much money is more than the settlement asks for."""
        if self.promise is None or not self.promise.closes:
            return 0
        return max(self.promise.paid + amount - self.promise.pay, 0)

    def keep_promise(self, fact: Fact) -> None:
        """What was paid counts, and once it is enough the charges that are still unpaid are given up."""
        if self.promise is None:
            return
        self.promise.paid += fact.amount
        if self.promise.paid < self.promise.pay:
            return
        lines = self.waivable()
        if self.promise.closes:
            lines = {f"{due.number} {part}": amount for due in self.dues for part, amount in due.parts.items()}
            self.give_up_the_rest(self.beyond(0))
        self.take(lines, -1)
        self.dues = [due for due in self.dues if any(due.parts.values())]
        self.give_up_penalty(sum(amount for name, amount in lines.items() if name.endswith("penalty")))
        self.note(fact.on, f"waived {self.promise.name}", **lines)
        self.promise = None

    def give_up_penalty(self, whole: int) -> None:
        tax = Fraction(self.contract.penal.tax_rate if self.contract.penal else 0)
        of_tax = nearest(whole * tax / (1 + tax))
        self.post(waivers=whole - of_tax, tax_payable=of_tax, penalty_receivable=-whole)

    def give_up_the_rest(self, beyond: int) -> None:
        """All but penal charges; of what is held for the borrower, only what is `beyond` the settlement stays his."""
        held, accrued = min(max(self.excess - beyond, 0), self.not_yet_due), self.interest()
        due = sum(due.parts["interest"] for due in self.dues)
        self.post(excess=held, principal=-self.principal, waivers=self.principal - held + due + accrued)
        self.post(interest_income=-accrued, interest_receivable=-due)
        self.excess, self.principal, self.booked = self.excess - held, 0, self.booked + accrued
        self.lost, self.late_for_good = 0, []

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

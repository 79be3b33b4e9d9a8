"""A loan, its entries, and what can happen to it: each kind of line of a life, done with the rules of the domain."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from shared.domain import dues, merchant_refunds, payouts, relief, repayment, replay
from shared.domain.contract import Contract
from shared.domain.ledger import Entry, Grant, NewTerms, live
from shared.domain.loan import Loan, after, sanctioned
from shared.domain.money import Money
from shared.domain.payoff import Payoff, cooling_off, foreclosure
from shared.domain.payouts import Payout
from shared.domain.repayment import Receipt
from shared.domain.waivers import Waiver
from tests.lives.facts import Standing


def noon(on: date) -> datetime:
    return datetime.combine(on, time(6, 30), UTC)


class Books:
    """`today` is the latest day that the life has told of. An entry whose id is in the books is not booked again.

    `waivers` are those that were asked for, by their names; `budget_left` is what the programme's month has left, in
    minor units, None where the life does not say it.
    """

    def __init__(self, contract: Contract, today: date) -> None:
        self.contract = contract
        self.loan: Loan = sanctioned("loan_1", "brw_1", contract, "app_1", "off_1", noon(today))
        self.entries: tuple[Entry, ...] = ()
        self.payouts: list[Payout] = []
        self.waivers: dict[str, Waiver] = {}
        self.budget_left: int | None = None
        self.today = today

    def standing(self) -> Standing:
        return Standing(self.loan, self.contract, self.entries, self.today)

    def as_of(self, on: date) -> Standing:
        loan, entries = replay.as_of(self.loan, self.contract, self.entries, on, noon(on))
        return Standing(loan, self.contract, entries, on)

    def find(self, name: str) -> Entry | None:
        """The entry of that name that stands."""
        return next((entry for entry in live(self.entries) if entry.name == name), None)

    def order(self, on: date) -> None:
        entry, payout = payouts.ordered(self.loan, self.contract, f"pout_{len(self.payouts) + 1}", on, noon(on))
        self._add(entry)
        self.payouts.append(payout)

    def settle(self, on: date) -> None:
        """The rail paid what was ordered last."""
        self._add(payouts.settled(self.loan, self.contract, self.payouts[-1], on, noon(on)))
        self.payouts[-1] = replace(self.payouts[-1], state="settled")

    def fail(self, on: date) -> None:
        self._add(payouts.failed(self.loan, self.payouts[-1], on, noon(on)))
        self.payouts[-1] = replace(self.payouts[-1], state="failed")

    def give_back(self, purpose: str, on: date) -> None:
        """The latest payout of that purpose that was settled came back."""
        payout = [payout for payout in self.payouts if payout.purpose == purpose and payout.state == "settled"][-1]
        self._put(payouts.returned(self.loan, self.contract, self.entries, payout, on, noon(on)))
        self.payouts[self.payouts.index(payout)] = replace(payout, state="returned")

    def refund(self, on: date) -> Money:
        """What is owed back is ordered and paid; nothing while the loan runs, since a due may still take it."""
        if self.loan.state in ("active", "disbursing") or self.loan.excess <= 0:
            return Money(0, self.contract.currency)
        entry, payout = payouts.refund_ordered(self.loan, self.contract, f"pout_{len(self.payouts) + 1}", on, noon(on))
        self._add(entry)
        self.payouts.append(payout)
        self.settle(on)
        return payout.amount

    def cancel(self, on: date) -> None:
        self._add(payouts.cancelled(self.loan, on, noon(on)))

    def grant(self, grant: Grant, on: date) -> None:
        self.until(on)
        self._take(relief.granted(self.loan, grant, on, noon(on)), on)

    def plan(self, terms: NewTerms, on: date) -> None:
        self.until(on)
        self._take(relief.planned(self.loan, self.contract, terms, on, noon(on)), on)

    def undo(self, name: str, on: date) -> None:
        """Relief of that name is taken back, as if it had never been."""
        for kind in ("waiver_granted", "rescheduled"):
            if self.find(f"{kind}.{name}"):
                self.take_out(f"{kind}.{name}", on)
                return
        raise AssertionError(f"there is no relief {name}")

    def write_off(self, on: date) -> None:
        self.until(on)
        self._take(relief.given_up(self.loan, "1", on, noon(on)), on)

    def until(self, on: date) -> None:
        self._put(dues.until(self.loan, self.contract, on, noon(on)))

    def receive(
        self, payment_id: str, amount: Money, purpose: str, on: date, arrived: date, choice: str | None = None
    ) -> None:
        """Money that came on a day and is entered on the same day or later. A payment that is known changes nothing."""
        if arrived > on:
            self.until(arrived)
        if any(entry.name == f"repayment.{payment_id}" for entry in self.entries):
            return
        receipt = Receipt(payment_id, amount, purpose, on, noon(arrived), choice)
        if replay.is_late(self.loan, receipt):
            self._put(replay.with_receipt(self.loan, self.contract, self.entries, receipt))
        else:
            self._put(repayment.received(self.loan, self.contract, receipt))

    def take_back(self, refund_id: str, amount: Money, on: date) -> None:
        """The merchant gives money back. A refund that is known changes nothing. Raises `Refused`."""
        if self.find(merchant_refunds.name(refund_id)):
            return
        self.until(on)
        merchant_refunds.require_fits(self.loan, self.contract, self.entries, amount)
        self._put(replay.with_merchant_refund(self.loan, self.contract, self.entries, refund_id, amount, noon(on)))
        self.until(on)

    def take_out(self, name: str, on: date) -> None:
        """The entry of that name is undone: a payment that came back, relief that was taken back."""
        self.until(on)
        self._put(replay.without(self.loan, self.contract, self.entries, name, noon(on)))
        self.until(on)

    def pay_on_time(self, since: date, until: date) -> None:
        """All that is owed is paid on the first day and then on each due date."""
        on: date | None = since
        while on is not None and on <= until:
            self.until(on)
            if owed := sum(due.unpaid for due in self.loan.dues):
                self.receive(f"A{len(self.entries)}", Money(owed, self.contract.currency), "instalment", on, on)
            on = dues.next_due_on(self.loan, self.contract)

    def quote(self, what: str, on: date) -> Payoff:
        """For a day that is not over: what has fallen due by it counts, and nothing is booked."""
        loan, _ = dues.until(self.loan, self.contract, on, noon(on))
        return {"foreclosure": foreclosure, "cooling-off": cooling_off}[what](loan, self.contract, on)

    def _add(self, *entries: Entry) -> None:
        for entry in entries:
            self.loan = after(self.loan, self.contract, entry)
            self.entries += (entry,)

    def _take(self, fact: Entry, on: date) -> None:
        self._put(replay.taken(self.loan, self.contract, fact, noon(on)))

    def _put(self, books: tuple[Loan, Iterable[Entry]]) -> None:
        self.loan, entries = books
        self.entries += tuple(entries)

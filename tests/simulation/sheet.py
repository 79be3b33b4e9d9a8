"""The sheet on which the oracle counts: a loan's sums on a day, and what they come to. Nothing happens here."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Self

from shared.domain.contract import Contract
from tests.simulation.facts import DAY, Due, Promise, Row, Watch, Watched, last_of_month, moved, nearest
from tests.simulation.packs import Classes, classes_of


@dataclass(slots=True)
class Sheet:
    """The loan on a day. `weighed` is the sum of what earned interest on each day of the period that is running.

    `lost` is what is owed still after a write-off, and `late_for_good` are the dues that were open then.
    """

    contract: Contract
    state: str = "sanctioned"
    rows: list[Row] = field(default_factory=list)
    accounts: Counter[str] = field(default_factory=Counter)
    classes: list[tuple[date, str, str, str]] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    days_past_due: int = 0
    arrears_since: date | None = None
    promise: Promise | None = None
    watched: Watched | None = None
    watch: Watch | None = None
    principal: int = 0
    excess: int = 0
    ask_by: date | None = None
    lost: int = 0
    late_for_good: list[Due] = field(default_factory=list)
    number: int = 1
    instalment: int = 0
    anchor: date = date.min
    anchor_number: int = 0
    last_number: int = 0
    since: date = date.min
    weighed: int = 0
    booked: int = 0
    ahead: int = 0
    carried: int = 0

    def copy(self) -> Self:
        """One that goes on apart from this one."""
        return replace(
            self,
            rows=[*self.rows],
            accounts=Counter(self.accounts),
            classes=[*self.classes],
            dues=[replace(due, parts=dict(due.parts)) for due in self.dues],
            late_for_good=[*self.late_for_good],
            promise=self.promise and replace(self.promise),
            watched=self.watched and replace(self.watched),
            watch=self.watch and replace(self.watch),
        )

    def due_on(self, number: int) -> date:
        """Counted from the anchor, which is that of due number 0 until a plan has another."""
        terms = self.contract.terms
        on = moved(self.anchor, number - self.anchor_number)
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
            ([due for due in self.dues if due.on <= day], order.afterwards),
            # What a plan put off to its first date.
            ([due for due in self.dues if due.on > day], order.in_advance),
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

    def take(self, lines: Mapping[str, int], times: int) -> None:
        """Adds so many times the amounts of the lines to what the dues have open."""
        for due in self.dues:
            for part in due.parts:
                due.parts[part] += times * lines.get(f"{due.number} {part}", 0)

    def smaller(self) -> int:
        """The equal instalment of what is left: each worth less by the interest until then, they are worth it."""
        terms, worth, growth, since = self.contract.terms, Fraction(0), Fraction(1), self.since
        for number in range(self.number, self.last_number + 1):
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

    def is_late(self, day: date) -> bool:
        return any(due.unpaid and due.on < day for due in self.dues)

    @property
    def rules(self) -> Classes:
        return classes_of(self.contract.market)

    def post(self, **amounts: int) -> None:
        """Adds to accounts, debit less credit."""
        self.accounts.update(amounts)

    def note(self, day: date, what: str, **amounts: int) -> None:
        kept = {name: amount for name, amount in amounts.items() if amount}
        if kept or what.startswith(("due", "received", "waive", "closed", "plan", "watch", "written", "nobody")):
            self.rows.append(Row(day, what, kept))

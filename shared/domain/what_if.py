"""What would become of a loan: the same engine over imagined payments, and nothing is written.

Besides what is imagined, every instalment is taken to be paid in full on its due date, and what is overdue today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain import dues, penal, relief
from shared.domain.allocation import COMPONENTS
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.explain import used
from shared.domain.ledger import Entry
from shared.domain.loan import Loan, after, due_date, require
from shared.domain.money import Money
from shared.domain.payoff import foreclosure
from shared.domain.relief import instalment_of
from shared.domain.repayment import Receipt, received
from shared.domain.repayment_orders import choices

# So many instalments may be asked for; a schedule beyond that is no microloan.
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Pay:
    """Money on a day, besides the instalments; `purpose` and `choice` as in a repayment."""

    on: date
    amount: Money
    purpose: str
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Foreclose:
    """All that is owed on a day, whatever it is by then."""

    on: date


@dataclass(frozen=True, slots=True)
class Skip:
    """An instalment that is not paid on its due date, but with the next one."""

    number: int


@dataclass(frozen=True, slots=True)
class Tenor:
    """Another number of instalments to come, from today on."""

    instalments: int


Change = Pay | Foreclose | Skip | Tenor


@dataclass(frozen=True, slots=True)
class Outlay:
    """What the borrower would pay on a day, in minor units, by what it settles; `outstanding` principal is left then.

    `charge` is for closing early, with its tax; `excess` is kept for him, or filled what the payment lacked.
    """

    on: date
    principal: int
    interest: int
    fee: int
    penalty: int
    charge: int
    excess: int
    outstanding: int

    @property
    def amount(self) -> int:
        return self.principal + self.interest + self.fee + self.penalty + self.charge + self.excess


@dataclass(frozen=True, slots=True)
class Outlook:
    """The payments from today to the end of the loan, and the equal instalment, in minor units."""

    instalment: int
    outlays: tuple[Outlay, ...]

    @property
    def ends_on(self) -> date | None:
        return self.outlays[-1].on if self.outlays else None

    def sum_of(self, part: str) -> int:
        return sum(getattr(outlay, part) for outlay in self.outlays)


class _Path:
    """The loan as it goes on, and what was paid on the way."""

    def __init__(self, loan: Loan, contract: Contract, at: datetime) -> None:
        self.loan, self.contract, self.at = loan, contract, at
        self.outlays: list[Outlay] = []

    def go_to(self, on: date) -> None:
        self.loan, _ = dues.until(self.loan, self.contract, on, self.at)

    def owed(self, on: date) -> Money:
        assert self.loan.accrued_to is not None
        to_book = penal.accrued(self.loan.dues, self.contract.penal, self.loan.accrued_to, on)
        # What a plan carried over is a due of its first date.
        fallen = sum(due.unpaid for due in self.loan.dues if due.due_on <= on) + to_book
        fallen -= relief.given_up_with(self.loan, dues.demanded(self.loan, self.contract, on), fallen)
        return Money(fallen, self.contract.currency)

    def pay(self, amount: Money, purpose: str, on: date, choice: str | None = None) -> None:
        if not amount:
            return
        receipt = Receipt(f"imagined.{len(self.outlays)}", amount, purpose, on, self.at, choice)
        self.loan, entries = received(self.loan, self.contract, receipt)
        parts = used(next(entry for entry in entries if entry.kind == "repayment"))
        settled = {name: sum(line.amount for line in parts.lines if line.component == name) for name in COMPONENTS}
        self.outlays.append(
            Outlay(
                on=on,
                principal=settled["principal"] + parts.principal,
                interest=settled["interest"] + parts.interest,
                fee=settled["fee"],
                penalty=settled["penalty"],
                charge=parts.charge,
                excess=parts.excess - parts.fees_returned,
                outstanding=self.loan.principal,
            )
        )

    def next_day(self, wanted: Sequence[date]) -> date | None:
        """The next day on which something falls due or is to be paid."""
        due_on = dues.next_due_on(self.loan, self.contract)
        if due_on is None and self.loan.state == "active" and self.loan.dues and not wanted:
            due_on = due_date(self.loan, self.contract, self.loan.next_number)
        return min((*wanted, *([due_on] if due_on else [])), default=None)


def outlook(loan: Loan, contract: Contract, changes: Sequence[Change], today: date, at: datetime) -> Outlook:
    """How the loan would go on. `loan` has its dues up to today.

    Raises `Refused` for a change that this loan cannot take: on a day that is over or after its end, of an instalment
    that is not to come, into a tenor that cannot be.
    """
    require(loan, "closure")
    _check(loan, contract, changes, today)
    path = _Path(_retenored(loan, contract, changes, today, at), contract, at)
    assert path.loan.plan is not None
    instalment = path.loan.plan.instalment
    skipped = {change.number for change in changes if isinstance(change, Skip)}
    extra = sorted((change for change in changes if isinstance(change, Pay | Foreclose)), key=lambda change: change.on)
    on: date | None = today
    while on is not None:
        path.go_to(on)
        if not skipped & {due.number for due in path.loan.dues if due.due_on == on or on == today}:
            path.pay(path.owed(on), "instalment", on)
        for change in extra:
            if change.on == on:
                _make(path, change)
        on = path.next_day([change.on for change in extra if change.on > on])
    return Outlook(instalment, tuple(path.outlays))


def _make(path: _Path, change: Pay | Foreclose) -> None:
    if path.loan.state != "active":
        raise Refused("change_impossible", "The loan would have ended before {on}.", "/changes", on=change.on)
    if isinstance(change, Foreclose):
        path.pay(foreclosure(path.loan, path.contract, change.on).amount, "foreclosure", change.on)
    else:
        path.pay(change.amount, change.purpose, change.on, change.choice)


def _check(loan: Loan, contract: Contract, changes: Sequence[Change], today: date) -> None:
    assert loan.plan is not None
    first = min((due.number for due in loan.dues), default=loan.next_number)
    for position, change in enumerate(changes):
        at = f"/changes/{position}"
        match change:
            case Pay(on=on) | Foreclose(on=on) if on < today:
                raise Refused("change_impossible", "{on} is over.", f"{at}/on", on=on)
            case Pay(amount=amount) if amount.currency != contract.currency:
                says = "This loan is in {currency}."
                raise Refused("currency_mismatch", says, f"{at}/amount/currency", currency=contract.currency)
            case Pay(choice=choice) if choice is not None and choice not in choices(contract):
                raise Refused("choice_not_allowed", "This loan leaves no such choice.", f"{at}/choice")
            case Skip(number=number) if not first <= number <= loan.plan.last_number:
                raise Refused("change_impossible", "Instalment {number} is not to come.", f"{at}/number", number=number)
            case Tenor(instalments=instalments) if not 1 <= instalments <= LONGEST:
                says = "{count} instalments cannot be."
                raise Refused("change_impossible", says, f"{at}/instalments", count=instalments)
            case Tenor() if not loan.not_yet_due:
                raise Refused("change_impossible", "No instalment is to come any more.", at)


def _retenored(loan: Loan, contract: Contract, changes: Sequence[Change], today: date, at: datetime) -> Loan:
    """The loan with the number of instalments that is asked for, and the equal instalment that goes with it."""
    for change in changes:
        if isinstance(change, Tenor):
            assert loan.plan is not None
            last = loan.next_number + change.instalments - 1
            plan = replace(loan.plan, last_number=last)
            plan = replace(plan, instalment=instalment_of(replace(loan, plan=plan), contract, loan.not_yet_due))
            entry = Entry("imagined", "tenor", loan.sequence + 1, today, at, (), plan=plan)
            loan = after(loan, contract, entry)
    return loan

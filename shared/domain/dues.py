"""What falls due and when: interest on what is owed of the principal, for the days it is owed.

An instalment's interest is that of its period, rounded once, on the due date. The instalment stays equal, so that the
rest of it is principal; the last one takes all that is left.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from shared.domain import accrual, penal, relief
from shared.domain.allocation import Due, Line, allocate
from shared.domain.contract import Contract
from shared.domain.ledger import RECEIVABLE, Entry, postings
from shared.domain.loan import Loan, after, due_date, earning, on_day
from shared.domain.money import Money

Maker = Callable[[Loan, Contract, date, datetime], Entry | None]


def until(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> tuple[Loan, tuple[Entry, ...]]:
    """The loan with every instalment demanded that falls due up to and on a date, and the entries that do it.

    The entries' ids are natural (`due.3`): whoever is first, a repayment or the night, writes them once. Where money
    paid too much before settles the last due, the loan is closed.
    """
    entries: list[Entry] = []
    while (day := next_day(loan, contract)) is not None and day <= on:
        for make in _makers(loan, contract, day):
            entry = make(loan, contract, day, recorded_at)
            if entry is not None:
                loan = after(loan, contract, entry)
                entries.append(entry)
    return loan, tuple(entries)


def next_day(loan: Loan, contract: Contract) -> date | None:
    """The next day on which something follows from the days alone: a due, or the end of what was agreed as relief."""
    days = (relief.lapses_on(loan), relief.breaks_on(loan), relief.watch_ends_on(loan), next_due_on(loan, contract))
    return min((day for day in days if day is not None), default=None)


def next_due_on(loan: Loan, contract: Contract) -> date | None:
    """When the next instalment falls due; None when none is to come."""
    if loan.state != "active" or loan.plan is None or loan.next_number > loan.plan.last_number:
        return None
    if not loan.not_yet_due and not _unbooked(loan, contract):
        return None
    return due_date(loan, contract, loan.next_number)


def _makers(loan: Loan, contract: Contract, day: date) -> tuple[Maker, ...]:
    """What is made on a day: the end of relief comes before a due of the same day."""
    if day == relief.lapses_on(loan):
        return (relief.lapse,)
    if day == relief.breaks_on(loan):
        return (relief.break_plan,)
    if day == relief.watch_ends_on(loan):
        return (relief.end_watch,)
    return (penal_charge, fall_due, settle_from_excess, closure)


def penal_charge(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry | None:
    """What default has come to up to a date and no entry has booked yet; see `penal`."""
    if loan.accrued_to is None or loan.state != "active":
        return None
    lines, charges, taxes = [], 0, 0
    for due in loan.dues:
        charge, tax = penal.unbooked(penal.passed(due, loan.accrued_to, on), contract.penal, on)
        lines += [Line(due.number, name, amount) for name, amount in (("penalty", charge), ("tax", tax)) if amount]
        charges, taxes = charges + charge, taxes + tax
    if not lines:
        return None
    return Entry(
        entry_id=loan.derived_id(f"penal_charge.{on}"),
        kind="penal_charge",
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        revision=loan.revision,
        postings=postings(
            ("penalty_receivable", "penalty_income", Money(charges, contract.currency)),
            ("penalty_receivable", "tax_payable", Money(taxes, contract.currency)),
        ),
        penalties=tuple(lines),
    )


def fall_due(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry:
    """The next instalment becomes due: its interest is booked, its principal may be demanded.

    Where the instalment was paid ahead of its date, nothing is demanded and interest that remains is carried over.
    """
    assert loan.plan is not None
    interest = interest_to(loan, contract, on)
    left = loan.plan.instalment - loan.ahead
    is_last = is_last_number(loan) or loan.not_yet_due == 0 or loan.not_yet_due + interest <= left
    carried = interest if left <= 0 and not is_last else 0
    principal = loan.not_yet_due if is_last else min(max(left - interest, 0), loan.not_yet_due)
    booked = Money(interest - carried, contract.currency)
    due = Due(loan.next_number, on, principal=principal, interest=booked.minor)
    return Entry(
        entry_id=loan.derived_id(f"due.{loan.next_number}"),
        kind="due",
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        postings=postings(("interest_receivable", "interest_income", booked)),
        revision=loan.revision,
        due=replace(due, penal_from=contract.penal.counts_from(on)) if contract.penal and due.unpaid else due,
        carried=carried,
    )


def settle_from_excess(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry | None:
    """Money that was paid too much before settles what has just become due."""
    allocation = allocate(max(loan.excess, 0), loan.dues, contract.waterfall, on)
    if not allocation.lines:
        return None
    amounts = [(RECEIVABLE[part], Money(allocation.of(part), contract.currency)) for part in RECEIVABLE]
    return Entry(
        entry_id=loan.derived_id(f"settled.{loan.next_number - 1}"),
        kind="settled_from_excess",
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        postings=postings(*(("excess", account, amount) for account, amount in amounts)),
        revision=loan.revision,
        lines=allocation.lines,
    )


def closure(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry | None:
    """The end of a loan on which nothing is owed any more, not even interest that is not booked yet."""
    if loan.state != "active" or loan.principal or loan.dues or loan.excess < 0 or _unbooked(loan, contract):
        return None
    name = loan.derived_id("closure")
    return Entry(name, "closure", loan.sequence + 1, on, recorded_at, postings=(), revision=loan.revision)


def waiver(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry | None:
    """What was to be given up, once its condition is met."""
    if loan.state not in ("active", "written_off") or not relief.is_met(loan):
        return None
    accrued = interest_to(loan, contract, on) if loan.state == "active" else 0
    return relief.waiver(loan, contract, on, recorded_at, accrued)


def is_last_number(loan: Loan) -> bool:
    """Whether no instalment can follow the coming one."""
    assert loan.plan is not None
    return loan.next_number == loan.plan.last_number


def interest_to(loan: Loan, contract: Contract, on: date) -> int:
    """Interest of the present period up to a date, with what was carried, less what is booked; in minor units.

    Rounded once, as the terms say. `on` lies in the present period.
    """
    assert loan.accrued_to is not None and loan.period_start is not None and loan.plan is not None
    weighed = loan.accrued + earning(loan, contract) * accrual.weight(contract.terms, loan.accrued_to, on)
    end = due_date(loan, contract, loan.next_number)
    is_whole = loan.period_start == due_date(loan, contract, loan.next_number - 1)
    earned = accrual.interest(contract.terms, weighed, loan.period_start, end, is_whole=is_whole) if weighed else 0
    return earned + loan.carried - loan.charged


def demanded(loan: Loan, contract: Contract, on: date) -> tuple[Due, ...]:
    """The open dues with what their lateness has come to up to a day, booked or not. Oldest first."""
    counted = on_day(loan, contract, max(on, loan.accrued_to or on)).dues
    return tuple(replace(due, penalty=due.penalty + sum(penal.unbooked(due, contract.penal, on))) for due in counted)


def to_come(loan: Loan, contract: Contract) -> tuple[Due, ...]:
    """The instalments still to come if every one is paid on its date: what the borrower's schedule shows."""
    rows: list[Due] = []
    loan = replace(loan, dues=(), principal=loan.not_yet_due, excess=0)
    while (on := next_due_on(loan, contract)) is not None:
        entry = fall_due(loan, contract, on, loan.sanctioned_at)
        assert entry.due is not None
        rows.append(entry.due)
        demanded = after(loan, contract, entry)
        loan = replace(demanded, dues=(), principal=demanded.not_yet_due)
    return tuple(rows)


def _unbooked(loan: Loan, contract: Contract) -> int:
    """Interest up to the last movement that no entry has booked."""
    assert loan.accrued_to is not None
    return interest_to(loan, contract, loan.accrued_to)

"""What falls due and when: interest on what is owed of the principal, for the days it is owed.

An instalment's interest is that of its period on the principal that was really unpaid on each day, rounded once, on
the due date. The instalment stays equal, so that the rest of it is principal; the last one takes all that is left.
"""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from shared.domain import daycount
from shared.domain.allocation import Due, allocate
from shared.domain.calendar import add_months
from shared.domain.contract import Contract
from shared.domain.ledger import RECEIVABLE, Entry, postings
from shared.domain.loan import Loan, after
from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.terms import as_rate, nominal_part


def due_date(loan: Loan, number: int) -> date:
    """The date of an instalment; number 0 is the disbursement. Counted from the disbursement each time."""
    assert loan.disbursed_on is not None
    return add_months(loan.disbursed_on, number)


def until(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> tuple[Loan, tuple[Entry, ...]]:
    """The loan with every instalment demanded that falls due up to and on a date, and the entries that do it.

    The entries' ids are natural (`due.3`): whoever is first, a repayment or the night, writes them once. Where money
    paid too much before settles the last due, the loan is closed.
    """
    entries: list[Entry] = []
    while has_more(loan, contract) and due_date(loan, loan.next_number) <= on:
        for make in (fall_due, settle_from_excess, closure):
            entry = make(loan, contract, recorded_at)
            if entry is not None:
                loan = after(loan, entry)
                entries.append(entry)
    return loan, tuple(entries)


def has_more(loan: Loan, contract: Contract) -> bool:
    """Whether an instalment is still to come."""
    if loan.state != "active" or loan.next_number > contract.terms.instalments:
        return False
    return loan.not_yet_due > 0 or _unbooked(loan, contract) > 0


def fall_due(loan: Loan, contract: Contract, recorded_at: datetime) -> Entry:
    """The next instalment becomes due: its interest is booked, its principal may be demanded.

    Where the instalment was paid ahead of its date, nothing is demanded and interest that remains is carried over.
    """
    on = due_date(loan, loan.next_number)
    interest = interest_to(loan, contract, on)
    left = loan.instalment - loan.ahead
    is_last = is_last_number(loan, contract) or loan.not_yet_due == 0 or loan.not_yet_due + interest <= left
    carried = interest if left <= 0 and not is_last else 0
    principal = loan.not_yet_due if is_last else min(max(left - interest, 0), loan.not_yet_due)
    booked = Money(interest - carried, contract.currency)
    return Entry(
        entry_id=f"due.{loan.next_number}",
        kind="due",
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        postings=postings(("interest_receivable", "interest_income", booked)),
        due=Due(loan.next_number, on, principal=principal, interest=booked.minor),
        carried=carried,
    )


def settle_from_excess(loan: Loan, contract: Contract, recorded_at: datetime) -> Entry | None:
    """Money that was paid too much before settles what has just become due."""
    on = due_date(loan, loan.next_number - 1)
    allocation = allocate(loan.excess, loan.dues, contract.waterfall, on)
    if not allocation.lines:
        return None
    amounts = [(RECEIVABLE[part], Money(allocation.of(part), contract.currency)) for part in RECEIVABLE]
    return Entry(
        entry_id=f"settled.{loan.next_number - 1}",
        kind="settled_from_excess",
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        postings=postings(*(("excess", account, amount) for account, amount in amounts)),
        lines=allocation.lines,
    )


def closure(loan: Loan, contract: Contract, recorded_at: datetime) -> Entry | None:
    """The end of a loan on which nothing is owed any more, not even interest that is not booked yet."""
    if loan.principal or loan.dues or _unbooked(loan, contract):
        return None
    assert loan.accrued_to is not None
    return Entry("closure", "closure", loan.sequence + 1, loan.accrued_to, recorded_at, postings=())


def is_last_number(loan: Loan, contract: Contract) -> bool:
    """Whether no instalment can follow the coming one."""
    return loan.next_number == contract.terms.instalments


def interest_to(loan: Loan, contract: Contract, on: date) -> int:
    """Interest of the present period up to a date, with what was carried, less what is booked; in minor units.

    Rounded once, as the terms say. `on` lies in the present period.
    """
    assert loan.accrued_to is not None
    start, end = due_date(loan, loan.next_number - 1), due_date(loan, loan.next_number)
    days = loan.accrued + loan.earning * (on - loan.accrued_to).days
    part = nominal_part(contract.terms)
    if part is not None:
        exact = part * Fraction(days, (end - start).days)
    else:
        exact = Fraction(days, daycount.DENOMINATORS[contract.terms.day_count])
    numerator, denominator = as_rate(contract.terms.annual_rate, exact)
    return divide(numerator, denominator, contract.terms.rounding) + loan.carried - loan.charged


def to_come(loan: Loan, contract: Contract) -> tuple[Due, ...]:
    """The instalments still to come if every one is paid on its date: what the borrower's schedule shows."""
    rows: list[Due] = []
    loan = replace(loan, dues=(), principal=loan.not_yet_due, excess=0)
    assert loan.disbursed_on is not None
    at = loan.sanctioned_at
    while has_more(loan, contract):
        entry = fall_due(loan, contract, at)
        assert entry.due is not None
        rows.append(entry.due)
        demanded = after(loan, entry)
        loan = replace(demanded, dues=(), principal=demanded.not_yet_due)
    return tuple(rows)


def _unbooked(loan: Loan, contract: Contract) -> int:
    """Interest up to the last movement that no entry has booked."""
    assert loan.accrued_to is not None
    return interest_to(loan, contract, loan.accrued_to)

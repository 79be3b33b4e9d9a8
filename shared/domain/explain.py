"""Why this number: the days behind interest and penal charges, and what a payment was used for.

A row's amount is the difference of two sums up to its days, each rounded once, so that rows add up to what was booked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from shared.domain import accrual, penal
from shared.domain.allocation import COMPONENTS, Due, Line
from shared.domain.contract import Contract
from shared.domain.ledger import RECEIVABLE, Entry, live
from shared.domain.loan import Loan, after, due_date, earning
from shared.domain.penal import Penalty
from shared.domain.terms import nominal_part

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InterestRow:
    """The days from `since` to before `until`, all on the same `base`. Amounts are minor units."""

    since: date
    until: date
    days: int
    base: int
    annual_rate: Decimal
    rule: str
    amount: int


@dataclass(frozen=True, slots=True)
class PenaltyRow:
    """One day: what was unpaid at its end, and what that cost. `rule`: charged, grace or cap."""

    on: date
    base: int
    annual_rate: Decimal
    rule: str
    amount: int
    tax: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One instalment: its period's interest and the cost of its being late.

    `carried_in` is interest that the period before left over. `interest` and `penalty` are the sums of their rows,
    the first with what was carried in, the second with tax.
    """

    number: int
    start: date
    due_on: date
    interest_rows: tuple[InterestRow, ...]
    carried_in: int
    penalty_rows: tuple[PenaltyRow, ...]

    @property
    def interest(self) -> int:
        return self.carried_in + sum(row.amount for row in self.interest_rows)

    @property
    def penalty(self) -> int:
        return sum(row.amount + row.tax for row in self.penalty_rows)


@dataclass(frozen=True, slots=True)
class Used:
    """What a payment was used for, in minor units; together they are the payment and the fees that were given back.

    `lines` settled dues. `interest` and `principal` were paid before they fell due, `charge` for closing early (with
    its tax), and `excess` is kept for the borrower; negative when it filled what the payment lacked. `effect` is what
    principal that was paid off early made smaller: `shorter_tenor`, `smaller_instalment` or None.
    """

    lines: tuple[Line, ...]
    interest: int
    principal: int
    charge: int
    excess: int
    fees_returned: int
    effect: str | None


def explained(
    start: Loan, contract: Contract, entries: Iterable[Entry], number: int, through: date
) -> Explanation | None:
    """The rows of an instalment up to and excluding a date; None when its period has not begun.

    A plan that changed its date left it two stretches, each counted by the dates that held in it. `start` is the loan
    as sanctioned, `entries` those up to that date.
    """
    spans = list(_spans(start, contract, entries, through))
    period = [(loan, until) for loan, until in spans if loan.next_number == number and loan.state == "active"]
    if not any(loan.accrued_to != until for loan, until in period):
        return None
    first, last = period[0][0], period[-1][0]
    assert first.period_start is not None
    stretches = [list(spans) for _, spans in groupby(period, key=lambda span: span[0].period_start)]
    late = [(loan, until) for loan, until in spans if any(due.number == number for due in loan.dues)]
    return Explanation(
        number=number,
        start=first.period_start,
        due_on=due_date(last, contract, number),
        interest_rows=tuple(row for stretch in stretches for row in _interest(stretch, contract)),
        carried_in=first.carried,
        penalty_rows=tuple(_penalty(late, contract.penal, number)) if contract.penal else (),
    )


def used(payment: Entry) -> Used:
    """The receipt of one repayment's entry."""

    def beyond(component: str) -> int:
        credited = sum(made.amount.minor for made in payment.postings if made.credit == RECEIVABLE[component])
        return credited - sum(line.amount for line in payment.lines if line.component == component)

    early = {component: beyond(component) for component in COMPONENTS}
    assert early["penalty"] == 0, payment
    return Used(
        lines=payment.lines,
        interest=early["interest"],
        principal=early["principal"],
        charge=early["fee"],
        excess=-payment.moved("excess"),
        fees_returned=sum(payment.debited(account) for account in ("fee_income", "tax_payable")),
        effect=_effect(payment) if early["principal"] else None,
    )


def _effect(payment: Entry) -> str | None:
    """An instalment paid ahead changes nothing; what is worked out anew over the same tenor is in the entry."""
    if payment.purpose != "prepayment":
        return None
    return "smaller_instalment" if payment.plan else "shorter_tenor"


def _spans(start: Loan, contract: Contract, entries: Iterable[Entry], through: date) -> Iterator[tuple[Loan, date]]:
    """Each head, and the date until which it lasted; that may be no day, and its due date is the period's all the same:
    a plan that is broken on the day of the next due has left that due another date."""
    loan = start
    for entry in live(entries):
        if loan.accrued_to is not None:
            yield loan, entry.effective_on
        loan = after(loan, contract, entry)
    if loan.accrued_to is not None and through > loan.accrued_to:
        yield loan, through


def _interest(period: Sequence[tuple[Loan, date]], contract: Contract) -> tuple[InterestRow, ...]:
    """One row for each stretch on the same base."""
    terms, last = contract.terms, period[-1][0]
    assert last.period_start is not None
    end = due_date(last, contract, last.next_number)
    is_whole = last.period_start == due_date(last, contract, last.next_number - 1)
    rows: list[InterestRow] = []
    weighed = before = 0
    for loan, until in period:
        assert loan.accrued_to is not None
        base, days = earning(loan, contract), (until - loan.accrued_to).days
        weighed += base * accrual.weight(terms, loan.accrued_to, until)
        so_far = accrual.interest(terms, weighed, last.period_start, end, is_whole=is_whole)
        amount, before = so_far - before, so_far
        if not days:
            continue
        if rows and rows[-1].base == base:
            earlier = rows.pop()
            rows.append(_row(contract, earlier.since, until, earlier.days + days, base, earlier.amount + amount))
        else:
            rows.append(_row(contract, loan.accrued_to, until, days, base, amount))
    return tuple(rows)


def _row(contract: Contract, since: date, until: date, days: int, base: int, amount: int) -> InterestRow:
    rule = "share of the period's days" if nominal_part(contract.terms) is not None else contract.terms.day_count
    return InterestRow(since, until, days, base, contract.terms.annual_rate, rule, amount)


def _penalty(late: Iterable[tuple[Loan, date]], terms: Penalty, number: int) -> Iterator[PenaltyRow]:
    """A row for each day on whose end something of the due was unpaid. What a plan put off begins anew on its date."""
    charge = tax = 0
    due_on: date | None = None
    for loan, until in late:
        assert loan.accrued_to is not None
        due = next(due for due in loan.dues if due.number == number)
        if due.due_on != due_on:
            charge, tax, due_on = 0, 0, due.due_on
        on, due = max(loan.accrued_to, due.due_on), replace(due, penalised=0)
        while on < until and due.principal + due.interest:
            due = penal.passed(due, on, on + DAY)
            whole, whole_tax = penal.unbooked(due, terms, on + DAY)
            amount, tax_of_day = whole - charge, whole_tax - tax
            charge, tax = whole, whole_tax
            base = due.principal + due.interest
            yield PenaltyRow(on, base, terms.annual_rate, _rule(terms, due, on + DAY, amount), amount, tax_of_day)
            on += DAY


def _rule(terms: Penalty, due: Due, until: date, amount: int) -> str:
    if terms.is_in_grace(due, until):
        return "grace"
    return "cap" if not amount and penal.is_at_cap(due, terms) else "charged"

"""Relief that was agreed: what ends it, and the entries that carry it out.

A waiver waits for its condition and lapses with its last day; a plan can be broken. Both follow from the days and the
payments, so that they need nobody's hand, and are undone with a payment that comes back.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP

from shared.domain.allocation import Due, Line
from shared.domain.calendar import add_months
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import RECEIVABLE, Entry, Grant, NewTerms, Plan, Posting, postings
from shared.domain.loan import Loan, due_date, keeps_period, require
from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.schedule import equal_instalment, rounded_instalment
from shared.domain.terms import as_rate, broken_part, nominal_part, nth_due_on, period_rates

DAY = timedelta(days=1)


def lapses_on(loan: Loan) -> date | None:
    """The day after the last on which the condition of a waiver can be met."""
    return loan.grant.by + DAY if loan.grant and loan.state in ("active", "written_off") else None


def breaks_on(loan: Loan) -> date | None:
    """The day on which the plan is broken if nothing is paid until then. A penal charge alone breaks none."""
    if loan.watched is None or loan.state != "active":
        return None
    open_since = [due.due_on for due in loan.dues if due.arrears]
    return min(open_since) + (loan.watched.days + 1) * DAY if open_since else None


def watch_ends_on(loan: Loan) -> date | None:
    """The day on which every due was paid in time for long enough, if no other is late until then."""
    if loan.watch is None or loan.watch.months is None or loan.state != "active":
        return None
    ends_on = add_months(loan.watch.since, loan.watch.months)
    return None if any(due.arrears and due.due_on < ends_on for due in loan.dues) else ends_on


def require_free(loan: Loan, *, closes: bool = False) -> None:
    """Raises `Refused` unless the loan runs, without money on its way and without other relief that still waits.

    What `closes` is for a loan too of which something is owed after its write-off.
    """
    if not (closes and loan.written_off):
        require(loan, "closure")
    if loan.payout_id is not None:
        raise Refused("payout_in_progress", "Money of this loan is on its way; please wait until it has arrived.")
    if loan.grant is not None or loan.watched is not None:
        raise Refused("relief_open", "Relief for this loan was agreed before and is still open.")


def granted(loan: Loan, grant: Grant, on: date, at: datetime) -> Entry:
    """A waiver is agreed. Raises `Refused` for a loan that takes none. `loan` has its dues up to the day."""
    require_free(loan, closes=grant.closes)
    assert grant.by >= on and grant.pay >= 0, grant
    return replace(_entry(loan, "waiver_granted", grant.relief_id, on, at), grant=grant)


def planned(loan: Loan, contract: Contract, terms: NewTerms, on: date, at: datetime) -> Entry:
    """A plan is agreed. Raises `Refused` for a loan or for terms that cannot be. `loan` has its dues up to the day.

    A penal charge is never added to the principal (RBI/2023-24/53, 18 August 2023).
    """
    require_free(loan)
    if "penalty" in terms.capitalised and contract.penal is not None and contract.penal.kind == "charge":
        raise Refused("capitalisation_forbidden", "Penal charges are never added to the principal.")
    if terms.first_due_on <= on or terms.instalments < 1 or not loan.principal:
        raise Refused("plan_impossible", "The first instalment must be after today, and there must be one.")
    return replace(_entry(loan, "rescheduled", terms.relief_id, on, at), terms=terms)


def given_up(loan: Loan, name: str, on: date, at: datetime) -> Entry:
    """The loan is to be written off. Raises `Refused` unless it runs."""
    require(loan, "write_off")
    return _entry(loan, "write_off", name, on, at)


def lapse(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry:
    """The condition was not met in time: nothing is given up."""
    assert loan.grant is not None
    return _entry(loan, "waiver_lapsed", loan.grant.relief_id, on, recorded_at)


def is_met(loan: Loan) -> bool:
    return loan.grant is not None and loan.paid_since_grant >= loan.grant.pay


def needed(loan: Loan, amount: int) -> int:
    """What of so much more money the condition of a waiver still asks for; all of it where there is none."""
    if loan.grant is None or loan.grant.closes:
        return amount
    return min(amount, loan.grant.pay - loan.paid_since_grant)


def given_up_with(loan: Loan, demanded: Iterable[Due], owed: int) -> int:
    """What open relief takes off a sum that pays all of the dues `demanded`, if the rest is paid now; minor units.

    Its own condition is the least that is paid: fewer charges may have come than were promised to be given up.
    """
    if loan.grant is None:
        return 0
    most = owed if loan.grant.closes else sum(line.amount for line in still_unpaid(loan.grant, demanded))
    return max(min(most, owed - (loan.grant.pay - loan.paid_since_grant)), 0)


def left_open(loan: Loan, amount: int) -> tuple[Line, ...]:
    """The claims, so much of them in all, that a payment leaves to the waiver which then gives them up."""
    lines: list[Line] = []
    for line in still_unpaid(loan.grant, loan.dues) if loan.grant else ():
        taken = min(line.amount, amount)
        if taken:
            lines.append(replace(line, amount=taken))
            amount -= taken
    return tuple(lines)


def waiver(loan: Loan, contract: Contract, on: date, recorded_at: datetime, accrued: int) -> Entry:
    """What the grant gives up, as far as it is unpaid. `accrued` is interest of the period that no entry has booked.

    A settlement first takes what is held of the money that it asked for, and gives up the rest. What a write-off took
    off the books is on them no more.
    """
    grant = loan.grant
    assert grant is not None
    entry = _entry(loan, "waiver", grant.relief_id, on, recorded_at)
    if loan.state == "written_off":
        return entry
    if not grant.closes:
        lines = still_unpaid(grant, loan.dues)
        return replace(entry, lines=lines, postings=_given_up(contract, lines, "waivers", principal=0, accrued=0))
    lines = all_of(loan.dues)
    held = min(max(loan.excess - beyond_settlement(loan, 0), 0), loan.not_yet_due)
    taken = postings(("excess", "principal", Money(held, contract.currency)))
    left = _given_up(contract, lines, "waivers", principal=loan.not_yet_due - held, accrued=accrued)
    return replace(entry, lines=lines, postings=taken + left)


def beyond_settlement(loan: Loan, amount: int) -> int:
    """What of so much more money is beyond the sum that settles the loan: it is the borrower's. Minor units."""
    if loan.grant is None or not loan.grant.closes:
        return 0
    return max(loan.paid_since_grant + amount - loan.grant.pay, 0)


def written_off(loan: Loan, contract: Contract, entry: Entry, accrued: int) -> Entry:
    """The write-off's own entry on the loan as it is: all claims leave the books.

    The borrower owes them all the same, and what he still pays is recovery.
    """
    lines = all_of(loan.dues)
    return replace(
        entry,
        sequence=loan.sequence + 1,
        lines=lines,
        postings=_given_up(contract, lines, "write_offs", principal=loan.not_yet_due, accrued=accrued),
    )


def rescheduled(loan: Loan, contract: Contract, entry: Entry, accrued: int) -> Entry:
    """The plan's own entry on the loan as it is: what becomes of the arrears, and the instalments from then on.

    `accrued` is interest up to the day by the former dates; where a period begins, it comes with the first instalment.
    """
    terms = entry.terms
    assert terms is not None and loan.plan is not None
    arrears = {name: sum(getattr(due, name) for due in loan.dues) for name in ("interest", "fee", "penalty")}
    capital = {name: arrears.pop(name) for name in terms.capitalised}
    waived = tuple(line for line in all_of(loan.dues) if line.component in terms.waived)
    arrears |= dict.fromkeys(terms.waived, 0)
    balance = loan.principal + sum(capital.values())
    first = loan.next_number
    plan = Plan(*_anchored(terms, contract, first), last_number=first + terms.instalments - 1, instalment=0)
    made = [("principal", RECEIVABLE[name], Money(amount, contract.currency)) for name, amount in capital.items()]
    number = loan.dues[0].number if loan.dues else 0
    carried = Due(number, terms.first_due_on, **arrears)
    if contract.penal:
        carried = replace(carried, penal_from=contract.penal.counts_from(terms.first_due_on))
    return replace(
        entry,
        sequence=loan.sequence + 1,
        postings=postings(*made) + _given_up(contract, waived, "waivers", principal=0, accrued=0),
        due=carried if carried.unpaid else None,
        carried=0 if keeps_period(loan, contract, plan) else accrued,
        plan=replace(plan, instalment=instalment_of(replace(loan, plan=plan), contract, balance)),
    )


def break_plan(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry:
    """The loan is to end on its former last date again, in equal instalments on the former dates that are left.

    The day itself may be one of them: it has its instalment as it would have had without the plan.
    What the plan gave up stays given up. Past the former last date all is due on the next date of the plan. The period
    goes on: where something is overdue, nothing was paid ahead.
    """
    assert loan.watched is not None and loan.plan is not None
    former, first = loan.watched.former, loan.next_number
    left = [number for number in range(1, former.last_number + 1) if _former_date(former, contract, number) >= on]
    plan = replace(loan.plan, last_number=first, instalment=0)
    if left:
        # Counted from the former anchor, so that the 31st is not lost after a shorter month.
        plan = Plan(former.anchor_on, former.anchor_number + first - left[0], first + len(left) - 1, 0)
    if loan.not_yet_due:
        plan = replace(plan, instalment=instalment_of(replace(loan, plan=plan), contract, loan.not_yet_due))
    return replace(_entry(loan, "plan_broken", loan.watched.relief_id, on, recorded_at), plan=plan)


def end_watch(loan: Loan, contract: Contract, on: date, recorded_at: datetime) -> Entry:
    """The loan is like any other again, and its plan can be broken no more."""
    return _entry(loan, "watch_ended", str(on), on, recorded_at)


def _anchored(terms: NewTerms, contract: Contract, first: int) -> tuple[date, int]:
    """The date that all are counted from, and its number, when the first instalment has the number `first`."""
    if terms.anchor_on is None:
        return terms.first_due_on, first
    steps = 0
    while nth_due_on(contract.terms, terms.anchor_on, steps) < terms.first_due_on:
        steps += 1
    return terms.anchor_on, first - steps


def _former_date(former: Plan, contract: Contract, number: int) -> date:
    return nth_due_on(contract.terms, former.anchor_on, number - former.anchor_number)


def instalment_of(loan: Loan, contract: Contract, balance: int) -> int:
    """The equal instalment that repays `balance` by the loan's plan, in minor units."""
    assert loan.plan is not None and loan.period_start is not None
    terms, first = contract.terms, loan.next_number
    due_on = [due_date(loan, contract, number) for number in range(first, loan.plan.last_number + 1)]
    rates = period_rates(terms, loan.period_start, due_on)
    if nominal_part(terms) is not None and loan.period_start != due_date(loan, contract, first - 1):
        rates[0] = as_rate(terms.annual_rate, broken_part(terms, loan.period_start, due_on[0]))
    if terms.interest_method == "flat":
        interest = [divide(terms.principal.minor * part, whole, terms.rounding) for part, whole in rates]
        return rounded_instalment(terms, balance + sum(interest), len(rates))
    return equal_instalment(terms, balance, rates)


def _given_up(
    contract: Contract, lines: Iterable[Line], account: str, *, principal: int, accrued: int
) -> tuple[Posting, ...]:
    """Claims that end: those of the lines, principal that is not due, and interest that had accrued on it.

    With a waived penal charge goes the tax that was added to it.
    """

    def money(minor: int) -> Money:
        return Money(minor, contract.currency)

    sums = {name: sum(line.amount for line in lines if line.component == name) for name in RECEIVABLE}
    tax = 0
    if account == "waivers" and contract.penal and contract.penal.tax_rate:
        part, whole = contract.penal.tax_rate.as_integer_ratio()
        tax = divide(sums["penalty"] * part, whole + part, ROUND_HALF_UP)
    return postings(
        ("interest_receivable", "interest_income", money(accrued)),
        ("tax_payable", "penalty_receivable", money(tax)),
        (account, "penalty_receivable", money(sums["penalty"] - tax)),
        (account, "fee_receivable", money(sums["fee"])),
        (account, "interest_receivable", money(sums["interest"] + accrued)),
        (account, "principal", money(sums["principal"] + principal)),
    )


def still_unpaid(grant: Grant, dues: Iterable[Due]) -> tuple[Line, ...]:
    """What is granted of each component, as far as the dues are still unpaid, oldest first."""
    left = {"interest": grant.interest, "fee": grant.fee, "penalty": grant.penalty}
    lines: list[Line] = []
    for line in all_of(dues):
        taken = min(line.amount, left.get(line.component, 0))
        if taken:
            lines.append(replace(line, amount=taken))
            left[line.component] -= taken
    return tuple(lines)


def all_of(dues: Iterable[Due]) -> tuple[Line, ...]:
    """Every open part of every due."""
    return tuple(
        Line(due.number, name, getattr(due, name)) for due in dues for name in RECEIVABLE if getattr(due, name)
    )


def _entry(loan: Loan, kind: str, name: str, on: date, recorded_at: datetime) -> Entry:
    is_given = kind in ("waiver_granted", "rescheduled", "write_off")
    entry_id = f"{kind}.{name}"
    return Entry(
        entry_id=entry_id if is_given else loan.derived_id(entry_id),
        kind=kind,
        sequence=loan.sequence + 1,
        effective_on=on,
        recorded_at=recorded_at,
        postings=(),
        revision=0 if is_given else loan.revision,
    )

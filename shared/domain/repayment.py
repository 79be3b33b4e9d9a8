"""Money received: what it settles, and where the rest goes.

A repayment settles open dues first, by the contract's waterfall. What is left goes where the borrower said:
`instalment` to the coming instalments ahead of their dates (or to the last ones, where the contract says so, which is
to the principal), `prepayment` to the principal. Money for which nothing is owed is excess: it settles the next due, or
is refunded when the loan closes. Money that pays all that is owed, and the charge for closing early, closes the loan,
unless it was meant for instalments.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain import dues, relief
from shared.domain.allocation import Line, allocate
from shared.domain.contract import Contract
from shared.domain.ledger import RECEIVABLE, Entry, Plan, Posting, postings
from shared.domain.loan import Loan, after, less, on_day
from shared.domain.money import Money, total
from shared.domain.payoff import Payoff, cooling_off, cooling_off_ends, foreclosure


@dataclass(frozen=True, slots=True)
class Receipt:
    """One payment as the rail reported it. `arrival` is the money's name; the entry is named after it.

    `choice` is what the borrower chose that it makes smaller; None leaves that to the contract.
    """

    arrival: str
    amount: Money
    purpose: str
    received_on: date
    recorded_at: datetime
    choice: str | None = None


def repayment_name(arrival: str) -> str:
    """The id of the entry: the same payment twice is one."""
    return f"repayment.{arrival}"


def arrival_of(repayment: Entry) -> str:
    return repayment.name.removeprefix("repayment.")


def received(loan: Loan, contract: Contract, receipt: Receipt) -> tuple[Loan, tuple[Entry, ...]]:
    """The loan with the money in its books, and the entries: dues that fell due, the repayment, perhaps the closure.

    Money that arrives for a loan which owes nothing is excess, to be refunded; it is never turned away. The money is
    not older than the books' last day: else `replay` works them out again.
    """
    on, at = receipt.received_on, receipt.recorded_at
    loan, made = dues.until(loan, contract, on, at)
    entries = list(made)
    for make in (_penal_charge, _repayment, _waiver, _closure):
        entry = make(loan, contract, receipt)
        if entry is not None:
            loan = after(loan, contract, entry)
            entries.append(entry)
    return loan, tuple(entries)


def _penal_charge(loan: Loan, contract: Contract, receipt: Receipt) -> Entry | None:
    return dues.penal_charge(loan, contract, receipt.received_on, receipt.recorded_at)


def _waiver(loan: Loan, contract: Contract, receipt: Receipt) -> Entry | None:
    return dues.waiver(loan, contract, receipt.received_on, receipt.recorded_at)


def _closure(loan: Loan, contract: Contract, receipt: Receipt) -> Entry | None:
    return dues.closure(loan, contract, receipt.received_on, receipt.recorded_at)


def _repayment(loan: Loan, contract: Contract, receipt: Receipt) -> Entry:
    if loan.state != "active":
        beyond = Money(relief.beyond_settlement(loan, receipt.amount.minor), contract.currency)
        recovered = min(receipt.amount - beyond, Money(loan.written_off, contract.currency))
        parts = (("recoveries", recovered), ("excess", receipt.amount - recovered))
        return _entry(loan, receipt, postings(*(("lender_funds", account, amount) for account, amount in parts)))
    payoff = _closing(loan, contract, receipt)
    if payoff is not None and payoff.amount <= receipt.amount:
        return _closed_early(loan, contract, receipt, payoff)
    return _settled(loan, contract, receipt)


def _closing(loan: Loan, contract: Contract, receipt: Receipt) -> Payoff | None:
    """What must be paid on the day of the money if it is to close the loan; None where it is not meant to.

    Money that meets a settlement closes the loan by what the settlement gives up, whatever the money was meant for.
    """
    if receipt.purpose == "instalment":
        return None
    if receipt.purpose == "cooling_off" and receipt.received_on <= cooling_off_ends(loan, contract):
        return cooling_off(loan, contract, receipt.received_on)
    found = foreclosure(loan, contract, receipt.received_on)
    return None if found.given_up and loan.grant and loan.grant.closes else found


def _closed_early(loan: Loan, contract: Contract, receipt: Receipt, payoff: Payoff) -> Entry:
    """Everything is paid at once: what had accrued is booked, all dues are settled, the rest is excess.

    What was held, and fees that are given back, are the borrower's money first and fill what the payment lacks. What a
    waiver gives up is left to it.
    """
    left = relief.left_open(loan, payoff.given_up.minor)
    spared = {
        name: Money(sum(line.amount for line in left if line.component == name), contract.currency)
        for name in RECEIVABLE
    }
    owed = payoff.owed - payoff.given_up
    nothing = Money(0, contract.currency)
    accrued = Money(dues.interest_to(loan, contract, receipt.received_on), contract.currency)
    tax_returned = total((fee.tax for fee in contract.fees), contract.currency) if payoff.fees_returned else nothing
    made = postings(
        ("interest_receivable", "interest_income", accrued),
        ("fee_receivable", "fee_income", payoff.charge),
        ("fee_receivable", "tax_payable", payoff.charge_tax),
        ("fee_income", "excess", payoff.fees_returned - tax_returned),
        ("tax_payable", "excess", tax_returned),
        ("excess", "lender_funds", max(owed - receipt.amount, nothing)),
        ("lender_funds", "principal", payoff.principal),
        ("lender_funds", "interest_receivable", payoff.interest - spared["interest"]),
        ("lender_funds", "fee_receivable", payoff.fees - spared["fee"] + payoff.charge + payoff.charge_tax),
        ("lender_funds", "penalty_receivable", payoff.penalties - spared["penalty"]),
        ("lender_funds", "excess", max(receipt.amount - owed, nothing)),
    )
    return _entry(loan, receipt, made, relief.all_of(less(loan.dues, left)))


def _settled(loan: Loan, contract: Contract, receipt: Receipt) -> Entry:
    """Dues first, then what the borrower was given too much; the rest ahead, or off the principal, or into excess.

    What is beyond the sum of a settlement is excess at once.
    """
    amount = receipt.amount.minor - relief.beyond_settlement(loan, receipt.amount.minor)
    lines, over = _allocated(loan, contract, amount, receipt.received_on)
    rest = max(over + min(loan.excess, 0), 0)
    is_ahead = receipt.purpose == "instalment" and contract.waterfall.in_advance_to == "next"
    interest, principal = _ahead(loan, contract, receipt.received_on, rest) if is_ahead else (0, 0)
    if not is_ahead:
        principal = min(rest, _payable_ahead(loan, contract, receipt.received_on, rest))
    if principal == loan.not_yet_due:
        lines += _put_off(loan, receipt.received_on, lines, rest - interest - principal)
    paid = {name: sum(line.amount for line in lines if line.component == name) for name in RECEIVABLE}
    kept = receipt.amount.minor - sum(paid.values()) - interest - principal

    def money(minor: int) -> Money:
        return Money(minor, contract.currency)

    made = postings(
        ("interest_receivable", "interest_income", money(interest)),
        ("lender_funds", "interest_receivable", money(paid["interest"] + interest)),
        ("lender_funds", "principal", money(paid["principal"] + principal)),
        ("lender_funds", "fee_receivable", money(paid["fee"])),
        ("lender_funds", "penalty_receivable", money(paid["penalty"])),
        ("lender_funds", "excess", money(kept)),
    )
    entry = _entry(loan, receipt, made, lines)
    if is_ahead:
        return replace(entry, ahead=interest + principal)
    if principal and (receipt.choice or contract.prepayment) == "smaller_instalment":
        return replace(entry, plan=_smaller(after(loan, contract, entry), contract))
    return entry


def _allocated(loan: Loan, contract: Contract, amount: int, on: date) -> tuple[tuple[Line, ...], int]:
    """The dues that money settles, and what none of them takes.

    Once the condition of a waiver is met, what is beyond it settles nothing that the waiver gives up.
    """
    needed = relief.needed(loan, amount)
    first = allocate(needed, loan.dues, contract.waterfall, on)
    if needed == amount or loan.grant is None:
        return first.lines, first.rest
    left = less(loan.dues, first.lines)
    left = less(left, relief.still_unpaid(loan.grant, left))
    then = allocate(first.rest + amount - needed, left, contract.waterfall, on)
    sums: Counter[tuple[int, str]] = Counter()
    for line in (*first.lines, *then.lines):
        sums[line.number, line.component] += line.amount
    return tuple(Line(*part, amount) for part, amount in sums.items()), then.rest


def _put_off(loan: Loan, on: date, settled: tuple[Line, ...], rest: int) -> tuple[Line, ...]:
    """What a plan put off is paid together with the last of the principal: no later due would take money for it."""
    later = tuple(due for due in loan.dues if due.due_on > on)
    taken = {(line.number, line.component): line.amount for line in settled}
    lines = []
    for line in relief.all_of(later):
        amount = min(rest, line.amount - taken.get((line.number, line.component), 0))
        if amount > 0:
            lines.append(replace(line, amount=amount))
            rest -= amount
    return tuple(lines)


def _ahead(loan: Loan, contract: Contract, on: date, rest: int) -> tuple[int, int]:
    """Interest and principal of coming instalments that `rest` pays before their dates.

    Where early money does not change the interest, it waits for the due date instead.
    """
    if contract.terms.recalculation == "none" or not contract.waterfall.in_advance:
        return 0, 0
    accrued = dues.interest_to(loan, contract, on)
    left = min(rest, _payable_ahead(loan, contract, on, rest) + accrued)
    parts = {"interest": accrued, "principal": loan.not_yet_due}
    taken = {"interest": 0, "principal": 0}
    for component in contract.waterfall.in_advance:
        if component in parts:
            taken[component] = min(left, parts[component])
            left -= taken[component]
    return taken["interest"], taken["principal"]


def _payable_ahead(loan: Loan, contract: Contract, on: date, rest: int) -> int:
    """Principal that may be paid before its time: all but the last instalment's, or all when only one is to come.

    Paying that too is a foreclosure. Where closing early costs nothing there is no difference.
    """
    assert loan.plan is not None
    is_within_the_coming = loan.ahead + rest <= loan.plan.instalment
    is_free = not contract.foreclosure_rate or dues.is_last_number(loan) or not loan.not_yet_due
    if is_free or is_within_the_coming:
        return loan.not_yet_due
    *others, last = dues.to_come(on_day(loan, contract, on), contract)
    return loan.not_yet_due - last.principal if others else loan.not_yet_due


def _smaller(left: Loan, contract: Contract) -> Plan:
    """The plan with the instalment that repays what is left over the instalments that are left."""
    assert left.plan is not None
    return replace(left.plan, instalment=relief.instalment_of(left, contract, left.not_yet_due))


def _entry(loan: Loan, receipt: Receipt, made: tuple[Posting, ...], lines: tuple[Line, ...] = ()) -> Entry:
    return Entry(
        entry_id=repayment_name(receipt.arrival),
        kind="repayment",
        sequence=loan.sequence + 1,
        effective_on=receipt.received_on,
        recorded_at=receipt.recorded_at,
        postings=made,
        lines=lines,
        purpose=receipt.purpose,
        choice=receipt.choice,
    )

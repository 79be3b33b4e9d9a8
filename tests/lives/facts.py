"""How a loan stands and what an entry did, in the words and figures of a life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.domain import dues, penal
from shared.domain.contract import Contract
from shared.domain.delinquency import Account, DueHistory, classification, days_past_due
from shared.domain.lateness import account, scale, steps
from shared.domain.ledger import ACCOUNTS, RECEIVABLE, Entry, balances, live
from shared.domain.loan import Loan
from shared.domain.payoff import Payoff
from shared.markets import market
from tests.lives.language import Key

# What a loan does not have, as the instalment of one that is not paid out.
NONE = "none"
# Lives are told of any year: by the rules on classes of this day.
RULES_OF = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan and its books at the end of a day."""

    loan: Loan
    contract: Contract
    entries: tuple[Entry, ...]
    on: date


def shown(minor: int) -> str:
    """Minor units as an amount: 2,836.79."""
    sign, (whole, rest) = "-" if minor < 0 else "", divmod(abs(minor), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def stands(key: Key, at: Standing) -> str:
    """The value of a fact about a loan."""
    head, name = key
    if head.startswith("row "):
        return _row(int(head.removeprefix("row ")), name, at)
    if name.startswith("account "):
        return _account(name.removeprefix("account ").replace(" ", "_"), at)
    return STATE[name](at)


def settled(entry: Entry) -> dict[Key, str]:
    """What money settled, line by line. All figures of a payment's entry together are its amount."""
    found: dict[Key, int] = {}
    for line in entry.lines:
        found[f"due {line.number}", line.component] = line.amount
    principal = -entry.moved("principal") - sum(x.amount for x in entry.lines if x.component == "principal")
    found["early", "principal"] = principal
    found["early", "interest"] = entry.debited("interest_receivable")
    for posting in entry.postings:
        if posting.debit == "fee_receivable":
            found["closing", "charge" if posting.credit == "fee_income" else "tax"] = posting.amount.minor
        if posting.credit == "excess" and posting.debit != "lender_funds":
            found["closing", "fees returned"] = found.get(("closing", "fees returned"), 0) + posting.amount.minor
    found["recovery", "taken"] = -entry.moved("recoveries")
    kept = -entry.moved("excess")
    found["excess", "kept" if kept > 0 else "used"] = abs(kept)
    return {key: shown(amount) for key, amount in found.items() if amount}


def relieved(entry: Entry) -> dict[Key, str]:
    """What a waiver, a plan or a write-off did: claims that ended, that wait for another day, that became principal."""
    part_of = {account: part for part, account in RECEIVABLE.items()}
    found: dict[Key, int] = {}
    for posting in entry.postings:
        if posting.debit in ("waivers", "write_offs"):
            found["gives up", part_of[posting.credit]] = posting.amount.minor
        if posting.debit == "tax_payable":
            found["gives up", "tax"] = posting.amount.minor
        if posting.debit == "principal":
            found["capitalises", part_of[posting.credit]] = posting.amount.minor
    if entry.kind == "rescheduled" and entry.due:
        found |= {("puts off", part): getattr(entry.due, part) for part in RECEIVABLE}
    return {key: shown(amount) for key, amount in found.items() if amount}


def fell_due(entry: Entry) -> dict[Key, str]:
    assert entry.due is not None
    told = {"principal": entry.due.principal, "interest": entry.due.interest, "carried": entry.carried}
    return {("", name): shown(amount) for name, amount in told.items()}


def quoted(payoff: Payoff) -> dict[Key, str]:
    told = {
        "principal": payoff.principal,
        "interest": payoff.interest,
        "fees": payoff.fees,
        "penalty": payoff.penalties,
        "charge": payoff.charge,
        "tax": payoff.charge_tax,
        "fees returned": payoff.fees_returned,
        "held": payoff.held,
        "given up": payoff.given_up,
    }
    return {("", name): shown(amount.minor) for name, amount in told.items()}


def _account(name: str, at: Standing) -> str:
    """An account's balance on the side that makes it grow."""
    balance = balances(at.entries).get(name, 0)
    return shown(balance if ACCOUNTS[name] in ("asset", "expense") else -balance)


def _row(number: int, name: str, at: Standing) -> str:
    row = next((row for row in dues.to_come(at.loan, at.contract) if row.number == number), None)
    if row is None:
        return NONE
    return row.due_on.isoformat() if name == "due" else shown(getattr(row, name))


def _overdue(at: Standing) -> str:
    """Principal, interest and fees that were demanded and are unpaid at the day's end."""
    return shown(sum(due.principal + due.interest + due.fee for due in at.loan.dues if due.due_on <= at.on))


def _penalty(at: Standing) -> str:
    """What default has come to before this day and is unpaid, with its tax, booked or not."""
    since = at.loan.accrued_to or at.on
    charges = penal.accrued(at.loan.dues, at.contract.penal, since, max(since, at.on))
    return shown(sum(due.penalty for due in at.loan.dues) + charges)


def _interest_so_far(at: Standing) -> str:
    """Interest of the present period up to the day that no entry has booked."""
    return shown(dues.interest_to(at.loan, at.contract, at.on)) if at.loan.state == "active" else NONE


def _days_past_due(at: Standing) -> int:
    return days_past_due(Account(_late(at)), at.on)


def _bucket(at: Standing) -> str:
    """The class at the day's end, with the memory that the market's rules give it."""
    life = steps(at.loan, at.contract, at.entries)
    return classification([account(life)], scale(at.contract, market(at.contract.market, RULES_OF)), at.on)


def _late(at: Standing) -> tuple[DueHistory, ...]:
    """The dues that are open on the day: a penal charge alone makes no loan late."""
    fallen = [due for due in at.loan.dues if due.due_on <= at.on and due.unpaid > due.penalty]
    return tuple(DueHistory(due.number, due.due_on) for due in fallen)


def _last_due(at: Standing) -> str:
    rows = dues.to_come(at.loan, at.contract)
    return rows[-1].due_on.isoformat() if rows else NONE


def _of_relief(at: Standing, waits: bool, words: Mapping[str, str]) -> str:
    """How the latest relief of a kind stands, by the last of its entries that stands."""
    told = [words[entry.kind] for entry in live(at.entries) if entry.kind in words]
    return "waits" if waits else (told[-1] if told else NONE)


def _plan(at: Standing) -> str:
    """A plan is kept when its loan was paid in time for as long as it was watched."""
    agreed = [entry.terms.relief_id for entry in live(at.entries) if entry.terms]
    return "kept" if agreed and agreed[-1] in at.loan.kept else _of_relief(at, False, PLAN)


WAIVER = {"waiver_granted": "ended", "waiver": "kept", "waiver_lapsed": "lapsed"}
PLAN = {"rescheduled": "holds", "plan_broken": "broken"}
STATE: Mapping[str, Callable[[Standing], str]] = {
    "state": lambda at: at.loan.state,
    "outstanding": lambda at: shown(at.loan.principal),
    "not yet due": lambda at: shown(at.loan.not_yet_due),
    "overdue": _overdue,
    "penalty": _penalty,
    "excess": lambda at: shown(at.loan.excess),
    "written off": lambda at: shown(at.loan.written_off),
    "interest earned": lambda at: _account("interest_income", at),
    "interest so far": _interest_so_far,
    "waiver": lambda at: _of_relief(at, at.loan.grant is not None, WAIVER),
    "plan": _plan,
    "watch": lambda at: "runs" if at.loan.watch else NONE,
    "instalment": lambda at: shown(at.loan.plan.instalment) if at.loan.plan else NONE,
    "instalments to come": lambda at: str(len(dues.to_come(at.loan, at.contract))),
    "interest to come": lambda at: shown(sum(row.interest for row in dues.to_come(at.loan, at.contract))),
    "last due": _last_due,
    "dpd": lambda at: str(_days_past_due(at)),
    "bucket": _bucket,
    "corrections": lambda at: str(at.loan.revision),
    "books": lambda at: "balance" if sum(balances(at.entries).values()) == 0 else "differ",
}

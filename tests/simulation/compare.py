"""What the deployed books say of a loan beside what they must say, and every difference readably."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

from shared.domain.contract import Contract
from shared.domain.delinquency import days_past_due, history
from shared.domain.explain import used
from shared.domain.lateness import account, scale, steps
from shared.domain.ledger import Entry, balances, live
from shared.domain.loan import Loan
from shared.markets import market
from tests.lives.checks import broken
from tests.lives.facts import Standing
from tests.simulation.facts import Row
from tests.simulation.oracle import ByHand

# What is said on a day about one thing, as text that can be laid beside other such text.
Said = dict[tuple[date, str], str]
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    loan_id: str
    on: date
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.loan_id}  {self.on}  {self.what}\n    expected  {self.expected}\n    found     {self.found}"


@dataclass(frozen=True, slots=True)
class Found:
    """A loan as the deployed stage has it at the end of the day `on`; `notices` are those sent, and on which day."""

    loan: Loan
    contract: Contract
    entries: tuple[Entry, ...]
    notices: Mapping[str, date]
    on: date


def differences(found: Found, by_hand: ByHand, notices: Mapping[str, date]) -> list[Difference]:
    """Of everything that is compared, and the rules of all books that these break.

    `notices` are the ids of those that the borrower must have got and no other, each with its day.
    """
    loan_id = found.loan.loan_id
    told: list[Difference] = []
    for expected_of, found_of in COMPARED:
        expected, seen = expected_of(by_hand, found.on), found_of(found)
        for on, what in sorted(expected.keys() | seen.keys()):
            sides = expected.get((on, what), NOTHING), seen.get((on, what), NOTHING)
            if sides[0] != sides[1]:
                told.append(Difference(loan_id, on, what, *sides))
    for notice_id in sorted(notices.keys() | found.notices.keys()):
        days = [each.get(notice_id) for each in (notices, found.notices)]
        if days[0] != days[1]:
            each_side = [f"sent on {day}" if day else NOTHING for day in days]
            told.append(Difference(loan_id, min(filter(None, days)), notice_id, *each_side))
    rules = broken(Standing(found.loan, found.contract, found.entries, found.on))
    return [*told, *(Difference(loan_id, found.on, rule, "kept", "broken") for rule in rules)]


def _books_by_hand(by_hand: ByHand, _: date) -> Said:
    return _said(by_hand.rows)


def _books_found(found: Found) -> Said:
    return _said(row for entry in live(found.entries) for row in _rows(entry))


def _rows(entry: Entry) -> Iterator[Row]:
    """An entry in the words of the oracle; what only reserves money for a payout has none."""
    lines = {f"{line.number} {line.component}": line.amount for line in (*entry.lines, *entry.penalties)}
    match entry.kind:
        case "disbursement":
            yield Row(entry.effective_on, "disbursed", {"amount": entry.moved("principal")})
        case "due":
            assert entry.due is not None
            amounts = {"principal": entry.due.principal, "interest": entry.due.interest}
            yield Row(entry.effective_on, f"due {entry.due.number}", amounts)
        case "penal_charge":
            yield Row(entry.effective_on, "penal charge", lines)
        case "settled_from_excess":
            yield Row(entry.effective_on, "settled from excess", lines)
        case "repayment":
            receipt = used(entry)
            early = {"interest early": receipt.interest, "principal early": receipt.principal}
            rest = {"for closing": receipt.charge, "excess": receipt.excess}
            payment = entry.name.removeprefix("repayment.")
            recovered = {"recovered": -entry.moved("recoveries")}
            yield Row(entry.effective_on, f"received {payment}", {**lines, **early, **rest, **recovered})
        case "refund":
            yield Row(entry.effective_on, "refunded", {"amount": -entry.moved("payouts_in_transit")})
        case "waiver_granted" if entry.grant is not None and entry.grant.closes:
            yield Row(entry.effective_on, "settlement offered", {"pay": entry.grant.pay})
        case "waiver_granted":
            assert entry.grant is not None
            yield Row(entry.effective_on, "waiver granted", {"pay": entry.grant.pay, "waived": entry.grant.penalty})
        case "waiver":
            yield Row(entry.effective_on, f"waived {entry.name.removeprefix('waiver.')}", lines)
        case "waiver_lapsed":
            yield Row(entry.effective_on, f"waiver lapsed {entry.name.removeprefix('waiver_lapsed.')}", {})
        case "rescheduled":
            yield Row(entry.effective_on, "plan agreed", _of_plan(entry))
        case "plan_broken":
            yield Row(entry.effective_on, "plan broken", _of_plan(entry))
        case "watch_ended":
            yield Row(entry.effective_on, "watch ended", {})
        case "write_off":
            yield Row(entry.effective_on, "written off", {"amount": entry.debited("write_offs")})
        case "cancellation":
            yield Row(entry.effective_on, "nobody asked for it", {})
        case "closure":
            yield Row(entry.effective_on, "closed", {})


def _of_plan(entry: Entry) -> dict[str, int]:
    """The instalments from then on, what was added to the principal, and what was put off to the first of them."""
    if entry.plan is None:
        return {}
    put_off = {f"{part} put off": getattr(entry.due, part) for part in ("interest", "penalty")} if entry.due else {}
    plan = {"instalment": entry.plan.instalment, "last": entry.plan.last_number}
    return {**plan, "added": entry.moved("principal"), **put_off}


def _said(rows: Iterable[Row]) -> Said:
    """Rows of one day and kind are told apart by their order."""
    said: Said = {}
    for row in rows:
        what = next(name for number in count(1) if (row.on, name := _nth(row.what, number)) not in said)
        said[row.on, what] = _amounts(row.amounts)
    return said


def _nth(what: str, number: int) -> str:
    return what if number == 1 else f"{what} ({number})"


def _amounts(amounts: Mapping[str, int]) -> str:
    kept = [f"{name} {amount}" for name, amount in sorted(amounts.items()) if amount]
    return ", ".join(kept) or "done"


def _end_by_hand(by_hand: ByHand, on: date) -> Said:
    said: Said = {
        (on, "state"): by_hand.state,
        (on, "excess"): str(by_hand.excess),
        (on, "accounts"): _amounts(by_hand.accounts),
        (on, "days past due"): str(by_hand.days_past_due),
    }
    return said | {(on, f"open of due {due.number}"): _amounts(due.parts) for due in by_hand.dues}


def _end_found(found: Found) -> Said:
    loan, on = found.loan, found.on
    late = account(steps(loan, found.contract, found.entries))
    said: Said = {
        (on, "state"): loan.state,
        (on, "excess"): str(loan.excess),
        (on, "accounts"): _amounts(balances(found.entries)),
        (on, "days past due"): str(days_past_due(late, on)),
    }
    for due in loan.dues:
        parts = {"principal": due.principal, "interest": due.interest, "penalty": due.penalty}
        said[on, f"open of due {due.number}"] = _amounts(parts)
    return said


def _classes_by_hand(by_hand: ByHand, _: date) -> Said:
    return {(on, "class"): f"{was} to {now}, {cause}" for on, was, now, cause in by_hand.classes}


def _classes_found(found: Found) -> Said:
    late = account(steps(found.loan, found.contract, found.entries))
    judged = scale(found.contract, market(found.contract.market, found.on))
    changes = history([late], judged, found.on)
    return {(change.on, "class"): f"{change.was} to {change.now}, {change.cause}" for change in changes}


# Each thing that is compared: as worked out by hand, and as the stage has it.
COMPARED: tuple[tuple[Callable[[ByHand, date], Said], Callable[[Found], Said]], ...] = (
    (_books_by_hand, _books_found),
    (_end_by_hand, _end_found),
    (_classes_by_hand, _classes_found),
)

"""A loan is the fold of its entries. The head is that fold so far, cached with a version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from shared.domain import accrual, penal
from shared.domain.allocation import Due, Line
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Grant, Plan, live
from shared.domain.terms import first_due_on, nth_due_on

# The state machine: from which state which kind of entry leads where. A kind that is absent leaves the state as it is.
MOVES: dict[str, dict[str, str]] = {
    "sanctioned": {"payout_ordered": "disbursing", "cancellation": "cancelled"},
    "disbursing": {"disbursement": "active", "payout_failed": "sanctioned"},
    "active": {"closure": "closed", "write_off": "written_off"},
    "closed": {},
    "written_off": {},
    "cancelled": {},
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A plan that is broken when one of its dues is unpaid for more than `days`; `former` is the plan before it."""

    relief_id: str
    days: int
    former: Plan


@dataclass(frozen=True, slots=True)
class Watch:
    """A loan that was restructured, kept or broken, until every due was paid in time for `months` since a day.

    The time begins with the plan's first due, and anew with the day on which arrears were paid. None has no end.
    """

    since: date
    months: int | None


@dataclass(frozen=True, slots=True)
class Loan:
    """The head: small, since every movement writes it. Amounts are minor units of the contract's currency.

    `principal` is all that is unpaid of it, demanded or not. The present period began on `period_start`; `accrued` is
    the sum of earning principal x weight of the days since then (see `accrual`), up to `accrued_to`; `charged` is
    interest of this period already booked, `ahead` what was paid of the coming instalments, `carried` interest that an
    earlier period left over. `dues` are those still open. `excess` is the borrower's money that nothing has settled
    yet; it is negative when he was given back more than was his; after `refund_failed` somebody must look. On
    `came_back_on` the principal last came back that was to reach him.

    `version` and `notice_on`, the day on which somebody looks for something to tell, follow from no entry.

    `grant` is a waiver or a settlement that waits for its condition, `watched` a plan that can still be broken, `watch`
    the time after a plan, `kept` the plans that were kept through it, `written_off` what was given up as an asset and
    is owed all the same; once nothing of it is, the loan is `closed_on` that day. `revision` counts the corrections of
    the books.
    """

    loan_id: str
    borrower_id: str
    application_id: str
    offer_id: str
    partner_id: str
    state: str
    sanctioned_at: datetime
    version: int = 0
    sequence: int = 0
    revision: int = 0
    disbursed_on: date | None = None
    closed_on: date | None = None
    plan: Plan | None = None
    principal: int = 0
    next_number: int = 1
    period_start: date | None = None
    accrued_to: date | None = None
    accrued: int = 0
    charged: int = 0
    ahead: int = 0
    carried: int = 0
    dues: tuple[Due, ...] = ()
    excess: int = 0
    refund_failed: bool = False
    grant: Grant | None = None
    paid_since_grant: int = 0
    watched: Watched | None = None
    watch: Watch | None = None
    kept: tuple[str, ...] = ()
    written_off: int = 0
    payout_id: str | None = None
    came_back_on: date | None = None
    notice_on: date | None = None

    def derived_id(self, name: str) -> str:
        """The id of an entry that is worked out from others: new after each correction, else the same for everyone."""
        return f"{name}~{self.revision}" if self.revision else name

    @property
    def not_yet_due(self) -> int:
        """Principal that no due has demanded yet."""
        return self.principal - sum(due.principal for due in self.dues)


def sanctioned(
    loan_id: str, borrower_id: str, contract: Contract, application_id: str, offer_id: str, accepted_at: datetime
) -> Loan:
    """The loan as the lender granted it: nothing has moved yet."""
    return Loan(
        loan_id=loan_id,
        borrower_id=borrower_id,
        application_id=application_id,
        offer_id=offer_id,
        partner_id=contract.partner_id,
        state="sanctioned",
        sanctioned_at=accepted_at,
    )


def origin(loan: Loan) -> Loan:
    """The same loan as it was sanctioned: where a fold of its entries begins."""
    return Loan(
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        application_id=loan.application_id,
        offer_id=loan.offer_id,
        partner_id=loan.partner_id,
        state="sanctioned",
        sanctioned_at=loan.sanctioned_at,
    )


def fold(loan: Loan, contract: Contract, entries: Iterable[Entry]) -> Loan:
    """The head after all entries, from a loan as it was sanctioned. What was undone has no effect."""
    entries = list(entries)
    for entry in live(entries):
        loan = after(loan, contract, entry)
    return replace(
        loan,
        sequence=max((entry.sequence for entry in entries), default=loan.sequence),
        revision=max((entry.revision for entry in entries), default=loan.revision),
    )


def is_fold(loan: Loan, contract: Contract, entries: Sequence[Entry]) -> bool:
    """Whether a head as it was stored is what all its entries say."""
    head = replace(loan, version=0, notice_on=None)
    return len(entries) == loan.sequence and fold(origin(loan), contract, entries) == head


def after(loan: Loan, contract: Contract, entry: Entry) -> Loan:
    """The head after one more entry: the only way in which a head ever changes."""
    assert entry.sequence > loan.sequence and entry.reversal_of is None, (entry, loan.sequence)
    changes = _to_date(loan, contract, entry.effective_on)
    if loan.watch is not None and days_past_due(loan, entry.effective_on):
        changes["watch"] = replace(loan.watch, since=entry.effective_on)
    dues: tuple[Due, ...] = changes.get("dues", loan.dues)
    changes["dues"] = less(_penalised(dues, entry.penalties), entry.lines)
    for posting in entry.postings:
        if posting.debit == "interest_receivable":
            changes["charged"] = changes.get("charged", loan.charged) + posting.amount.minor
    changes |= {
        "sequence": entry.sequence,
        "state": MOVES[loan.state].get(entry.kind, loan.state),
        "principal": loan.principal + entry.moved("principal"),
        "excess": loan.excess - entry.moved("excess"),
        "ahead": loan.ahead + entry.ahead,
    }
    if entry.plan is not None:
        # It counts from what is unpaid, so that nothing of its instalments was paid ahead.
        changes |= {"plan": entry.plan, "ahead": 0}
    return replace(loan, **(changes | _of_kind(loan, contract, entry, changes)))


def require(loan: Loan, kind: str) -> None:
    """Raises `Refused` when the loan's state does not allow an entry of this kind."""
    if kind not in MOVES[loan.state]:
        code = "loan_not_sanctioned" if kind in MOVES["sanctioned"] else "loan_not_active"
        raise Refused(code, "The state of this loan does not allow it: {state}.", state=(loan.state,))


def days_past_due(loan: Loan, on: date) -> int:
    """Since the oldest due before the day whose principal, interest or fee is unpaid; `loan` has its dues up to it.

    A penal charge alone makes no loan late.
    """
    return max(((on - due.due_on).days for due in loan.dues if due.due_on < on and due.arrears), default=0)


def earning(loan: Loan, contract: Contract) -> int:
    """The amount that interest runs on: nothing any more once the last of the principal was demanded.

    Flat interest is on what was lent. Else it is on what is unpaid, with or without what is overdue.
    """
    not_yet_due = loan.not_yet_due
    if not not_yet_due:
        return 0
    if contract.terms.interest_method == "flat":
        return contract.terms.principal.minor
    return loan.principal if contract.terms.interest_on_overdue else not_yet_due


def on_day(loan: Loan, contract: Contract, on: date) -> Loan:
    """The head with the days up to `on` counted and nothing booked: for figures of that day."""
    return replace(loan, **_to_date(loan, contract, on))


def _of_kind(loan: Loan, contract: Contract, entry: Entry, changes: dict[str, Any]) -> dict[str, Any]:
    match entry.kind:
        case "payout_ordered" | "refund_ordered":
            return {"payout_id": entry.payout_id, "refund_failed": False}
        case "payout_failed":
            return {"payout_id": None, "came_back_on": entry.effective_on}
        case "refund":
            return {"payout_id": None}
        case "refund_failed":
            return {"payout_id": None, "refund_failed": True}
        case "disbursement":
            return _paid_out(contract, entry.effective_on)
        case "due":
            assert entry.due is not None and loan.plan is not None
            return {
                "dues": (*changes["dues"], entry.due) if entry.due.unpaid else changes["dues"],
                "next_number": loan.next_number + 1,
                "period_start": entry.due.due_on,
                "accrued": 0,
                "charged": 0,
                "ahead": max(0, loan.ahead - loan.plan.instalment),
                "carried": entry.carried,
            }
        case "closure":
            return {"closed_on": entry.effective_on, "carried": 0, **_UNBOUND}
        case "repayment":
            paid = entry.moved("lender_funds") if loan.grant else 0
            owed = _owed_after_write_off(loan, loan.written_off + entry.moved("recoveries"), entry.effective_on)
            return {"paid_since_grant": loan.paid_since_grant + paid, **owed}
    return _of_relief(loan, contract, entry)


def _of_relief(loan: Loan, contract: Contract, entry: Entry) -> dict[str, Any]:
    match entry.kind:
        case "waiver_granted" if loan.state == "active" or (loan.written_off and entry.grant and entry.grant.closes):
            return {"grant": entry.grant, "paid_since_grant": 0}
        case "waiver":
            return {"grant": None, **_owed_after_write_off(loan, 0, entry.effective_on)}
        case "waiver_lapsed":
            return {"grant": None}
        case "rescheduled" if loan.state == "active":
            return _replanned(loan, contract, entry)
        case "plan_broken":
            return {"watched": None}
        case "watch_ended":
            kept = (*loan.kept, loan.watched.relief_id) if loan.watched else loan.kept
            return {"watched": None, "watch": None, "kept": kept}
        case "write_off" if loan.state == "active":
            return {"written_off": entry.debited("write_offs"), "carried": 0, **_UNBOUND}
    return {}


# What no relief binds any more, since the loan is over.
_UNBOUND: dict[str, Any] = {"grant": None, "watched": None, "watch": None}


def keeps_period(loan: Loan, contract: Contract, plan: Plan) -> bool:
    """Whether the present period goes on under another plan.

    Other dates give its days other parts of the year. So interest that was paid ahead by the former dates ends it.
    """
    planned, number = replace(loan, plan=plan), loan.next_number
    return not loan.charged or all(
        due_date(planned, contract, each) == due_date(loan, contract, each) for each in (number - 1, number)
    )


def _replanned(loan: Loan, contract: Contract, entry: Entry) -> dict[str, Any]:
    assert entry.plan is not None
    assert entry.terms is not None
    changes: dict[str, Any] = {"dues": (entry.due,) if entry.due else (), "watched": _watched(loan, entry)}
    if entry.terms.is_restructuring:
        changes["watch"] = Watch(entry.terms.first_due_on, entry.terms.watch_months)
    if keeps_period(loan, contract, entry.plan):
        return changes
    return changes | {"period_start": entry.effective_on, "accrued": 0, "charged": 0, "carried": entry.carried}


def _watched(loan: Loan, entry: Entry) -> Watched | None:
    assert loan.plan is not None and entry.terms is not None
    days, first = entry.terms.breaks_after_days, loan.watched
    if days is None:
        return None
    return Watched(entry.terms.relief_id, days, first.former if first else loan.plan)


def _owed_after_write_off(loan: Loan, left: int, on: date) -> dict[str, Any]:
    """Once nothing of it is owed any more, the loan has its end."""
    return {"written_off": left, "closed_on": on if loan.written_off and not left else loan.closed_on}


def _paid_out(contract: Contract, on: date) -> dict[str, Any]:
    plan = _agreed(contract, on)
    return {"payout_id": None, "disbursed_on": on, "period_start": on, "accrued_to": on, "plan": plan}


def _agreed(contract: Contract, disbursed_on: date) -> Plan:
    """The plan of the contract for a loan paid out on a day."""
    terms = contract.terms
    anchored = (disbursed_on, 0) if terms.due_day is None else (first_due_on(terms, disbursed_on), 1)
    return Plan(*anchored, last_number=terms.instalments, instalment=contract.instalment.minor)


def due_date(loan: Loan, contract: Contract, number: int) -> date:
    """The date of an instalment to come, by the present plan."""
    assert loan.plan is not None
    return nth_due_on(contract.terms, loan.plan.anchor_on, number - loan.plan.anchor_number)


def _to_date(loan: Loan, contract: Contract, on: date) -> dict[str, Any]:
    """What changes when the days up to `on` are counted, on what was owed during them."""
    if loan.accrued_to is None or on == loan.accrued_to:
        return {}
    assert on > loan.accrued_to, (on, loan.accrued_to)
    weight = accrual.weight(contract.terms, loan.accrued_to, on)
    return {
        "accrued": loan.accrued + earning(loan, contract) * weight,
        "accrued_to": on,
        "dues": tuple(penal.passed(due, loan.accrued_to, on) for due in loan.dues),
    }


def _penalised(dues: tuple[Due, ...], lines: Iterable[Line]) -> tuple[Due, ...]:
    if not lines:
        return dues
    left = {due.number: due for due in dues}
    for line in lines:
        due, charge = left[line.number], line.amount if line.component == "penalty" else 0
        left[line.number] = replace(due, penalty=due.penalty + line.amount, penalised=due.penalised + charge)
    return tuple(left.values())


def less(dues: tuple[Due, ...], lines: Iterable[Line]) -> tuple[Due, ...]:
    """The dues that are open once the lines are settled."""
    if not lines:
        return dues
    left = {due.number: due for due in dues}
    for line in lines:
        due = left[line.number]
        left[line.number] = replace(due, **{line.component: getattr(due, line.component) - line.amount})
    return tuple(due for due in left.values() if due.unpaid)

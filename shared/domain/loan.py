"""A loan is the fold of its entries. The head is that fold so far, cached with a version."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.allocation import Due, Line
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry

# The state machine: from which state which kind of entry leads where. A kind that is absent leaves the state as it is.
MOVES: dict[str, dict[str, str]] = {
    "sanctioned": {"payout_ordered": "disbursing", "cancellation": "cancelled"},
    "disbursing": {"disbursement": "active", "payout_failed": "sanctioned"},
    "active": {"closure": "closed"},
    "closed": {},
    "cancelled": {},
}


@dataclass(frozen=True, slots=True)
class Loan:
    """The head: small, since every movement writes it. Amounts are minor units of the contract's currency.

    `principal` is all that is unpaid of it, demanded or not. `accrued` is the sum of earning principal x days since the
    present period began, up to `accrued_to`; `charged` is interest of this period already booked, `ahead` what was
    paid of the coming instalment, `carried` interest that an earlier period left over. `dues` are those still open.
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
    disbursed_on: date | None = None
    closed_on: date | None = None
    principal: int = 0
    instalment: int = 0
    next_number: int = 1
    accrued_to: date | None = None
    accrued: int = 0
    charged: int = 0
    ahead: int = 0
    carried: int = 0
    dues: tuple[Due, ...] = ()
    excess: int = 0
    payout_id: str | None = None

    @property
    def not_yet_due(self) -> int:
        """Principal that no due has demanded yet."""
        return self.principal - sum(due.principal for due in self.dues)

    @property
    def earning(self) -> int:
        """Principal that interest runs on: all that is unpaid, until the last of it was demanded."""
        return self.principal if self.not_yet_due else 0


def sanctioned(
    loan_id: str, borrower_id: str, contract: Contract, application_id: str, offer_id: str, accepted_at: datetime
) -> Loan:
    """The loan as the lender granted it: nothing has moved yet.

    Its dues are monthly and its interest is on what is unpaid: no other terms can be lent on so far.
    """
    assert contract.terms.every == (1, "month") and contract.terms.interest_method == "declining", contract.terms
    return Loan(
        loan_id=loan_id,
        borrower_id=borrower_id,
        application_id=application_id,
        offer_id=offer_id,
        partner_id=contract.partner_id,
        state="sanctioned",
        sanctioned_at=accepted_at,
        instalment=contract.instalment.minor,
    )


def fold(loan: Loan, entries: Iterable[Entry]) -> Loan:
    """The head after all entries, from a loan as it was sanctioned."""
    for entry in sorted(entries, key=lambda entry: entry.sequence):
        loan = after(loan, entry)
    return loan


def after(loan: Loan, entry: Entry) -> Loan:
    """The head after one more entry: the only way in which a head ever changes."""
    assert entry.sequence == loan.sequence + 1, (entry.sequence, loan.sequence)
    loan = _accrued(loan, entry.effective_on)
    loan = replace(
        loan,
        sequence=entry.sequence,
        state=MOVES[loan.state].get(entry.kind, loan.state),
        principal=loan.principal + entry.moved("principal"),
        excess=loan.excess - entry.moved("excess"),
        charged=loan.charged + entry.debited("interest_receivable"),
        dues=_unsettled(loan.dues, entry.lines),
        ahead=loan.ahead + entry.ahead,
        instalment=loan.instalment if entry.instalment is None else entry.instalment,
    )
    return _of_kind(loan, entry)


def require(loan: Loan, kind: str) -> None:
    """Raises `Refused` when the loan's state does not allow an entry of this kind."""
    if kind not in MOVES[loan.state]:
        code = "loan_not_sanctioned" if kind in MOVES["sanctioned"] else "loan_not_active"
        raise Refused(code, f"The loan is {loan.state}.")


def _of_kind(loan: Loan, entry: Entry) -> Loan:
    match entry.kind:
        case "payout_ordered" | "refund_ordered":
            return replace(loan, payout_id=entry.payout_id)
        case "payout_failed" | "refund_failed" | "refund":
            return replace(loan, payout_id=None)
        case "disbursement":
            on = entry.effective_on
            return replace(loan, payout_id=None, disbursed_on=on, accrued_to=on, accrued=0)
        case "due":
            assert entry.due is not None
            open_dues = (*loan.dues, entry.due) if _outstanding(entry.due) else loan.dues
            number = loan.next_number + 1
            return replace(
                loan, dues=open_dues, next_number=number, accrued=0, charged=0, ahead=0, carried=entry.carried
            )
        case "closure":
            return replace(loan, closed_on=entry.effective_on, carried=0)
    return loan


def _accrued(loan: Loan, on: date) -> Loan:
    """The same loan with the days up to `on` counted on the principal that earned interest during them."""
    if loan.accrued_to is None:
        return loan
    assert on >= loan.accrued_to, (on, loan.accrued_to)
    days = (on - loan.accrued_to).days
    return replace(loan, accrued=loan.accrued + loan.earning * days, accrued_to=on)


def _unsettled(dues: tuple[Due, ...], lines: Iterable[Line]) -> tuple[Due, ...]:
    left = {due.number: due for due in dues}
    for line in lines:
        if line.number in left:
            due = left[line.number]
            left[line.number] = replace(due, **{line.component: getattr(due, line.component) - line.amount})
    return tuple(due for due in left.values() if _outstanding(due))


def _outstanding(due: Due) -> int:
    return due.principal + due.interest + due.fee + due.penalty

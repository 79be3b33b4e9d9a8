"""Money going out: ordered, sent, and settled, failed or unknown. The payout's id is the rail's key.

An order reserves the lender's money in `payouts_in_transit`, which is back at nothing once the rail has answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain.calendar import business_date
from shared.domain.contract import Contract, Purchase
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Posting, postings
from shared.domain.loan import Loan, require
from shared.domain.money import Money
from shared.domain.replay import Books, corrected, given

# unknown: the rail was called and its reply was lost. It is asked again by our id, and never paid under another.
MOVES: dict[str, tuple[str, ...]] = {
    "pending": ("sent", "unknown", "settled", "failed"),
    "unknown": ("sent", "settled", "failed"),
    "sent": ("settled", "failed"),
    "settled": ("returned",),
    "failed": (),
    "returned": (),
}
OPEN = ("pending", "unknown", "sent")
# Why a refund was never sent: what it was of is the borrower's no more.
NOT_OWED = "not_owed"
# The entry of a loan that ended since nobody asked for its money.
LAPSED = "cancellation.lapsed"


@dataclass(frozen=True, slots=True)
class Payout:
    """`purchase` says which merchant is paid for which order; without it the borrower's own account is."""

    payout_id: str
    loan_id: str
    borrower_id: str
    purpose: str
    amount: Money
    from_account: str
    state: str
    ordered_at: datetime
    version: int = 0
    reason: str | None = None
    purchase: Purchase | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def disburse_by(loan: Loan, contract: Contract) -> date | None:
    """The last day on which the money can be asked for; None where nothing waits for that, or it has no end.

    Money that came back can be asked for once more, for as many days.
    """
    if loan.state != "sanctioned" or loan.payout_id is not None or contract.sanction_days is None:
        return None
    since = loan.came_back_on or business_date(loan.sanctioned_at, contract.time_zone)
    return since + timedelta(days=contract.sanction_days)


def lapses_on(loan: Loan, contract: Contract) -> date | None:
    """The day after the last on which the money can be asked for; None as for that."""
    last = disburse_by(loan, contract)
    return last + timedelta(days=1) if last else None


def lapsed(loan: Loan, entries: Iterable[Entry], on: date, at: datetime) -> Entry:
    """The end of a loan that nobody took up in time: a cancellation by time alone.

    `on` is the day by `lapses_on`, however late the night is that finds it. Only after a refund that was on its way
    until later, it is the refund's.
    """
    day = max([on, *(entry.effective_on for entry in entries)])
    return Entry(LAPSED, "cancellation", loan.sequence + 1, day, at, postings=())


def ordered(loan: Loan, contract: Contract, payout_id: str, on: date, at: datetime) -> tuple[Entry, Payout]:
    """The order to pay the loan out: the principal less its fees. Raises `Refused` unless the loan waits for it."""
    require(loan, "payout_ordered")
    last = disburse_by(loan, contract)
    if last is not None and on > last:
        raise Refused("sanction_ended", "The money of this loan could be asked for until {last}.", last=last)
    return _order(loan, contract, payout_id, "disbursement", contract.net_disbursed, on, at)


def refund_ordered(loan: Loan, contract: Contract, payout_id: str, on: date, at: datetime) -> tuple[Entry, Payout]:
    """The order to give back what was paid too much on a loan that is over."""
    assert loan.excess > 0 and loan.payout_id is None, loan
    on = max(on, loan.accrued_to or on)
    return _order(loan, contract, payout_id, "refund", Money(loan.excess, contract.currency), on, at)


def owes_refund(loan: Loan) -> bool:
    """Whether money lies with the loan that nothing will ever settle, and is to be sent back.

    What could not be sent waits for a person: the same account would not take it the next day either.
    """
    return (
        not loan.refund_failed
        and loan.state in ("sanctioned", "closed", "cancelled", "written_off")
        and loan.excess > 0
        and loan.payout_id is None
    )


def covers(loan: Loan, refund: Payout) -> bool:
    """Whether so much lies with the loan that is the borrower's."""
    return refund.amount.minor <= loan.excess


def order_name(refund: Payout) -> str:
    """Of the entry of its order."""
    return f"refund_ordered.{refund.payout_id}"


def settled(loan: Loan, contract: Contract, payout: Payout, on: date, at: datetime) -> Entry:
    """The rail paid: a disbursement makes the loan active and its fees earned, a refund ends the excess."""
    if payout.purpose == "refund":
        made = postings(("excess", "payouts_in_transit", payout.amount))
        return _entry(loan, "refund", payout, on, at, made)
    require(loan, "disbursement")
    made = postings(
        ("principal", "payouts_in_transit", payout.amount),
        *(("principal", "fee_income", fee.amount) for fee in contract.fees),
        *(("principal", "tax_payable", fee.tax) for fee in contract.fees),
    )
    return _entry(loan, "disbursement", payout, on, at, made)


def failed(loan: Loan, payout: Payout, on: date, at: datetime) -> Entry:
    """The rail did not pay: the lender's money is free again."""
    kind = "refund_failed" if payout.purpose == "refund" else "payout_failed"
    return _entry(loan, kind, payout, on, at, postings(("lender_funds", "payouts_in_transit", payout.amount)))


def returned(loan: Loan, contract: Contract, entries: Sequence[Entry], payout: Payout, on: date, at: datetime) -> Books:
    """The rail paid and the money came back: the payout never arrived, and what followed from it is undone.

    A loan is sanctioned again, without interest; what was repaid meanwhile is the borrower's.
    """
    paid = next(entry for entry in given(entries) if entry.payout_id == payout.payout_id and entry.kind in _PAID)
    back = replace(failed(loan, payout, on, at), effective_on=max(on, paid.effective_on))
    return corrected(loan, contract, entries, [*(fact for fact in given(entries) if fact is not paid), back], at)


def cancelled(loan: Loan, on: date, at: datetime) -> Entry:
    """The borrower leaves before any money moved. Raises `Refused` once a payout is ordered."""
    if loan.state == "disbursing":
        raise Refused("payout_in_progress", "The money is on its way. You may exit during the cooling-off period.")
    require(loan, "cancellation")
    return Entry("cancellation", "cancellation", loan.sequence + 1, on, at, postings=())


_PAID = ("disbursement", "refund")


def _order(
    loan: Loan, contract: Contract, payout_id: str, purpose: str, amount: Money, on: date, at: datetime
) -> tuple[Entry, Payout]:
    payout = Payout(
        payout_id=payout_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        purpose=purpose,
        amount=amount,
        from_account=contract.settlement_account,
        state="pending",
        ordered_at=at,
        purchase=contract.purchase if purpose == "disbursement" else None,
    )
    kind = "refund_ordered" if purpose == "refund" else "payout_ordered"
    return _entry(loan, kind, payout, on, at, postings(("payouts_in_transit", "lender_funds", amount))), payout


def _entry(loan: Loan, kind: str, payout: Payout, on: date, at: datetime, made: tuple[Posting, ...]) -> Entry:
    return Entry(
        entry_id=f"{kind}.{payout.payout_id}",
        kind=kind,
        sequence=loan.sequence + 1,
        effective_on=max(on, loan.accrued_to or on),
        recorded_at=at,
        postings=made,
        payout_id=payout.payout_id,
    )

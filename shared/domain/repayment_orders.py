"""What a borrower said he would pay: our order, which the rail's news of money is matched with."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain import payoff
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.loan import Loan, require
from shared.domain.money import Money

# Why a debit failed that the rail was never asked for.
NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class RepaymentOrder:
    """`state`: ordered, settled, returned, or unmatched when money came in another currency. `received`: what came.

    `choice` is what a prepayment is to make smaller; None leaves that to the contract.

    One by `mandate` is an attempt to debit: it is `sent` at `sent_at`, before the rail is called, and may have
    `failed` for a `reason`.
    """

    repayment_id: str
    loan_id: str
    borrower_id: str
    amount: Money
    purpose: str
    payee_vpa: str
    state: str
    ordered_at: datetime
    version: int = 0
    received: Money | None = None
    method: str = "upi"
    choice: str | None = None
    mandate_id: str | None = None
    sent_at: datetime | None = None
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet what becomes of it."""
        return self.state in ("ordered", "sent")

    @property
    def awaits_card(self) -> bool:
        return self.method == "card" and self.state == "ordered"

    @property
    def pay_link(self) -> str:
        """With our id as its reference."""
        return intent(self.payee_vpa, self.amount, self.repayment_id)


def intent(payee_vpa: str, amount: Money, reference: str) -> str:
    """A UPI intent (NPCI UPI Linking Specification): payee, amount in rupees, and the reference that comes back."""
    return f"upi://pay?pa={payee_vpa}&am={amount.decimal()}&cu={amount.currency}&tr={reference}"


def ordered(
    loan: Loan,
    contract: Contract,
    repayment_id: str,
    amount: Money,
    purpose: str,
    *,
    on: date,
    at: datetime,
    method: str = "upi",
    choice: str | None = None,
) -> RepaymentOrder:
    """Raises `Refused` when the loan takes no such payment. `loan` has its dues up to `on`.

    One that is to close the loan must cover what that costs today; no other may be more than the whole debt.
    """
    require(loan, "closure")
    contract.require_currency(amount, "/amount/currency")
    _require_choice(contract, purpose, choice)
    if purpose == "cooling_off":
        ends = payoff.cooling_off(loan, contract, on)
    else:
        ends = payoff.foreclosure(loan, contract, on)
    if purpose in ("foreclosure", "cooling_off") and amount < ends.amount:
        raise Refused("amount_below_payoff", "Closing the loan today costs {sum}.", "/amount/minor", sum=ends.amount)
    if purpose not in ("foreclosure", "cooling_off") and amount > ends.amount:
        raise Refused("amount_exceeds_payoff", "The whole debt today is {sum}.", "/amount/minor", sum=ends.amount)
    return RepaymentOrder(
        repayment_id=repayment_id,
        loan_id=loan.loan_id,
        borrower_id=loan.borrower_id,
        amount=amount,
        purpose=purpose,
        payee_vpa=contract.payee_vpa,
        state="ordered",
        ordered_at=at,
        method=method,
        choice=choice,
    )


def require_method(method: str, methods: Collection[str]) -> None:
    """Raises `Refused` for one that the market does not have."""
    if method not in methods:
        raise Refused("method_not_offered", "Here one pays by {methods}.", "/method", methods=tuple(methods))


def choices(contract: Contract) -> tuple[str, ...]:
    """What a prepayment may make smaller, as the product allows it: what happens unasked comes first."""
    return tuple(dict.fromkeys((contract.prepayment, *contract.prepayment_choices)))


def paid(order: RepaymentOrder, received: Money) -> RepaymentOrder:
    """The order once money came: what came counts, not what was ordered. Money may come for it more than once."""
    if received.currency != order.amount.currency:
        return replace(order, state="unmatched", received=received)
    before = order.received if order.state == "settled" else None
    return replace(order, state="settled", received=received if before is None else before + received)


def sent(order: RepaymentOrder, at: datetime) -> RepaymentOrder:
    """A debit that the rail is about to be asked for: from now on only the rail's word can fail it."""
    assert order.method == "mandate" and order.is_open, order
    return replace(order, state="sent", sent_at=at)


def failed(order: RepaymentOrder, reason: str) -> RepaymentOrder:
    """A debit that did not come about; one of which money came has."""
    return replace(order, state="failed", reason=reason) if order.is_open else order


def returned(order: RepaymentOrder, amount: Money) -> RepaymentOrder:
    """The order once money that had come went back; of an order that nothing came for, nothing can."""
    if order.received is None or order.received < amount:
        return order
    left = order.received - amount
    return replace(order, received=left, state="settled" if left else "returned")


def _require_choice(contract: Contract, purpose: str, choice: str | None) -> None:
    if choice is not None and (purpose != "prepayment" or choice not in choices(contract)):
        says = "A prepayment of this loan may be for {choices}."
        raise Refused("choice_not_allowed", says, "/choice", choices=choices(contract))

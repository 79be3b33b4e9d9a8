"""What the routes of repayments take and answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.domain.contract import Contract
from shared.domain.money import Money
from shared.domain.references import grouped, reference
from shared.domain.repayment_options import RepaymentOption
from shared.domain.repayment_orders import RepaymentOrder, intent
from shared.schemas import Amount, Body

Picture = Callable[[str], str]


class RepaymentRequest(Body):
    """`instalment` pays dues, then the coming instalment; `prepayment` dues, then principal; the others close."""

    amount: Amount
    purpose: Literal["instalment", "prepayment", "foreclosure", "cooling_off"]
    method: Literal["upi", "bank_transfer"]


@dataclass(frozen=True, slots=True)
class RepaymentView:
    """`state`: ordered, settled, returned, or unmatched. `received` is what really came and stayed; it counts.

    `pay_link` is for UPI; `reference` is what to write into a bank transfer, with which it finds this order.
    """

    repayment_id: str
    loan_id: str
    state: str
    amount: Money
    purpose: str
    ordered_at: datetime
    received: Money | None
    method: str
    pay_link: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class RepaymentWithCode(RepaymentView):
    """`code` is the link as a QR code, a PNG as a data URI; null where the money is transferred."""

    code: str | None


@dataclass(frozen=True, slots=True)
class Repayments:
    repayments: tuple[RepaymentView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OptionView:
    """`kind`: due, ahead (with so many coming instalments), all, or written_off. `code` is the link as a QR code."""

    kind: str
    instalments: int
    amount: Money
    purpose: str
    reference: str
    pay_link: str
    code: str


@dataclass(frozen=True, slots=True)
class Options:
    """Amounts of the day `on`. No order is needed: money that bears a reference finds the loan by it.

    `account` is the lender's, which a bank transfer goes to; `reference` goes into its remarks, for any amount.
    """

    loan_id: str
    on: date
    options: tuple[OptionView, ...]
    account: str
    reference: str


def repayment(order: RepaymentOrder) -> RepaymentView:
    is_upi = order.method == "upi"
    names = set(RepaymentView.__dataclass_fields__) - {"pay_link", "reference"}
    return RepaymentView(
        **{name: getattr(order, name) for name in names},
        pay_link=order.pay_link if is_upi else None,
        reference=None if is_upi else grouped(reference(order.repayment_id, "order")),
    )


def repayment_with_code(order: RepaymentOrder, *, picture: Picture) -> RepaymentWithCode:
    shown = repayment(order)
    fields = {name: getattr(shown, name) for name in RepaymentView.__dataclass_fields__}
    return RepaymentWithCode(**fields, code=picture(shown.pay_link) if shown.pay_link else None)


def options(
    loan_id: str, contract: Contract, on: date, found: Sequence[RepaymentOption], *, picture: Picture
) -> Options:
    return Options(
        loan_id=loan_id,
        on=on,
        options=tuple(_option(loan_id, contract, each, picture) for each in found),
        account=contract.settlement_account,
        reference=grouped(reference(loan_id)),
    )


def _option(loan_id: str, contract: Contract, option: RepaymentOption, picture: Picture) -> OptionView:
    named = reference(loan_id, option.purpose)
    link = intent(contract.payee_vpa, option.amount, named)
    return OptionView(
        kind=option.kind,
        instalments=option.instalments,
        amount=option.amount,
        purpose=option.purpose,
        reference=grouped(named),
        pay_link=link,
        code=picture(link),
    )

"""What the routes of repayments take and answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.domain.contract import Contract
from shared.domain.debits import Debit
from shared.domain.mandates import Mandate, standing
from shared.domain.money import Money
from shared.domain.references import grouped, reference
from shared.domain.repayment_options import RepaymentOption
from shared.domain.repayment_orders import RepaymentOrder, choices, intent
from shared.schemas import Amount, Body

Picture = Callable[[str], str]


class RepaymentRequest(Body):
    """`instalment` pays dues, then the coming instalment; `prepayment` dues, then principal; the others close.

    `choice` is what a prepayment makes smaller, among the `prepayment` of the options; without it, the first of them.
    """

    amount: Amount
    purpose: Literal["instalment", "prepayment", "foreclosure", "cooling_off"]
    choice: Literal["shorter_tenor", "smaller_instalment"] | None = None
    method: Literal["upi", "bank_transfer", "card"]


@dataclass(frozen=True, slots=True)
class RepaymentView:
    """`state`: ordered, settled, returned, or unmatched; a debit is also sent, or failed for a `reason`. `received` is
    what really came and stayed; it counts. `method` is mandate where the platform asked the bank for it.

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
    choice: str | None
    reason: str | None
    pay_link: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class RepaymentWithCode(RepaymentView):
    """`code` is the link as a QR code, a PNG as a data URI; null where the money is transferred.

    `payment_page` is where a card is typed in, until money came; ask for it when it is needed, since it does not last.
    """

    code: str | None
    payment_page: str | None


@dataclass(frozen=True, slots=True)
class Repayments:
    repayments: tuple[RepaymentView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class OptionView:
    """`kind`: relief (what a waiver or a settlement still asks for), due, ahead (with so many coming instalments), all,
    or written_off. `code` is the link as a QR code; both are null where the market has no UPI."""

    kind: str
    instalments: int
    amount: Money
    purpose: str
    reference: str
    pay_link: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Options:
    """Amounts of the day `on`. No order is needed: money that bears a reference finds the loan by it. A card needs one:
    `methods` are those that an order may have.

    `account` is the lender's, which a bank transfer goes to; `reference` goes into its remarks, for any amount.
    `prepayment`: what a prepayment may make smaller, first what happens unasked.
    """

    loan_id: str
    on: date
    methods: tuple[str, ...]
    options: tuple[OptionView, ...]
    account: str
    reference: str
    prepayment: tuple[str, ...]


class MandateAsked(Body):
    """The most that one debit may be."""

    limit: Amount


@dataclass(frozen=True, slots=True)
class MandateView:
    """`state`: created, pending, active, paused, revoked, failed or expired. `link` is for the bank's app, until
    `link_until`; null once it was used. Where a mandate is signed on a page of the rail, only asking for the mandate
    shows its address: it does not last."""

    mandate_id: str
    loan_id: str
    state: str
    limit: Money
    valid_from: date
    valid_until: date
    created_at: datetime
    link: str | None
    link_until: date


@dataclass(frozen=True, slots=True)
class DebitView:
    """The latest debit. `state`: planned, settled, failed, or dropped for a `reason` before any bank was asked.

    At most `amount` is taken, once, in one of `attempts` from `at` until `until`; less when less is owed then.
    """

    number: int
    due_on: date
    amount: Money
    at: datetime
    until: datetime
    state: str
    attempts: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class MandateWithCode(MandateView):
    """`code` is the link as a QR code, a PNG as a data URI. `debit` is null until one is planned."""

    code: str | None
    debit: DebitView | None


def new_mandate(made: Mandate) -> MandateView:
    return mandate(made, made.valid_from)


def mandate(found: Mandate, on: date) -> MandateView:
    names = set(MandateView.__dataclass_fields__) - {"state", "link"}
    state = standing(found, on)
    return MandateView(
        **{name: getattr(found, name) for name in names}, state=state, link=found.link if state == "created" else None
    )


def mandate_with_code(
    found: Mandate, debit: Debit | None, on: date, link: str | None, *, picture: Picture
) -> MandateWithCode:
    shown = mandate(found, on)
    fields = {name: getattr(shown, name) for name in MandateView.__dataclass_fields__} | {"link": link}
    planned = _debit(debit) if debit else None
    return MandateWithCode(**fields, code=picture(link) if link else None, debit=planned)


def _debit(found: Debit) -> DebitView:
    return DebitView(**{name: getattr(found, name) for name in DebitView.__dataclass_fields__})


def repayment(order: RepaymentOrder) -> RepaymentView:
    names = set(RepaymentView.__dataclass_fields__) - {"pay_link", "reference"}
    return RepaymentView(
        **{name: getattr(order, name) for name in names},
        pay_link=order.pay_link if order.method == "upi" else None,
        reference=grouped(reference(order.repayment_id, "order")) if order.method == "bank_transfer" else None,
    )


def repayment_with_code(order: RepaymentOrder, page: str | None, *, picture: Picture) -> RepaymentWithCode:
    shown = repayment(order)
    fields = {name: getattr(shown, name) for name in RepaymentView.__dataclass_fields__}
    code = picture(shown.pay_link) if shown.pay_link else None
    return RepaymentWithCode(**fields, code=code, payment_page=page)


def options(
    loan_id: str,
    contract: Contract,
    on: date,
    methods: tuple[str, ...],
    found: Sequence[RepaymentOption],
    *,
    picture: Picture,
) -> Options:
    return Options(
        loan_id=loan_id,
        on=on,
        methods=methods,
        options=tuple(_option(loan_id, contract, each, picture if "upi" in methods else None) for each in found),
        account=contract.settlement_account,
        reference=grouped(reference(loan_id)),
        prepayment=choices(contract),
    )


def _option(loan_id: str, contract: Contract, option: RepaymentOption, picture: Picture | None) -> OptionView:
    named = reference(loan_id, option.purpose)
    link = intent(contract.payee_vpa, option.amount, named)
    return OptionView(
        kind=option.kind,
        instalments=option.instalments,
        amount=option.amount,
        purpose=option.purpose,
        reference=grouped(named),
        pay_link=link if picture else None,
        code=picture(link) if picture else None,
    )

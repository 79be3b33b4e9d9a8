"""What a borrower accepted, pinned on the loan for its whole life: later changes of a product never reach it."""

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.allocation import Waterfall
from shared.domain.beneficiary import Beneficiary
from shared.domain.errors import Refused
from shared.domain.money import Money, total
from shared.domain.penal import Penalty
from shared.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge at disbursement, deducted from the payout. `tax` is on top of `amount`; `payee` is who charges it."""

    code: str
    amount: Money
    tax: Money
    payee: str

    @property
    def gross(self) -> Money:
        return self.amount + self.tax


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the money is lent for, where it is paid to a merchant: his order, and his account on that day.

    With `refund_keeps_fees` the lender keeps its fees, which stay owed, when the merchant gives back the whole price.
    """

    checkout_id: str
    merchant_id: str
    merchant: str
    order_id: str
    account: Beneficiary
    refund_keeps_fees: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """The loan's terms and the rules that its market and product had on the day of the offer.

    `instalment` is the equal instalment in the Key Facts Statement. `prepayment` says what a part payment ahead of
    time does: `shorter_tenor` or `smaller_instalment`; the borrower may choose another of `prepayment_choices` with his
    payment. `foreclosure_rate` is a share of the principal closed early.
    `penal` is what default costs, None where it costs nothing; `buckets` name lateness, each from so many days on.
    `purchase` is what was bought with it; None for cash. `sanction_days` is for how many days after its acceptance the
    money can be asked for; None is for ever.
    """

    market: str
    pack_version: str
    time_zone: str
    partner_id: str
    product_id: str
    settlement_account: str
    payee_vpa: str
    terms: Terms
    instalment: Money
    fees: tuple[Fee, ...]
    waterfall: Waterfall
    prepayment: str
    cooling_off_days: int
    cooling_off_keeps_fees: bool
    foreclosure_rate: Decimal
    foreclosure_tax_rate: Decimal
    penal: Penalty | None = None
    buckets: tuple[tuple[str, int], ...] = ()
    purchase: Purchase | None = None
    prepayment_choices: tuple[str, ...] = ()
    sanction_days: int | None = None

    @property
    def currency(self) -> str:
        return self.terms.principal.currency

    def require_currency(self, amount: Money, pointer: str) -> None:
        """Raises `Refused` (currency_mismatch) for an amount that is not in the loan's."""
        if amount.currency != self.currency:
            raise Refused("currency_mismatch", "This loan is in {currency}.", pointer, currency=self.currency)

    @property
    def fees_total(self) -> Money:
        return total((fee.gross for fee in self.fees), self.currency)

    @property
    def net_disbursed(self) -> Money:
        """What reaches the borrower's account, or the merchant's: the principal less the fees."""
        return self.terms.principal - self.fees_total

"""Charges at disbursement, as a product states them: a flat amount or a share of the principal, with tax on top."""

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.contract import Fee
from shared.domain.money import Money


@dataclass(frozen=True, slots=True)
class FeeRule:
    """Either `flat_minor` or `share` of the principal. `payee` is `lender` or the name of a third party."""

    code: str
    payee: str
    tax_rate: Decimal
    flat_minor: int | None = None
    share: Decimal | None = None

    def __post_init__(self) -> None:
        assert (self.flat_minor is None) != (self.share is None), "a fee is flat or a share"

    def charge(self, principal: Money, rounding: str) -> Fee:
        """The amount and its tax, each rounded once."""
        if self.share is None:
            amount = Money(self.flat_minor or 0, principal.currency)
        else:
            amount = principal.times(self.share, rounding)
        return Fee(self.code, amount, amount.times(self.tax_rate, rounding), self.payee)

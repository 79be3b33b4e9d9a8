"""An offer as the borrower sees it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.domain.kfs import KeyFacts
from shared.domain.money import Money
from shared.domain.offers import Offer


@dataclass(frozen=True, slots=True)
class OfferView:
    """`kfs_hash` is SHA-256 of `kfs` as JSON with sorted keys, no spaces, in UTF-8. Rates are fractions a year."""

    offer_id: str
    partner_id: str
    lender: str
    product_id: str
    amount: Money
    tenor_months: int
    annual_rate: Decimal
    apr: Decimal
    instalment: Money
    net_disbursed: Money
    total_payable: Money
    penal_charges: str
    valid_until: date
    kfs_hash: str
    kfs: KeyFacts


def offer_view(offer: Offer) -> OfferView:
    return OfferView(**{name: getattr(offer, name) for name in OfferView.__dataclass_fields__})

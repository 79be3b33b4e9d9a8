"""Merchants as data: whom a purchase loan is paid to."""

from dataclasses import dataclass
from datetime import date

from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import check_account_number
from shared.domain.errors import Refused
from shared.domain.market import Market, Officer


@dataclass(frozen=True, slots=True)
class Merchant:
    """`account` is the business's own, which money for an order is paid to. It is live from one day up to another.

    `live_until` None is for as long as nobody ends it; `contact` is whom an operator calls.
    """

    merchant_id: str
    name: str
    market: str
    account: Beneficiary
    live_from: date
    live_until: date | None
    contact: Officer

    def is_live(self, on: date) -> bool:
        return self.live_from <= on and (self.live_until is None or on <= self.live_until)


def check(merchant: Merchant, market: Market) -> None:
    """Raises `Refused` for an account that the market's banks do not have, or for days in the wrong order."""
    assert merchant.market == market.code, (merchant.market, market.code)
    check_account_number(merchant.account.account_number, market)
    if (market.bank_scheme == "ifsc") != (merchant.account.ifsc is not None):
        raise Refused("ifsc_unknown", "An account here has an IFSC, or none where there is no such code.")
    if merchant.live_until is not None and merchant.live_until < merchant.live_from:
        raise Refused("merchant_not_live", "A merchant is live up to a day that is not before the first.")


def require_live(merchant: Merchant | None, market: str, on: date) -> Merchant:
    """Raises `Refused` (merchant_not_live) for one that is unknown, of another market, or not live on that day."""
    if merchant is None or merchant.market != market or not merchant.is_live(on):
        raise Refused("merchant_not_live", "Nothing is paid to this merchant at present.", "/merchant_id")
    return merchant

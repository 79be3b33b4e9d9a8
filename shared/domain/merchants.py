"""Merchants as data: whom a purchase loan is paid to."""

import re
from dataclasses import dataclass
from datetime import date

from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import check_account_number
from shared.domain.errors import Refused
from shared.domain.market import Market, Officer
from shared.domain.names import LONGEST_NAME


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
        return self.status_on(on) == "live"

    def status_on(self, on: date) -> str:
        """`invited` before its first day, `live`, and `ended` after its last."""
        if on < self.live_from:
            return "invited"
        return "live" if self.live_until is None or on <= self.live_until else "ended"


def check(merchant: Merchant, market: Market) -> None:
    """Raises `Refused`: `merchant_invalid` for data that make no sense, `account_number_invalid`, `ifsc_unknown` and
    `cnaps_invalid` for an account that the market's banks do not have."""
    assert merchant.market == market.code, (merchant.market, market.code)
    _require(re.fullmatch("[a-z0-9_]{2,32}", merchant.merchant_id) is not None, "merchant_id", merchant.merchant_id)
    for field, name in (("name", merchant.name), ("account", merchant.account.holder_name)):
        _require(name.isprintable() and not set(name) & set("<>&"), field, name)
        _require(0 < len(name) <= LONGEST_NAME, field, "empty, or longer than a name")
    _check_account(merchant.account, market)
    last = merchant.live_until
    _require(last is None or merchant.live_from <= last, "live_until", f"{last}, before the first day")


def require_live(merchant: Merchant | None, market: str, on: date) -> Merchant:
    """Raises `Refused` (merchant_not_live) for one that is unknown, of another market, or not live on that day."""
    if merchant is None or merchant.market != market or not merchant.is_live(on):
        raise Refused("merchant_not_live", "Nothing is paid to this merchant at present.", "/merchant_id")
    return merchant


def _check_account(account: Beneficiary, market: Market) -> None:
    """A company in China may be paid to a card, or to an account by its bank's CNAPS code."""
    if account.cnaps is None:
        check_account_number(account.account_number, market)
    elif market.bank_scheme != "cnaps":
        raise Refused("cnaps_invalid", "Banks of this market have no CNAPS code.", "/merchant/account/cnaps")
    elif re.fullmatch("[0-9]{6,32}", account.account_number) is None:
        raise Refused("account_number_invalid", "This is not an account number.", "/merchant/account/account_number")
    if (market.bank_scheme == "ifsc") != (account.ifsc is not None):
        raise Refused("ifsc_unknown", "An account here has an IFSC, or none where there is no such code.")


def _require(holds: bool, field: str, found: object) -> None:
    if not holds:
        raise Refused("merchant_invalid", f"The merchant's {field} cannot be: {found}.", f"/merchant/{field}")

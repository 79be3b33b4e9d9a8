"""Partners as data: who lends, since when and how much, on which terms between us, and with which products."""

import itertools
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.domain.errors import Refused
from shared.domain.guarantee import Guarantee
from shared.domain.market import Market, Officer
from shared.domain.products import Product, ProductForbidden, check_product
from shared.domain.settled_day import PlatformFee

KINDS_OF_LENDER = ("bank", "nbfc", "microloan_company", "consumer_finance_company")
LONGEST_NAME = 100
PRICINGS = ("rule", "request")
# From which status a partner may go where. Only a live one makes offers; the loans of all are served to their end.
MOVES: dict[str, tuple[str, ...]] = {
    "invited": ("live",),
    "live": ("paused", "winding_down"),
    "paused": ("live", "winding_down"),
    "winding_down": (),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A status from a day on, until the next one begins."""

    status: str
    since: date


@dataclass(frozen=True, slots=True)
class Partner:
    """A lender. `pricing` is `rule` (the rate is in the product) or `request` (the lender is asked each time).

    `capital_minor` is the most principal that may be outstanding, `daily_minor` the most that is newly lent on a day,
    in minor units of the market's currency. `loss_share` is the part of a loss that the partner itself bears.
    `standings` are its statuses in the order of their days: one of tomorrow is stored today. `contact` is whom an
    operator calls; `grievance_officer` is for borrowers. `webhook_url` is where it is told of its own loans.
    `platform_fee` is what the lender pays for its loans, and no borrower; `guarantee` bears the rest of its losses.
    """

    partner_id: str
    name: str
    market: str
    kind_of_lender: str
    settlement_account: str
    payee_vpa: str
    grievance_officer: Officer
    contact: Officer
    standings: tuple[Standing, ...]
    pricing: str
    capital_minor: int
    daily_minor: int
    loss_share: Decimal
    products: tuple[Product, ...]
    webhook_url: str | None = None
    platform_fee: PlatformFee | None = None
    guarantee: Guarantee | None = None

    def status_on(self, on: date) -> str:
        """The status of a day; before the first of its standings a partner is invited."""
        begun = [standing.status for standing in self.standings if standing.since <= on]
        return begun[-1] if begun else "invited"

    @property
    def largest_minor(self) -> int:
        """The largest loan that one of its products is for; nothing where it has none."""
        return max((product.amount_minor.most for product in self.products), default=0)


def check(partner: Partner, market: Market) -> None:
    """Raises `Refused`: `partner_invalid` for data that make no sense, `product_forbidden` naming the market's rule."""
    _require(re.fullmatch("[a-z0-9_]{2,32}", partner.partner_id) is not None, "partner_id", partner.partner_id)
    _require(partner.name.isprintable() and not set(partner.name) & set("<>&"), "name", partner.name)
    _require(0 < len(partner.name) <= LONGEST_NAME, "name", "empty, or longer than a name")
    _require(partner.market == market.code, "market", partner.market)
    _require(partner.kind_of_lender in KINDS_OF_LENDER, "kind_of_lender", partner.kind_of_lender)
    _require(partner.pricing in PRICINGS, "pricing", partner.pricing)
    _require(partner.capital_minor >= 0, "capital_minor", partner.capital_minor)
    _require(partner.daily_minor >= 0, "daily_minor", partner.daily_minor)
    _require(0 <= partner.loss_share <= 1, "loss_share", partner.loss_share)
    _check_standings(partner.standings)
    _check_guarantee(partner, market)
    ids = [product.product_id for product in partner.products]
    _require(len(set(ids)) == len(ids), "products", "two of one id")
    for product in partner.products:
        check_product(product, market)


def _check_guarantee(partner: Partner, market: Market) -> None:
    if partner.guarantee is None:
        return
    breach = partner.guarantee.breach(market.guarantee) if market.guarantee else "has a guarantee"
    if breach:
        raise ProductForbidden(market.rule("guarantee").id, f"{partner.partner_id} {breach}.")


def _check_standings(standings: tuple[Standing, ...]) -> None:
    _require(bool(standings), "standings", "none")
    for standing in standings:
        _require(standing.status in MOVES, "standings", standing.status)
    for before, then in itertools.pairwise(standings):
        moved = f"{before.status} since {before.since}, then {then.status} since {then.since}"
        _require(before.since < then.since and then.status in MOVES[before.status], "standings", moved)


def _require(holds: bool, field: str, found: object) -> None:
    if not holds:
        raise Refused("partner_invalid", f"The partner's {field} cannot be: {found}.", f"/partner/{field}")

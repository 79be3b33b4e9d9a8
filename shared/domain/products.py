"""Products as data, and the check that a market allows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shared.domain.allocation import COMPONENTS, Waterfall
from shared.domain.cost import cost, shown
from shared.domain.errors import Refused
from shared.domain.fees import FeeRule
from shared.domain.market import Market, PenalTerms, Range
from shared.domain.plan_rules import PlanRules

GRADES = ("A", "B", "C", "D", "E")
PREPAYMENTS = ("shorter_tenor", "smaller_instalment")


class ProductForbidden(Refused):
    """A product that its market does not allow. `rule` is the id of the rule that forbids it."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__("product_forbidden", f"{rule}: {detail}", "/partner/products")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Product:
    """What a partner lends. `annual_rate` has a rate for each grade that the partner takes, and for no other.

    `terms` are its own choices among those that the market leaves open, by the names of `InterestRules`; without
    `waterfall`, `penal` and `plans` the market's hold. A part payment ahead of time does what `prepayment` says, or
    another of `prepayment_choices` where the borrower asks for it.
    """

    product_id: str
    amount_minor: Range
    tenor_months: Range
    annual_rate: Mapping[str, Decimal]
    fees: tuple[FeeRule, ...] = ()
    prepayment: str = "shorter_tenor"
    foreclosure_rate: Decimal = Decimal(0)
    terms: Mapping[str, str | int | bool] = field(default_factory=dict)
    waterfall: Waterfall | None = None
    penal: PenalTerms | None = None
    plans: PlanRules | None = None
    prepayment_choices: tuple[str, ...] = ()


def check_product(product: Product, market: Market) -> None:
    """Raises `ProductForbidden`, naming the rule, when the product may not be offered in the market."""
    prepayments = {product.prepayment, *product.prepayment_choices}
    if not prepayments <= set(PREPAYMENTS) or not product.annual_rate.keys() <= set(GRADES):
        raise Refused("partner_invalid", f"{product.product_id} has a grade or a prepayment that is not known.")
    _check_ranges(product, market)
    _check_terms(product, market)
    _check_price(product, market)


def _check_ranges(product: Product, market: Market) -> None:
    for name, offered, allowed in (
        ("amount", product.amount_minor, market.amount_minor),
        ("tenor", product.tenor_months, market.tenor_months),
    ):
        if not (allowed.least <= offered.least <= offered.most <= allowed.most):
            _forbid(market, name, f"{product.product_id} offers {offered.least} to {offered.most}")
    least, most = market.annual_rate
    for grade, annual_rate in product.annual_rate.items():
        if not least <= annual_rate <= most:
            _forbid(market, "annual_rate", f"{product.product_id} asks {annual_rate} of grade {grade}")
        if not market.grades[grade].allows(annual_rate):
            _forbid(market, "grades", f"{product.product_id} asks {annual_rate} of grade {grade}")
    if product.foreclosure_rate > market.foreclosure_rate_cap:
        _forbid(market, "foreclosure", f"{product.product_id} asks {product.foreclosure_rate} for closing early")


def _check_terms(product: Product, market: Market) -> None:
    for name, choice in product.terms.items():
        if choice not in market.latitude.get(name, ()):
            _forbid(market, "product_terms", f"{product.product_id} chooses {name} {choice}")
    if product.penal is not None and not product.penal.is_milder_or_equal(market.penal):
        _forbid(market, "penal", f"{product.product_id} charges more for default")
    if product.plans is not None and not product.plans.is_within(market.plans):
        _forbid(market, "plans", f"{product.product_id} allows plans beyond the market's")
    if product.waterfall is not None:
        _check_waterfall(product, product.waterfall, market)


def _check_waterfall(product: Product, waterfall: Waterfall, market: Market) -> None:
    for order in (waterfall.past_due + waterfall.afterwards, waterfall.due + waterfall.afterwards):
        if set(order) != set(COMPONENTS):
            _forbid(market, "waterfall", f"{product.product_id} leaves out some of {', '.join(COMPONENTS)}")
        for first, then in market.settles_before:
            if order.index(first) > order.index(then):
                _forbid(market, "settles_before", f"{product.product_id} settles {then} before {first}")


def _check_price(product: Product, market: Market) -> None:
    for fee in product.fees:
        if fee.code not in market.fee_codes:
            _forbid(market, "fees", f"{product.product_id} charges {fee.code}")
        if fee.tax_rate != market.fee_tax_rate:
            _forbid(market, "fee_tax", f"{product.product_id} adds tax of {fee.tax_rate} to {fee.code}")
    if market.all_in_cap is None:
        return
    # Fees weigh most on the smallest and shortest loan.
    smallest = market.money(product.amount_minor.least)
    for grade, annual_rate in product.annual_rate.items():
        apr = shown(
            cost(market, smallest, annual_rate, product.tenor_months.least, product.fees, chosen=product.terms).apr
        )
        if apr > market.all_in_cap:
            _forbid(market, "all_in_cap", f"{product.product_id} costs grade {grade} {apr} a year")


def _forbid(market: Market, rule: str, detail: str) -> None:
    raise ProductForbidden(market.rule(rule).id, f"{detail}.")

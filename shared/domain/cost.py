"""What a loan costs, from terms to the yearly cost of all charges. A quote and an offer are both made of this."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from shared.domain.apr import apr_rbi, monthly_irr
from shared.domain.contract import Fee
from shared.domain.fees import FeeRule
from shared.domain.market import Market
from shared.domain.money import Money, total
from shared.domain.schedule import Instalment, schedule
from shared.domain.terms import Terms

# Any day will do where only amounts matter and interest does not count days.
_SOME_DAY = date(2026, 1, 1)
_SHOWN = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Cost:
    """`apr` is a fraction with all its digits; `instalment` is the equal one, which the last row may differ from."""

    terms: Terms
    rows: tuple[Instalment, ...]
    fees: tuple[Fee, ...]
    apr: Decimal

    @property
    def instalment(self) -> Money:
        return self.rows[0].total

    @property
    def fees_total(self) -> Money:
        return total((fee.gross for fee in self.fees), self.terms.principal.currency)

    def fees_of(self, payee: str) -> Money:
        """What goes to one kind of payee: to the `lender`, or to a `third_party`."""
        kept = (fee.gross for fee in self.fees if (fee.payee == "lender") == (payee == "lender"))
        return total(kept, self.terms.principal.currency)

    @property
    def net_disbursed(self) -> Money:
        return self.terms.principal - self.fees_total

    @property
    def total_interest(self) -> Money:
        return total((row.interest for row in self.rows), self.terms.principal.currency)

    @property
    def total_payable(self) -> Money:
        """Principal and interest; fees were deducted before (RBI/2024-25/18, Annex B, item 11)."""
        return self.terms.principal + self.total_interest


def cost(
    market: Market,
    principal: Money,
    annual_rate: Decimal,
    tenor_months: int,
    fee_rules: tuple[FeeRule, ...],
    disbursed_on: date = _SOME_DAY,
    chosen: Mapping[str, Any] = MappingProxyType({}),
) -> Cost:
    """The loan as the market counts it, or as a product chose instead, were it disbursed on that day."""
    rules = replace(market.interest, **chosen)
    terms = Terms(
        principal=principal,
        annual_rate=annual_rate,
        instalments=tenor_months,
        interest_method=rules.method,
        interest_period=rules.period,
        day_count=rules.day_count,
        rounding=rules.rounding,
        instalment_multiple_minor=rules.instalment_multiple_minor,
        instalment_rounding=rules.instalment_rounding,
        recalculation=rules.recalculation,
        interest_on_overdue=rules.interest_on_overdue,
        due_day=rules.due_day,
        first_due_after_days=rules.first_due_after_days,
        month_end=rules.month_end,
    )
    fees = market.fees(fee_rules, principal)
    rows = schedule(terms, disbursed_on)
    return Cost(terms, rows, fees, _apr(market.interest.apr, terms, rows, fees))


def shown(apr: Decimal) -> Decimal:
    """The yearly cost as it is printed: a percentage with two digits, so a fraction with four."""
    return apr.quantize(_SHOWN, ROUND_HALF_UP)


def _apr(convention: str, terms: Terms, rows: tuple[Instalment, ...], fees: tuple[Fee, ...]) -> Decimal:
    charged = total((fee.gross for fee in fees), terms.principal.currency)
    # The regulator's formula knows equal periods only; otherwise the rows themselves are discounted.
    if convention == "rbi" and terms.due_day is None:
        return apr_rbi(terms.principal, terms.annual_rate, terms.instalments, charged)
    assert convention in ("rbi", "irr_nominal"), convention
    return 12 * monthly_irr(terms.principal - charged, [row.total for row in rows])

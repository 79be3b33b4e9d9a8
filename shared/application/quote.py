"""What a loan would cost, for anybody who asks: the market's reference product, with every number of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shared.domain.calendar import business_date
from shared.domain.contract import Fee
from shared.domain.cost import cost, shown
from shared.domain.money import Money
from shared.markets import market_at


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment; `balance` is what is still owed of the principal after it."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    total: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """Indicative: a lender may offer other terms. `apr` is by `apr_convention`, with every fee; rates are fractions."""

    market: str
    is_indicative: bool
    amount: Money
    tenor_months: int
    annual_rate: Decimal
    apr: Decimal
    apr_convention: str
    instalment: Money
    fees: tuple[Fee, ...]
    fees_total: Money
    net_disbursed: Money
    total_interest: Money
    total_payable: Money
    disbursed_on: date
    schedule: tuple[Row, ...]


def quote(code: str, amount: Money, tenor_months: int, at: datetime) -> Quote:
    """The reference product, as if disbursed on the market's today. Raises `NotFound` or `Refused`."""
    market = market_at(code, at)
    market.require_served(amount, tenor_months)
    today = business_date(at, market.time_zone)
    made = cost(market, amount, market.reference.annual_rate, tenor_months, market.reference.fees, today)
    return Quote(
        market=code,
        is_indicative=True,
        amount=amount,
        tenor_months=tenor_months,
        annual_rate=market.reference.annual_rate,
        apr=shown(made.apr),
        apr_convention=market.interest.apr,
        instalment=made.instalment,
        fees=made.fees,
        fees_total=made.fees_total,
        net_disbursed=made.net_disbursed,
        total_interest=made.total_interest,
        total_payable=made.total_payable,
        disbursed_on=today,
        schedule=tuple(
            Row(row.number, row.due_on, row.principal, row.interest, row.total, row.balance) for row in made.rows
        ),
    )

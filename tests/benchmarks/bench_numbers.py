"""How long a schedule and a yearly cost take beside other packages, as ratios of one run.

    uv run --no-project --with amortization --with mortgagemath --with pyxirr python -m tests.benchmarks.bench_numbers

The others are needed here only and are no dependency of the project. The clock says little on its own: compare ratios.
"""

import timeit
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import amortization
import mortgagemath
import pyxirr

from shared.domain.apr import apr_rbi, monthly_irr
from shared.domain.money import Money
from shared.domain.schedule import declining_rows, equal_instalment, schedule
from shared.domain.terms import Terms, period_rates

LENT_ON = date(2026, 1, 31)
MONTHS = 36
TERMS = Terms(Money(10_000_000, "INR"), Decimal("0.162"), MONTHS)
FEES = Money(100_000, "INR")
DUE_ON = [LENT_ON] * MONTHS
OTHERS_TERMS = mortgagemath.LoanParams(
    Decimal(100_000),
    Decimal("16.2"),
    MONTHS,
    payment_rounding=mortgagemath.PaymentRounding.ROUND_HALF_UP,
)


def microseconds(work: Callable[[], object]) -> float:
    """The quickest of five rounds, a call."""
    return min(timeit.repeat(work, number=500, repeat=5)) / 500 * 1e6


def numbers_only() -> object:
    """The rows in whole minor units: what the other packages' tables hold, without dates."""
    rates = period_rates(TERMS, LENT_ON, DUE_ON)
    return declining_rows(
        TERMS.principal.minor, rates, equal_instalment(TERMS, TERMS.principal.minor, rates), ROUND_HALF_UP
    )


def main() -> None:
    payments = [row.total for row in schedule(TERMS, LENT_ON)]
    flows = [-TERMS.principal.minor, *(payment.minor for payment in payments)]
    table = {
        "36 rows: numbers only": microseconds(numbers_only),
        "36 rows: with dates and money": microseconds(lambda: schedule(TERMS, LENT_ON)),
        "36 rows: amortization (float)": microseconds(
            lambda: list(amortization.amortization_schedule(100_000, 0.162, MONTHS))
        ),
        "36 rows: mortgagemath (Decimal)": microseconds(lambda: mortgagemath.amortization_schedule(OTHERS_TERMS)),
        "APR, level instalments": microseconds(lambda: apr_rbi(TERMS.principal, TERMS.annual_rate, MONTHS, FEES)),
        "APR, the rounded schedule": microseconds(lambda: monthly_irr(TERMS.principal, payments)),
        "APR: pyxirr.irr (float)": microseconds(lambda: pyxirr.irr(flows)),
    }
    for name, time in table.items():
        print(f"{name:<34} {time:>8.1f} us")
    numbers, whole, floats, decimals, level, rounded, theirs = table.values()
    print(f"numbers only          {numbers / floats:.2f} x amortization (goal 0.25)")
    print(f"                      {numbers / decimals:.2f} x mortgagemath (goal 0.04)")
    print(f"with dates and money  {whole / floats:.2f} x amortization, {whole / decimals:.2f} x mortgagemath")
    print(
        f"APR, to 20 digits     {level / theirs:.1f} x pyxirr (goal 0.33), {rounded / theirs:.1f} x with rounded rows"
    )


if __name__ == "__main__":
    main()

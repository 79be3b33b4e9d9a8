"""How long a schedule and a yearly cost take, beside a floor and beside other packages, in one run.

    uv run --no-project --with amortization --with mortgagemath --with pyxirr python -m tests.benchmarks.bench_numbers

The others are needed here only and are no dependency of the project. The clock says little on its own: compare ratios.
"""

import timeit
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import amortization
import mortgagemath
import pyxirr

from shared.domain import replay
from shared.domain.apr import apr_rbi, monthly_irr
from shared.domain.loan import fold
from shared.domain.money import Money
from shared.domain.penal import Penalty
from shared.domain.repayment import Receipt
from shared.domain.schedule import agreed_rows, schedule
from shared.domain.terms import Terms, period_rates
from tests.domain.lending import AT, LENT_ON, Life, contract

# What is measured, by its name. The first is the floor that the others are compared with.
Works = dict[str, Callable[[], object]]

MONTHS = 36
MONTH = timedelta(days=30)
EVENTS = 2_400
TERMS = Terms(Money(10_000_000, "INR"), Decimal("0.162"), MONTHS)
FEES = Money(100_000, "INR")
DUE_ON = [LENT_ON] * MONTHS
OTHERS_TERMS = mortgagemath.LoanParams(
    Decimal(100_000),
    Decimal("16.2"),
    MONTHS,
    payment_rounding=mortgagemath.PaymentRounding.ROUND_HALF_UP,
)


def schedules() -> Works:
    """`numbers` are whole minor units: what the other packages' tables hold, without dates."""
    return {
        "bare": lambda: bare_rows(10_000_000, 352_559, MONTHS),
        "numbers": lambda: agreed_rows(TERMS, period_rates(TERMS, LENT_ON, DUE_ON)),
        "with dates": lambda: schedule(TERMS, LENT_ON),
        "amortization": lambda: list(amortization.amortization_schedule(100_000, 0.162, MONTHS)),
        "mortgagemath": lambda: mortgagemath.amortization_schedule(OTHERS_TERMS),
    }


def bare_rows(balance: int, instalment: int, count: int) -> list[tuple[int, int, int]]:
    """The least that rows of whole numbers can cost: 1.35 % a month, rate and instalment known before."""
    rows = []
    for _ in range(count):
        interest = (balance * 27 + 1000) // 2000
        rows.append((balance, instalment - interest, interest))
        balance += interest - instalment
    return rows


def yearly_costs() -> Works:
    """All solve for a rate; ours alone begins with the terms, and computes the instalment first."""
    payments = [row.total for row in schedule(TERMS, LENT_ON)]
    flows = [-TERMS.principal.minor, *(payment.minor for payment in payments)]
    return {
        "bare": lambda: bare_rate(9_900_000, 352_559, MONTHS),
        "level": lambda: apr_rbi(TERMS.principal, TERMS.annual_rate, MONTHS, FEES),
        "rounded": lambda: monthly_irr(TERMS.principal, payments),
        "pyxirr": lambda: pyxirr.irr(flows),
    }


def bare_rate(net: int, instalment: int, count: int) -> float:
    """Newton's method in floats from a guess near by: three steps on the annuity's closed form."""
    rate = 0.0135
    for _ in range(3):
        discount = (1 + rate) ** -count
        level = rate / (1 - discount)
        rate -= (level - instalment / net) * rate / (level * (1 - count * level * discount / (1 + rate)))
    return rate * 12


def folds() -> Works:
    """A loan over three years that is paid something twice a day: its head, from what is booked and from scratch."""
    life = Life(contract("100000", "0.162", MONTHS, "0", penal=Penalty("charge", Decimal("0.24"), 3)), LENT_ON)
    on = LENT_ON
    while len(life.entries) < EVENTS:
        on += timedelta(days=len(life.entries) % 2)
        life.pay(Money(6_000, "INR"), on)
    given, late = replay.given(life.entries), Receipt("late", Money(6_000, "INR"), "instalment", on - MONTH, AT)
    return {
        "bare": lambda: sum(made.amount.minor for entry in life.entries for made in entry.postings),
        "fold": lambda: fold(life.start, life.contract, life.entries),
        "from scratch": lambda: replay.replayed(life.start, life.contract, given, on, AT),
        "a month late": lambda: replay.with_receipt(life.loan, life.contract, life.entries, late),
    }


def microseconds(works: Works, number: int, rounds: int) -> dict[str, float]:
    """The quickest of many short rounds, a call. Each round runs all, so that a busy machine is busy for everyone."""
    took = [
        {name: timeit.timeit(work, number=number) / number * 1e6 for name, work in works.items()} for _ in range(rounds)
    ]
    return {name: min(times[name] for times in took) for name in works}


def measured(title: str, works: Works, number: int = 100, rounds: int = 150) -> dict[str, float]:
    times = microseconds(works, number, rounds)
    for name, time in times.items():
        print(f"{title:<20} {name:<14} {time:>8.1f} us {time / times['bare']:>8.1f} x bare")
    return times


def main() -> None:
    rows = measured("36 instalments", schedules())
    costs = measured("yearly cost", yearly_costs())
    events = measured(f"{EVENTS} events", folds(), number=1, rounds=15)
    print(f"36 instalments  {rows['numbers'] / rows['amortization']:.2f} x amortization, which uses floats (goal 0.25)")
    print(
        f"                {rows['numbers'] / rows['mortgagemath']:.2f} x mortgagemath (goal 0.04; "
        f"the bare loop is {rows['bare'] / rows['mortgagemath']:.2f})"
    )
    print(
        f"yearly cost     {costs['level'] / costs['pyxirr']:.1f} x pyxirr, which uses floats (goal 0.33: "
        f"out of reach in decimals with twelve right digits; bare floats are {costs['bare'] / costs['pyxirr']:.2f})"
    )
    print(
        f"{EVENTS} events     {events['fold'] / 1000:.0f} ms from the entries, {events['from scratch'] / 1000:.0f} ms "
        f"worked out anew, {events['fold'] / EVENTS:.0f} us an event (goal: milliseconds; a peer needs minutes)"
    )


if __name__ == "__main__":
    main()

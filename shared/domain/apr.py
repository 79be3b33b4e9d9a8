"""The yearly cost of all charges, by the three conventions that markets ask for. All results are fractions.

- `apr_rbi`: nominal, 12 x the monthly internal rate of return (RBI/2024-25/18, Key Facts Statement, Annex B).
- `apr_eu`: effective annual rate (Directive 2008/48/EC, Annex I; Directive 2014/17/EU, Annex I).
- `apr_us`: nominal, by the unit-period equation (12 CFR 1026, Regulation Z, Appendix J).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from shared.domain.money import Money
from shared.domain.schedule import exact_instalment
from shared.domain.terms import as_rate

_DIGITS = 34
_CLOSE_ENOUGH = Decimal("1e-20")

# Present value of the flows at a rate, and its derivative by the rate.
Valuation = Callable[[Decimal], tuple[Decimal, Decimal]]


def apr_rbi(principal: Money, annual_rate: Decimal, instalments: int, fees: Money) -> Decimal:
    """Monthly equal instalments, charges deducted at disbursement; against the instalment before it is rounded."""
    numerator, denominator = exact_instalment(principal.minor, [as_rate(annual_rate, Fraction(1, 12))] * instalments)
    net = (principal - fees).minor
    with localcontext(prec=_DIGITS):
        return 12 * _level_rate(Decimal(net), Decimal(numerator) / denominator, instalments)


def monthly_irr(net: Money, payments: Sequence[Money]) -> Decimal:
    """The rate per month at which what is paid at the ends of months 1, 2, ... is worth what was received."""
    amounts = [Decimal(payment.minor) for payment in payments]
    with localcontext(prec=_DIGITS):
        if amounts.count(amounts[0]) == len(amounts):
            return _level_rate(Decimal(net.minor), amounts[0], len(amounts))
        return _root(lambda rate: _periodic_value(rate, [Decimal(net.minor), *(-amount for amount in amounts)]))


def apr_eu(flows: Sequence[tuple[Fraction, Decimal]]) -> Decimal:
    """`flows`: time in years and amount, positive to the consumer. Sum of amount / (1+X)^time is zero."""
    with localcontext(prec=_DIGITS):
        times = [Decimal(time.numerator) / time.denominator for time, _ in flows]

        def value(rate: Decimal) -> tuple[Decimal, Decimal]:
            growth = (1 + rate).ln()
            worth = [amount * (-time * growth).exp() for time, (_, amount) in zip(times, flows, strict=True)]
            slope = sum((-time * part for time, part in zip(times, worth, strict=True)), Decimal(0))
            return sum(worth, Decimal(0)), slope / (1 + rate)

        return _root(value)


def apr_us(flows: Sequence[tuple[int, Fraction, Decimal]], unit_periods_per_year: Fraction) -> Decimal:
    """`flows`: whole unit periods, odd fraction of one, amount. Sum of amount / ((1+f i)(1+i)^t) is zero."""
    with localcontext(prec=_DIGITS):
        terms = [(count, Decimal(odd.numerator) / odd.denominator, amount) for count, odd, amount in flows]

        def value(rate: Decimal) -> tuple[Decimal, Decimal]:
            total, slope = Decimal(0), Decimal(0)
            for count, odd, amount in terms:
                worth = amount / ((1 + odd * rate) * (1 + rate) ** count)
                total += worth
                slope -= worth * (odd / (1 + odd * rate) + count / (1 + rate))
            return total, slope

        return _root(value) * unit_periods_per_year.numerator / unit_periods_per_year.denominator


def _level_rate(net: Decimal, instalment: Decimal, instalments: int) -> Decimal:
    """The rate of equal instalments: Newton on the annuity's closed form, which needs no sum over the flows."""

    def value(rate: Decimal) -> tuple[Decimal, Decimal]:
        if abs(rate) < _CLOSE_ENOUGH:
            return net - instalment * instalments, instalment * instalments * (instalments + 1) / 2
        discount = (1 + rate) ** -instalments
        factor = (1 - discount) / rate
        return net - instalment * factor, instalment * (factor - instalments * discount / (1 + rate)) / rate

    return _root(value)


def _periodic_value(rate: Decimal, amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Amounts at times 0, 1, 2, ..., by Horner's rule in v = 1/(1+rate)."""
    discount = 1 / (1 + rate)
    total, slope = Decimal(0), Decimal(0)
    for amount in reversed(amounts):
        slope = slope * discount + total
        total = total * discount + amount
    return total, -slope * discount * discount


def _root(value: Valuation) -> Decimal:
    """Newton's method inside a bracket: a step that would leave it halves the bracket instead.

    Money comes first and is paid back later, so the present value rises with the rate.
    """
    low, high = _bracket(value)
    rate = max(low, Decimal(0))
    for _ in range(200):
        worth, slope = value(rate)
        if worth == 0:
            return rate
        low, high = (rate, high) if worth < 0 else (low, rate)
        step = rate - worth / slope if slope else low
        if not low < step < high:
            step = (low + high) / 2
        if abs(step - rate) < _CLOSE_ENOUGH:
            return step
        rate = step
    raise AssertionError("The flows have no rate of return.")


def _bracket(value: Valuation) -> tuple[Decimal, Decimal]:
    """A rate at which the flows are worth less than nothing, and one at which they are worth more."""
    low, high = Decimal(0), Decimal("0.125")
    if value(low)[0] > 0:
        low = Decimal("-0.5")
        while value(low)[0] > 0:
            low = (low - 1) / 2
            assert low > Decimal("-0.999999"), "The flows have no rate of return."
        return low, Decimal(0)
    while value(high)[0] < 0:
        low, high = high, high * 4
        assert high < 10**9, "The flows have no rate of return."
    return low, high

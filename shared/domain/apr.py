"""The yearly cost of all charges, by the three conventions that markets ask for. All results are fractions.

- `apr_rbi`: nominal, 12 x the monthly internal rate of return (RBI/2024-25/18, Key Facts Statement, Annex B).
- `apr_eu`: effective annual rate (Directive 2008/48/EC, Annex I; Directive 2014/17/EU, Annex I).
- `apr_us`: nominal, by the unit-period equation (12 CFR 1026, Regulation Z, Appendix J).
"""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from shared.domain.money import Money

_DIGITS = 34
_CLOSE_ENOUGH = Decimal("1e-20")

# For equal payments. Nearer to zero than the last of these, 1 - v^n loses its digits and the first guess is better.
_LEVEL = Context(prec=28)
_LEVEL_CLOSE_ENOUGH = Decimal("1e-13")
_NEARLY_NOTHING = Decimal("1e-10")

# Present value of the flows at a rate, and its derivative by the rate.
Valuation = Callable[[Decimal], tuple[Decimal, Decimal]]


def apr_rbi(principal: Money, annual_rate: Decimal, instalments: int, fees: Money) -> Decimal:
    """Monthly equal instalments, charges deducted at disbursement; against the instalment before it is rounded.

    Rounded to twelve decimals, all of them right: a loan without charges costs exactly its rate.
    """
    net = (principal - fees).minor
    assert net > 0, "Charges take all that is lent."
    with localcontext(_LEVEL):
        rate = annual_rate / 12
        per_lent = instalments * rate / (1 - (1 + rate) ** -instalments) if rate else Decimal(1)
        return round(12 * _level_rate(per_lent * principal.minor / net, instalments), 12)


def monthly_irr(net: Money, payments: Sequence[Money]) -> Decimal:
    """The rate per month at which what is paid at the ends of months 1, 2, ... is worth what was received.

    Off by less than 10^-12 where all payments are equal but for what rounding left to the last, else by 10^-20.
    """
    amounts = [payment.minor for payment in payments]
    level, last = amounts[0], amounts[-1]
    if amounts[:-1].count(level) == len(amounts) - 1 and abs(last - level) * 100 < level:
        with localcontext(_LEVEL):
            received = Decimal(net.minor)
            return _level_rate(len(amounts) * level / received, len(amounts), (last - level) / received)
    with localcontext(prec=_DIGITS):
        decimals = [Decimal(net.minor), *(-Decimal(amount) for amount in amounts)]
        return _root(lambda rate: _periodic_value(rate, decimals))


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


def _level_rate(paid: Decimal, count: int, extra: Decimal = Decimal(0)) -> Decimal:
    """The rate i of `count` equal payments that sum to `paid` for one received; the last is larger by `extra`.

    With v = 1 / (1 + i), n equal payments for one received sum to C(i) = n i / (1 - v^n), so this solves
    1 - extra v^n - paid / C = 0. C is nearly a straight line: we start from the quotient of polynomials that inverts it
    at zero up to the third power, and one or two of Halley's steps do the rest. A step e leaves an error of about
    n^2 e^3 / 36 where the rate is small, less where it is large, and a dozen times that at -50 %; we stop where n^2 e^3
    is below 10^-13.
    """
    share = 2 * (paid + extra - 1) / (count + 1)
    rate = share * (6 + (count + 2) * share) / (6 + (2 * count + 1) * share)
    if abs(count * share) < _NEARLY_NOTHING:
        return rate
    for _ in range(200):
        discount = 1 / (1 + rate)
        last = discount**count
        level = count * rate / (1 - last)
        # What is to be zero is `value`; `slope` is i C'/C and `bend` is i^2 C''/C, then the same of C (1 - extra v^n).
        falling = level * last * discount
        slope = 1 - falling
        bend = falling * ((count + 1) * (1 - discount) - 2 * slope)
        value = 1 - paid / level
        if extra:
            late, fall = extra * last, count * (1 - discount)
            value -= late
            bend += late * (fall * (2 * slope - (count + 1) * (1 - discount)) - bend)
            slope += late * (fall - slope)
        step = 2 * rate * value * slope / (2 * slope * slope - value * bend)
        rate -= step
        if count * count * abs(step * step * step) < _LEVEL_CLOSE_ENOUGH:
            return rate
    raise AssertionError("The flows have no rate of return.")


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

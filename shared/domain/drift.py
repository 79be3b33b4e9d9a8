"""Whether those who apply now are still like those of whom the table of points was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared.domain.scorecard import Bin, Factor, Points, Scorecard

# The usual reading of the index: under the first nothing has changed, from the second on the table needs a look.
CHANGED, UNLIKE = Decimal("0.10"), Decimal("0.25")
_SHOWN = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class BinDrift:
    """The share of the people in a bin: then, when the table was made, and now; fractions."""

    says: str
    then: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class FactorDrift:
    """`index` is the population stability index; `reading`: stable, changed or unlike."""

    factor: str
    index: Decimal
    reading: str
    bins: tuple[BinDrift, ...]


def drift(scorecard: Scorecard, measured: Iterable[Mapping[str, int | str]]) -> tuple[FactorDrift, ...]:
    """Of every factor that data made, for the measures of some applications. Empty where there are none.

    The index is the sum over the bins of (now - then) * ln(now / then), to four digits; a bin that nobody is in now
    counts as half a person, since the logarithm of nothing would hide all the rest. It says how far the people have
    moved, not whether they repay: a few hundred are needed for it to mean something.
    """
    applied = list(measured)
    return tuple(_of(each, [each.bin_of(one[each.name]) for one in applied]) for each in _made(scorecard) if applied)


def drift_of_points(scorecard: Scorecard, accounts: Iterable[Iterable[Points]]) -> tuple[FactorDrift, ...]:
    """As `drift`, from the points that some applicants got by this table: each says in which bin he was."""
    told = [{points.factor: points.points for points in account} for account in accounts]
    return tuple(_of(each, [each.bin_with(one[each.name]) for one in told]) for each in _made(scorecard) if told)


def _made(scorecard: Scorecard) -> list[Factor]:
    """The factors that data made."""
    return [factor for factor in scorecard.factors if all(bin.share is not None for bin in factor.bins)]


def _of(factor: Factor, found: list[Bin]) -> FactorDrift:
    half_a_person = Decimal(1) / (2 * len(found))
    bins = tuple(
        BinDrift(bin.says, bin.share or Decimal(0), Decimal(found.count(bin)) / len(found)) for bin in factor.bins
    )
    index = sum((_term(bin.then, max(bin.now, half_a_person)) for bin in bins), Decimal(0)).quantize(_SHOWN)
    return FactorDrift(factor.name, index, _reading(index), bins)


def _term(then: Decimal, now: Decimal) -> Decimal:
    return (now - then) * (now / then).ln()


def _reading(index: Decimal) -> str:
    if index < CHANGED:
        return "stable"
    return "changed" if index < UNLIKE else "unlike"

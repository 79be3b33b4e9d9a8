"""A table of points: what it may look at, its bins with their reasons, and the points that somebody gets from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# All that a score may look at, each with its purpose. The borrower states it in the profile, asks for it, or did it as
# our borrower (`CONDUCT`); nothing comes from a credit bureau, and no table of points with another factor is loaded.
# Age, sex, marriage, origin, faith and health have no place here: age only says whether the market may lend at all.
CONDUCT = {
    "loans_repaid": "whether loans of ours were repaid before",
    "late_instalments": "how often an instalment of ours was late",
    "worst_days_late": "how late the latest was",
    "relief": "whether what was agreed in a difficulty was kept",
}
PURPOSES = {
    "monthly_income": "what instalments are paid from",
    "employment": "how steady that income is",
    "months_employed": "how long it has been there",
    "obligations_percent": "what part of it is promised to others",
    "instalment_percent": "what part of it this loan would take",
    **CONDUCT,
}


@dataclass(frozen=True, slots=True)
class Bin:
    """Points of one factor: for numbers from `least` on, or for one of `values`; `says` is for the borrower.

    `share` is the part of the people whom the table was made of that is in this bin; None where no data made it.
    """

    points: int
    says: str
    least: int | None = None
    values: tuple[str, ...] = ()
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """Bins by `least`, falling; or by value, of which the last takes all others."""

    name: str
    bins: tuple[Bin, ...]

    def bin_of(self, measure: int | str) -> Bin:
        if isinstance(measure, str):
            return next((bin for bin in self.bins if measure in bin.values), self.bins[-1])
        return next(bin for bin in self.bins if bin.least is not None and measure >= bin.least)

    def bin_with(self, points: int) -> Bin:
        """The bin that gives so many points: no two of a factor give the same."""
        return next(bin for bin in self.bins if bin.points == points)

    @property
    def most(self) -> int:
        return max(bin.points for bin in self.bins)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`grades` from the best down, each with the score from which it is given. Below `refer_from` is a decline."""

    version: str
    start: int
    factors: tuple[Factor, ...]
    grades: tuple[tuple[str, int], ...]
    approve_from: int
    refer_from: int

    def says(self, given: "Points") -> str:
        """Why this table gave so many points, in plain words."""
        return next(factor for factor in self.factors if factor.name == given.factor).bin_with(given.points).says


@dataclass(frozen=True, slots=True)
class Points:
    """What one factor gave, of the most that it could give; `Scorecard.says` has why."""

    factor: str
    points: int
    most: int


def scored(scorecard: Scorecard, measured: Mapping[str, int | str]) -> tuple[Points, ...]:
    """Every factor's points, in the order of the table. The score is their sum and the table's start."""
    found = [(factor, factor.bin_of(measured[factor.name])) for factor in scorecard.factors]
    return tuple(Points(factor.name, bin.points, factor.most) for factor, bin in found)

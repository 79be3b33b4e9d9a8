"""What a person has decided about the scorecard; all else of it comes from the data.

A measure's candidate cuts are round numbers that a borrower can be told. The data decide which of them stay and how
many points each bin has. Where no data fit a measure, the points are written here, and the model card says so.
"""

from dataclasses import dataclass

# Loans of a year and more, so that shares of the income mean the same as in the data; a score of `ANCHOR` is `ODDS`
# good loans to one bad one in the data, and every `DOUBLING` points more are twice the odds.
ANCHOR, ODDS, DOUBLING = 600, 2.5, 100
GRADES = (("A", 750), ("B", 700), ("C", 650), ("D", 600), ("E", 550))
APPROVE_FROM, REFER_FROM = 600, 550

# A bin has at least this share of the applicants, and neighbours differ in their bad rates by so many standard errors
# (1.645: one time in ten by chance).
LEAST_SHARE = 0.05
LEAST_DIFFERENCE = 1.645


@dataclass(frozen=True, slots=True)
class Numbers:
    """A measure in whole numbers that may be cut at `cuts`; `rises` where more of it is better."""

    name: str
    cuts: tuple[int, ...]
    rises: bool


@dataclass(frozen=True, slots=True)
class Kinds:
    """A measure in words: our words, those of the data that stand for them, and what the borrower is told.

    The last takes every word that is not named.
    """

    name: str
    bins: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure that no data fit: its bins by `least`, falling, with points. `neutral` stands for it in the data."""

    name: str
    bins: tuple[tuple[int, int, str], ...]
    neutral: int

    @property
    def neutral_points(self) -> int:
        return next(points for least, points, _ in self.bins if self.neutral >= least)


@dataclass(frozen=True, slots=True)
class JudgedKinds:
    """As `Judged`, of a measure in words. The last bin takes every word that is not named."""

    name: str
    bins: tuple[tuple[tuple[str, ...], int, str], ...]
    neutral: str

    @property
    def neutral_points(self) -> int:
        return next(points for words, points, _ in self.bins if self.neutral in words)


Measure = Numbers | Kinds | Judged | JudgedKinds


@dataclass(frozen=True, slots=True)
class Edition:
    """A table's number and what it looks at, in the order in which a decision accounts for it."""

    number: int
    measures: tuple[Measure, ...]

    @property
    def judged(self) -> tuple[Judged | JudgedKinds, ...]:
        return tuple(measure for measure in self.measures if isinstance(measure, Judged | JudgedKinds))


@dataclass(frozen=True, slots=True)
class Place:
    """A market. `middle_income` is a month's income, in whole units, of the applicant in the middle: a judgement."""

    code: str
    middle_income: int
    unit: str


INCOME = Numbers("monthly_income", (50, 60, 70, 80, 100, 120, 150, 200), rises=True)
# Beyond five years a longer employment says little but that somebody is older; the model card has the figures.
MONTHS = Numbers("months_employed", (12, 24, 36, 60), rises=True)
LONGER_MONTHS = Numbers("months_employed", (12, 24, 36, 60, 84, 120, 180), rises=True)
INSTALMENT = Numbers("instalment_percent", (5, 10, 15, 20, 25, 30, 35, 40, 50), rises=False)
EMPLOYMENT = Kinds(
    "employment",
    (
        (("salaried",), ("fixed",), "You have a salary."),
        (("self_employed", "gig"), ("freelance",), "Income from own work varies from month to month."),
        ((), ("partime", "others"), "You have no regular income from work."),
    ),
)
OBLIGATIONS = Judged(
    "obligations_percent",
    (
        (40, 0, "Two fifths of your income or more go to other loans."),
        (25, 60, "A quarter of your income or more goes to other loans."),
        (10, 110, "A tenth of your income or more goes to other loans."),
        (0, 140, "Less than a tenth of your income goes to other loans."),
    ),
    neutral=10,
)
DATA_MEASURES: tuple[Numbers | Kinds, ...] = (INCOME, EMPLOYMENT, MONTHS, INSTALMENT)
CONDUCT = (
    Judged(
        "loans_repaid",
        (
            (2, 60, "You have repaid two loans of ours or more."),
            (1, 40, "You have repaid a loan of ours."),
            (0, 0, "You have not repaid a loan of ours yet."),
        ),
        neutral=0,
    ),
    Judged(
        "late_instalments",
        (
            (3, 0, "Three of your instalments or more were late."),
            (1, 40, "One or two of your instalments were late."),
            (0, 70, "None of your instalments was late."),
        ),
        neutral=0,
    ),
    Judged(
        "worst_days_late",
        (
            (90, 0, "An instalment of yours was late by three months or more."),
            (31, 50, "An instalment of yours was late by more than a month."),
            (8, 100, "An instalment of yours was late by more than a week."),
            (0, 130, "No instalment of yours was late by more than a week."),
        ),
        neutral=0,
    ),
    JudgedKinds(
        "relief",
        (
            (("none", "kept"), 80, "You keep what is agreed with you."),
            (("running",), 60, "A plan or a waiver of yours is not over yet."),
            (("broken",), 20, "You did not keep a plan or a waiver that was agreed."),
            ((), 0, "A part of a loan of yours was given up as lost."),
        ),
        neutral="none",
    ),
)
_FIRST: tuple[Measure, ...] = (INCOME, EMPLOYMENT, MONTHS, OBLIGATIONS, INSTALMENT)
# Every edition that ever decided stays, to be made again and compared with.
EDITIONS = (Edition(1, _FIRST), Edition(2, (*_FIRST, *CONDUCT)))
PLACES = (Place("in", 25_000, "rupees"), Place("cn", 6_000, "yuan"))


def says(measure: Numbers, least: int, below: int | None, place: Place) -> str:
    """What a borrower in the bin from `least` to under `below` is told; `below` is None at the top."""
    if measure.name == INCOME.name:
        if below is None:
            return f"Your income is {_money(least, place)} a month or more."
        return f"Your income is less than {_money(below, place)} a month."
    if measure.name == MONTHS.name:
        if below is None:
            return f"You have had this income for {_years(least)} or more."
        return f"You have had this income for less than {_years(below)}."
    if least == 0:
        return f"This instalment would take less than {below} percent of your income."
    return f"This instalment would take {least} percent of your income or more."


def _money(percent: int, place: Place) -> str:
    return f"{percent * place.middle_income // 100:,} {place.unit}"


def _years(months: int) -> str:
    years = months // 12
    return "a year" if years == 1 else f"{years} years"

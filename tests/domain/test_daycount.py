"""Day counts and year fractions against published examples."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.daycount import DENOMINATORS, days, year_fraction

D = date.fromisoformat
DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31))


# ISDA, examples to the 2006 Definitions 4.16 (f) to (h).
@pytest.mark.parametrize(
    ("convention", "start", "end", "expected"),
    [
        ("30/360", "2006-08-31", "2007-02-28", 178),
        ("30/360", "2007-08-31", "2008-02-29", 179),
        ("30/360", "2008-02-29", "2008-08-31", 182),
        ("30/360", "2008-08-20", "2009-02-20", 180),
        ("30E/360", "2006-08-31", "2007-02-28", 178),
        ("30E/360", "2007-02-28", "2007-08-31", 182),
        ("30E/360", "2008-02-29", "2009-02-28", 359),
        ("30U/360", "2008-02-29", "2008-08-31", 180),
        ("30U/360", "2008-02-29", "2009-02-28", 360),
        ("30U/360", "2007-08-31", "2008-02-28", 178),
        ("30E/365", "2025-03-31", "2025-04-30", 30),
        ("30E/360-ISDA", "2006-08-31", "2007-02-28", 180),
        ("30E/360-ISDA", "2008-02-29", "2008-03-31", 30),
        ("actual/365", "2024-02-01", "2024-03-01", 29),
    ],
)
def test_days_are_those_of_the_convention(convention: str, start: str, end: str, expected: int) -> None:
    assert days(convention, D(start), D(end)) == expected


def test_the_last_february_of_a_contract_keeps_its_days_in_30e_360_isda() -> None:
    assert days("30E/360-ISDA", D("2007-02-28"), D("2008-02-28"), termination_date=D("2008-02-29")) == 358
    assert days("30E/360-ISDA", D("2007-08-31"), D("2008-02-29"), termination_date=D("2008-02-29")) == 179
    assert days("30E/360-ISDA", D("2007-08-31"), D("2008-02-29"), termination_date=D("2009-02-28")) == 180


# ISDA, "EMU and Market Conventions: Recent Developments", 1998: actual/actual by ISDA, ICMA (with its reference
# period) and AFB.
@pytest.mark.parametrize(
    ("start", "end", "reference", "isda", "icma", "afb"),
    [
        ("2003-11-01", "2004-05-01", ("2003-11-01", "2004-05-01"), "0.497724380567", "0.5", "0.497267759563"),
        (
            "1999-02-01",
            "1999-07-01",
            ("1998-07-01", "1999-07-01"),
            "0.410958904110",
            "0.410958904110",
            "0.410958904110",
        ),
        ("1999-07-01", "2000-07-01", ("1999-07-01", "2000-07-01"), "1.001377348600", "1", "1"),
        (
            "2002-08-15",
            "2003-07-15",
            ("2003-01-15", "2003-07-15"),
            "0.915068493151",
            "0.915760869565",
            "0.915068493151",
        ),
        ("2003-07-15", "2004-01-15", ("2003-07-15", "2004-01-15"), "0.504004790778", "0.5", "0.504109589041"),
        ("1999-07-30", "2000-01-30", ("1999-07-30", "2000-01-30"), "0.503892506924", "0.5", "0.504109589041"),
        (
            "2000-01-30",
            "2000-06-30",
            ("2000-01-30", "2000-07-30"),
            "0.415300546448",
            "0.417582417582",
            "0.415300546448",
        ),
    ],
)
def test_actual_actual_has_three_meanings(
    start: str, end: str, reference: tuple[str, str], isda: str, icma: str, afb: str
) -> None:
    period = (D(reference[0]), D(reference[1]))
    for convention, expected in (("ISDA", isda), ("ICMA", icma), ("AFB", afb)):
        fraction = year_fraction(f"actual/actual-{convention}", D(start), D(end), reference_period=period)

        assert abs(fraction - Fraction(expected)) < Fraction(1, 10**11), convention


def test_whole_years_counted_back_from_28_february_end_on_29_february_where_there_is_one() -> None:
    assert year_fraction("actual/actual-AFB", D("2004-02-29"), D("2006-02-28")) == 2
    assert year_fraction("actual/actual-AFB", D("2004-02-28"), D("2006-02-28")) == 2 + Fraction(1, 365)


def test_days_long_before_the_reference_period_count_in_periods_of_its_length() -> None:
    reference = (D("2003-01-15"), D("2003-07-15"))

    assert year_fraction(
        "actual/actual-ICMA", D("2001-07-15"), D("2003-07-15"), reference_period=reference
    ) == Fraction(2)


@given(start=DATES, end=DATES, convention=st.sampled_from([*DENOMINATORS, "actual/actual-ISDA", "actual/actual-AFB"]))
def test_a_period_of_no_days_is_no_part_of_a_year_and_a_later_end_is_never_less(
    start: date, end: date, convention: str
) -> None:
    start, end = sorted((start, end))

    assert year_fraction(convention, start, start) == 0
    assert abs(year_fraction(convention, start, end) - Fraction((end - start).days, 365)) < Fraction(
        end.year - start.year + 2, 40
    )


@given(start=DATES, middle=DATES, end=DATES)
def test_isda_fractions_add_up_over_any_cut(start: date, middle: date, end: date) -> None:
    start, middle, end = sorted((start, middle, end))
    whole = year_fraction("actual/actual-ISDA", start, end)

    assert whole == year_fraction("actual/actual-ISDA", start, middle) + year_fraction(
        "actual/actual-ISDA", middle, end
    )

"""Schedules, yearly costs and day counts: a vector in, the differences out as (what, expected, actual)."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from shared.domain import daycount
from shared.domain.apr import apr_eu, apr_rbi, apr_us
from shared.domain.conventions.opening import Table, opening_table
from shared.domain.money import Money
from tests.conformance.reading import ROUNDING, minor_units, read_habits, read_terms, shown, to_date

Difference = tuple[str, str, str]


def check_schedule(vector: dict[str, Any]) -> list[Difference]:
    terms, expected = vector["terms"], vector["expected"]
    table = opening_table(
        read_terms(terms), read_habits(terms), to_date(terms.get("disbursed_on")), to_date(terms.get("first_due_on"))
    )
    digits = expected.get("display_digits", terms["digits"])
    rounding = ROUNDING[terms.get("display_rounding") or terms["rounding"]]

    def show(units: int) -> str:
        return shown(units, table.units_per_minor * 10 ** terms["digits"], digits, rounding)

    actual = {
        "instalment": show(table.instalment),
        "row_count": len(table.rows),
        "total_interest": show(sum(interest for _, _, interest in table.rows)),
        "balance_at_end": show(table.rows[-1][0] - table.rows[-1][1]),
    }
    differences = compared("", {key: expected[key] for key in actual if key in expected}, actual)
    for row in expected.get("rows", []):
        differences += compared(f"row {row['n']} ", row, _row(table, row["n"], show))
    return differences


def _row(table: Table, number: int, show: Any) -> dict[str, Any]:
    if number > len(table.rows):
        return {"n": None}
    opening, principal, interest = table.rows[number - 1]
    return {
        "n": number,
        "due_on": table.due_on[number - 1].isoformat() if table.due_on else None,
        "opening": show(opening),
        "principal": show(principal),
        "interest": show(interest),
        "balance": show(opening - principal),
    }


def compared(where: str, expected: dict[str, Any], actual: dict[str, Any]) -> list[Difference]:
    """The fields of `expected` that `actual` lacks or has otherwise; figures are compared as numbers."""
    return [
        (where + key, str(value), str(actual.get(key)))
        for key, value in expected.items()
        if value is not None and not _same(value, actual.get(key))
    ]


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, str) and isinstance(actual, str) and expected[-1:].isdigit() and "-" not in expected[1:]:
        return Decimal(expected) == Decimal(actual)
    return bool(expected == actual)


def check_apr(vector: dict[str, Any]) -> list[Difference]:
    rate = {"eu": _eu, "us": _us, "rbi": _rbi}[vector["convention"]](vector)
    decimals = vector["expected"]["decimals"]
    percent = (rate * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return compared("", {"apr_percent": vector["expected"]["apr_percent"]}, {"apr_percent": f"{percent:f}"})


def _eu(vector: dict[str, Any]) -> Decimal:
    def years(flow: dict[str, Any]) -> Fraction:
        time = Fraction(flow.get("months") or 0, 12)
        return time + Fraction(flow.get("days") or 0) / Fraction(flow.get("year") or 365)

    return apr_eu([(years(flow), Decimal(flow["amount"])) for flow in vector["flows"]])


def _us(vector: dict[str, Any]) -> Decimal:
    a_year = vector["unit_periods_per_year"]
    flows = [
        (
            flow.get("unit_periods") or 0,
            Fraction(flow.get("odd_numerator") or 0, flow.get("odd_denominator") or 1),
            Decimal(flow["amount"]),
        )
        for flow in vector["flows"]
    ]
    return apr_us(flows, Fraction(a_year["numerator"], a_year["denominator"]))


def _rbi(vector: dict[str, Any]) -> Decimal:
    terms = vector["terms"]
    principal, fees = (Money(minor_units(terms[key], 2), "INR") for key in ("principal", "fees_deducted"))
    return apr_rbi(principal, Decimal(terms["annual_rate"]), terms["instalments"], fees)


def check_daycount(vector: dict[str, Any]) -> list[Difference]:
    convention, expected = vector["convention"], vector["expected"]
    start, end = (date for date in map(to_date, (vector["start"], vector["end"])) if date)
    termination = to_date(vector.get("termination_date"))
    if "days" in expected:
        days = daycount.days(convention, start, end, termination)
        return compared("", {"days": int(expected["days"])}, {"days": days})
    period = [date for date in map(to_date, vector.get("reference_period") or ()) if date]
    fraction = daycount.year_fraction(
        convention,
        start,
        end,
        reference_period=(period[0], period[1]) if period else None,
        termination_date=termination,
    )
    if abs(fraction - Fraction(expected["year_fraction"])) <= Fraction(1, 2 * 10**10):
        return []
    return [("year_fraction", expected["year_fraction"], f"{Decimal(fraction.numerator) / fraction.denominator:.12f}")]

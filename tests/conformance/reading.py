"""Vectors' strings as the engine's values."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from shared.domain.conventions.opening import Habits
from shared.domain.money import Money
from shared.domain.rounding import divide
from shared.domain.terms import Terms

ROUNDING = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}
# The engine counts whole minor units; any currency with as many digits will do.
CURRENCY = {0: "JPY", 2: "INR", 3: "KWD"}
# "Rows stop when the balance is zero": where no number of instalments is given, a century of months is enough.
MOST_INSTALMENTS = 1200


class UnsupportedError(Exception):
    """The vector asks for something that the engine does not know."""


def to_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def minor_units(text: str, digits: int) -> int:
    exact = Decimal(text).scaleb(digits)
    if exact != exact.to_integral_value():
        raise UnsupportedError(f"{text} has more than {digits} digits")
    return int(exact)


def shown(units: int, scale: int, digits: int, rounding: str) -> str:
    """`units`, of which `scale` make one, rounded to digits and printed."""
    return f"{Decimal(divide(units * 10**digits, scale, rounding)).scaleb(-digits):f}"


def read_terms(source: dict[str, Any]) -> Terms:
    if source["digits"] not in CURRENCY:
        raise UnsupportedError(f"a currency with {source['digits']} digits")
    digits = source["digits"]
    multiple = source.get("instalment_multiple_of")
    rounding = ROUNDING[source["rounding"]]
    number, unit = source["every"]
    return Terms(
        principal=Money(minor_units(source["principal"], digits), CURRENCY[digits]),
        annual_rate=Decimal(source["annual_rate"]),
        instalments=source.get("instalments") or MOST_INSTALMENTS,
        every=(number, unit),
        interest_method=source["interest_method"],
        interest_period=source["interest_period"],
        day_count=source["day_count"],
        rounding=rounding,
        instalment_multiple_minor=minor_units(multiple, digits) if multiple else 1,
        instalment_rounding=ROUNDING[source.get("instalment_rounding") or source["rounding"]],
    )


def read_habits(source: dict[str, Any]) -> Habits:
    given = source.get("instalment")
    return Habits(
        instalment_rule=source["instalment_rule"],
        year_rule=source.get("year_rule") or "split_01-01",
        carry=source.get("carry") or "rounded",
        compounding_per_year=source.get("compounding_per_year"),
        amortised_over=source.get("amortised_over"),
        interest_by_days=bool(source.get("interest_by_days")),
        instalment_minor=minor_units(given, source["digits"]) if given else None,
        flat_total=source.get("flat_total") or "sum",
    )

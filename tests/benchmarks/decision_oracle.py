"""What an application of a first-time borrower has to be decided as: worked out from the files of rules by other code.

It reads `shared/markets/*.json` and imports nothing of the product's rules.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

PACKS = Path(__file__).resolve().parents[2] / "shared" / "markets"


@dataclass(frozen=True, slots=True)
class Asked:
    """Amounts in minor units; months of work and of the loan."""

    income: int
    owed: int
    employment: str
    months_employed: int
    amount: int
    tenor_months: int


@dataclass(frozen=True, slots=True)
class Expected:
    score: int
    grade: str
    outcome: str
    limit: int


def expected(asked: Asked, market: str, on: date) -> Expected:
    """By the rules of that day, for somebody of an age that is served, who shares nothing with anybody."""
    rules = _rules(market, on)
    instalment = _instalment(asked, Decimal(rules["reference"]["annual_rate"]))
    table = json.loads((PACKS / f"scorecard_{rules['scorecard']}.json").read_text())
    score = table["start"] + sum(_points(factor, _measured(asked, instalment)) for factor in table["factors"])
    grade = next((name for name, least in table["grades"] if score >= least), table["grades"][-1][0])
    most = rules["grades"][grade]["most"]
    room = max(int(asked.income * Decimal(rules["affordable_share"])) - asked.owed, 0)
    outcome = "decline"
    is_served = asked.employment not in rules["excluded_employments"]
    if is_served and score >= table["refer_from"] and instalment <= room and asked.amount <= most:
        outcome = "approve" if score >= table["approve_from"] else "refer"
    return Expected(score, grade, outcome, 0 if outcome == "decline" else most)


def _rules(market: str, on: date) -> dict[str, Any]:
    written = json.loads((PACKS / f"{market}.json").read_text())["rules"]
    day = on.isoformat()
    held = [rule for rule in written if rule["from"] <= day and (rule["to"] is None or day <= rule["to"])]
    return {rule["id"].split(".", 1)[1]: rule["value"] for rule in held}


def _instalment(asked: Asked, annual_rate: Decimal) -> int:
    """The level instalment of whole months, rounded half up to the minor unit."""
    rate = annual_rate / 12
    growth = (1 + rate) ** asked.tenor_months
    return int((asked.amount * rate * growth / (growth - 1)).quantize(Decimal(1), ROUND_HALF_UP))


def _measured(asked: Asked, instalment: int) -> dict[str, Any]:
    """First-time borrowers have no conduct: each part of it is as for nobody."""
    return {
        "monthly_income": asked.income,
        "employment": asked.employment,
        "months_employed": asked.months_employed,
        "obligations_percent": 100 * asked.owed // asked.income,
        "instalment_percent": 100 * instalment // asked.income,
        "loans_repaid": 0,
        "late_instalments": 0,
        "worst_days_late": 0,
        "relief": "none",
    }


def _points(factor: dict[str, Any], measured: dict[str, Any]) -> int:
    value = measured[factor["name"]]
    for bin in factor["bins"]:
        if value in bin["values"] if "values" in bin else value >= bin["least"]:
            return int(bin["points"])
    return int(factor["bins"][-1]["points"])

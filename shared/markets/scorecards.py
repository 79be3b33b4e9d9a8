"""Tables of points, one file per version; a version once used is never edited. `make scorecard` writes them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shared.domain.scorecard import PURPOSES, Bin, Factor, Scorecard

_HERE = Path(__file__).parent


class UndeclaredMeasure(Exception):
    """A table of points that looks at something without a declared purpose."""


@cache
def scorecard(version: str) -> Scorecard:
    """The table that a market's `scorecard` rule names."""
    return as_scorecard(json.loads((_HERE / f"scorecard_{version}.json").read_text()))


def versions(market: str) -> tuple[str, ...]:
    """The tables that a market has ever had, the newest last."""
    return tuple(sorted(file.stem.removeprefix("scorecard_") for file in _HERE.glob(f"scorecard_{market}-*.json")))


def as_scorecard(read: Mapping[str, Any]) -> Scorecard:
    """The table as its file has it. Raises `UndeclaredMeasure` for a factor that no score may look at."""
    return Scorecard(
        version=read["version"],
        start=read["start"],
        factors=tuple(_factor(factor) for factor in read["factors"]),
        grades=tuple((name, least) for name, least in read["grades"]),
        approve_from=read["approve_from"],
        refer_from=read["refer_from"],
    )


def _factor(read: Mapping[str, Any]) -> Factor:
    if read["name"] not in PURPOSES:
        raise UndeclaredMeasure(f"A score may not look at {read['name']}.")
    return Factor(read["name"], tuple(_bin(bin) for bin in read["bins"]))


def _bin(read: Mapping[str, Any]) -> Bin:
    share = Decimal(read["share"]) if "share" in read else None
    return Bin(read["points"], read["says"], read.get("least"), tuple(read.get("values", ())), share)

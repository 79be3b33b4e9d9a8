"""Tables of points, one file per version; a version once used is never edited."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shared.domain.scoring import Bin, Factor, Scorecard

_HERE = Path(__file__).parent


@cache
def scorecard(version: str) -> Scorecard:
    """The table that a market's `scorecard` rule names."""
    read = json.loads((_HERE / f"scorecard_{version}.json").read_text())
    return Scorecard(
        version=read["version"],
        start=read["start"],
        factors=tuple(_factor(factor) for factor in read["factors"]),
        grades=tuple((name, least) for name, least in read["grades"]),
        approve_from=read["approve_from"],
        refer_from=read["refer_from"],
    )


def _factor(read: Mapping[str, Any]) -> Factor:
    bins = [Bin(bin["points"], bin["says"], bin.get("least"), tuple(bin.get("values", ()))) for bin in read["bins"]]
    return Factor(read["name"], tuple(bins))

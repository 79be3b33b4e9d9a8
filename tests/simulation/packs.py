"""A market's rules as they stand in its file: read with nothing of the product's between."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.simulation.facts import STANDARD

PACKS = Path(__file__).parents[2] / "shared" / "markets"
# No rule that is read here changes while the simulation runs, which is asserted where it is read.
ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes by days, from the mildest on; that which only the payment of all arrears ends; that after a plan."""

    names: tuple[str, ...]
    non_performing: str | None
    restructured: str
    watch_months: int

    def worse(self, one: str, other: str) -> str:
        own = () if self.restructured in self.names else (self.restructured,)
        return max(one, other, key=(STANDARD, *own, *self.names).index)


@cache
def classes_of(market: str) -> Classes:
    restructured = rule(market, "restructured")
    return Classes(
        names=tuple(name for name, _ in rule(market, "buckets")),
        non_performing=rule(market, "non_performing"),
        restructured=restructured["class"],
        watch_months=restructured["months"],
    )


def rule(market: str, name: str, on: date = ON) -> Any:
    """What a rule says on a day, and as long as anybody knows."""
    versions = [each for each in _rules(market) if each["id"] == f"{market}.{name}"]
    [found] = [each for each in versions if each["from"] <= str(on) <= (each["to"] or "9")]
    assert found["to"] is None, found
    return found["value"]


@cache
def _rules(market: str) -> Any:
    return json.loads((PACKS / f"{market}.json").read_text())["rules"]

"""How far a run is, in a line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.money import Money
from tests.simulation.portfolio import Case


def so_far(cases: Iterable[Case], heads: Iterable[Mapping[str, Any]], faults: Counter[str]) -> str:
    states, received = Counter(head["state"] for head in heads), Counter[str]()
    for told in (told for case in cases for told in case.told if not told.went_back):
        received[told.currency] += told.minor
    money = " and ".join(str(Money(minor, currency)) for currency, minor in sorted(received.items())) or "nothing"
    now = ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in ("active", "closed", "written_off"))
    return f"{now}; {money} received; {faults.total()} faults"

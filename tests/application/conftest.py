"""Desks, and the death that may come at any of their calls."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.markets import _pack, market
from tests.application.desk import Death
from tests.application.killed import Desks


@pytest.fixture
def death() -> Death:
    return Death()


@pytest.fixture
def desks(death: Death, aws: Any) -> Desks:
    return Desks(death, aws)


@pytest.fixture
def new_rail() -> Iterator[str]:
    """India's money moves by another rail from the fifth of February 2026; what began with the former goes on there."""
    rules = _pack("in")["rules"]
    [rule] = [rule for rule in rules if rule["id"] == "in.rails"]
    value = {**rule["value"], "money": "upinew", "former": [rule["value"]["money"]]}
    rule["to"] = "2026-02-04"
    rules.append({**rule, "from": "2026-02-05", "to": None, "value": value})
    market.cache_clear()
    yield "upinew"
    rules.pop()
    rule["to"] = None
    market.cache_clear()

"""Desks, and the death that may come at any of their calls."""

from typing import Any

import pytest

from tests.application.desk import Death
from tests.application.killed import Desks


@pytest.fixture
def death() -> Death:
    return Death()


@pytest.fixture
def desks(death: Death, aws: Any) -> Desks:
    return Desks(death, aws)

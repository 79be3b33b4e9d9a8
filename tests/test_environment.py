"""Each function is given the settings that its code asks for, and no others."""

import pytest

from infra.packages import ROOT
from infra.reach import named, reached
from infra.routes import DOORS
from infra.settings import LOCAL
from tests.test_infra import function_of

# Every function is told these, whether it asks or not.
TOLD_TO_ALL = {"CLOCK_PARAMETER"}


@pytest.mark.parametrize("door", DOORS)
def test_a_function_is_given_what_its_code_asks_for_and_nothing_else(door: str) -> None:
    variables = function_of(door, LOCAL)["Environment"]["Variables"]
    given = {name.removeprefix("MINNOW_") for name in variables if name.startswith("MINNOW_")}
    parts = [part for each in reached(door, ROOT).values() for part in each.values()]
    wanted = {name for part in parts for name in named(part, "setting", "optional")}

    assert given - TOLD_TO_ALL == wanted - TOLD_TO_ALL
    assert wanted <= given | {"CLOCK_PARAMETER"}

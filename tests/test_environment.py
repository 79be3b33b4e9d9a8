"""Each function is given the settings that its code asks for, and no others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from infra.routes import DOORS
from infra.settings import LOCAL
from tests.test_infra import function_of

ROOT = Path(__file__).resolve().parents[1]
# What a door uses of these is followed function by function, since each holds what some doors need and others do not.
FOLLOWED = ("runtime", "wiring")
# Every function is told these, whether it asks or not.
TOLD_TO_ALL = {"STAGE", "MARKETS", "CLOCK_PARAMETER"}


def asked(tree: ast.AST) -> set[str]:
    """The names in `setting("NAME")` and `optional("NAME")`."""
    return {
        part.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("setting", "optional")
        for part in node.args
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def names(tree: ast.AST) -> set[str]:
    """Every name and attribute that is used: `wiring.loans_table()` uses `loans_table`."""
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return used | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@cache
def followed() -> dict[str, ast.AST]:
    """The functions of the modules that are followed, by name."""
    modules = [ast.parse((ROOT / "shared" / f"{name}.py").read_text()) for name in FOLLOWED]
    return {node.name: node for module in modules for node in module.body if isinstance(node, ast.FunctionDef)}


def reached(door: str) -> Iterator[ast.AST]:
    """The door's own files, and every followed function that they or one another use."""
    own = [ast.parse(file.read_text()) for file in (ROOT / "functions" / door).glob("*.py")]
    yield from own
    waiting = set().union(*map(names, own)) & followed().keys()
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        yield followed()[name]
        waiting |= (names(followed()[name]) & followed().keys()) - seen


@pytest.mark.parametrize("door", DOORS)
def test_a_function_is_given_what_its_code_asks_for_and_nothing_else(door: str) -> None:
    assert (ROOT / "functions" / door / "handler.py").exists()
    variables = function_of(door, LOCAL)["Environment"]["Variables"]
    given = {name.removeprefix("MINNOW_") for name in variables if name.startswith("MINNOW_")}
    wanted = set().union(*(asked(tree) for tree in reached(door)))

    assert given - TOLD_TO_ALL == wanted - TOLD_TO_ALL
    assert wanted <= given | {"CLOCK_PARAMETER"}

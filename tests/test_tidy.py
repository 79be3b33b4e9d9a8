"""The rules of docs/contributor/design.md and of the code's form, as far as a machine can check them."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OWN = ("shared", "functions", "infra", "tests")
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_LINE = 120

STANDARD = frozenset(sys.stdlib_module_names)
# Each room's modules, and all that they may import besides the standard library.
ROOMS = {
    "shared/domain/**/*.py": {"shared.domain"},
    "shared/markets/**/*.py": {"shared.domain", "shared.markets"},
    "shared/adapters/**/*.py": {
        *("shared.domain", "shared.adapters", "shared.markets"),
        *("boto3", "botocore", "pydantic", "cryptography", "standardwebhooks", "ulid"),
        *("babel", "phonenumbers", "stdnum", "segno", "PIL", "jwt"),
    },
    "shared/application/**/*.py": {"shared.domain", "shared.markets", "shared.adapters", "shared.application"},
    "shared/*.py": {
        *("shared.domain.errors", "shared.domain.money", "shared.domain.staff"),
        *("shared.domain.proofs", "shared.domain.sessions"),
        *("shared.adapters", "shared.body", "shared.problems"),
        *("shared.settings", "shared.wiring", "shared.identity", "shared.schemas"),
        *("aws_lambda_powertools", "boto3", "botocore", "pydantic"),
    },
    "functions/**/*.py": {
        *("shared.domain", "shared.markets", "shared.application", "shared.runtime", "shared.wiring"),
        *("shared.identity", "shared.device", "shared.wiring_lenders", "shared.schemas", "functions"),
        *("pydantic", "aws_lambda_powertools", "typing_extensions"),
    },
    "infra/*.py": {"infra", "aws_cdk", "constructs", "packaging"},
}
# What of the standard library has no place in a pure room: the clock, chance, the machine, the network.
IMPURE = {"os", "sys", "time", "random", "secrets", "uuid", "socket", "http", "urllib", "subprocess", "threading"}
PURE_ROOMS = ("shared/domain", "shared/application")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def files(*patterns: str) -> list[Path]:
    return sorted(file for pattern in patterns for file in ROOT.glob(pattern) if "__pycache__" not in file.parts)


def every_file() -> list[Path]:
    return files("*.py", *(f"{room}/**/*.py" for room in OWN))


def shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), shown(file))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "own modules are imported by their full name"
            # `from shared import wiring` imports shared.wiring.
            wide = node.module in ("shared", "functions", "infra", "tests")
            yield from (f"{node.module}.{alias.name}" for alias in node.names) if wide else (node.module,)


def is_within(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The text of what is called, and its line: `datetime.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_design_allows(room: str) -> None:
    strangers = [
        f"{shown(file)} imports {module}"
        for file in files(room)
        for module in imported(parsed(file))
        if not is_within(module, ROOMS[room]) and module.partition(".")[0] not in STANDARD
    ]

    # What makes the OpenAPI document reads the doors, and the app attaches cdk-nag.
    assert [line for line in strangers if not line.startswith("infra/openapi.py")] == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_reaches_no_clock_chance_machine_or_network(room: str) -> None:
    reached = [
        f"{shown(file)} imports {module}"
        for file in files(f"{room}/**/*.py")
        for module in imported(parsed(file))
        if module.partition(".")[0] in IMPURE
    ]

    assert reached == []


def test_nothing_below_the_door_asks_for_the_time_or_makes_an_id() -> None:
    asked = [
        f"{shown(file)}:{line} {called}"
        for file in files("shared/domain/**/*.py", "shared/application/**/*.py", "shared/markets/**/*.py")
        for called, line in calls(parsed(file))
        if called.rpartition(".")[2] in ("now", "today", "utcnow", "ULID", "uuid4")
        # What a market's today is at an instant is asked of the instant.
        and not called.startswith("at.")
        and called != "today"
    ]

    assert asked == []


def test_the_domain_knows_no_float() -> None:
    floats = [
        f"{shown(file)}:{node.lineno}"
        for file in files("shared/domain/**/*.py", "shared/markets/**/*.py")
        for node in ast.walk(parsed(file))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]

    assert floats == []


def test_every_data_class_of_the_domain_is_slotted_and_our_own_rules_never_change_one() -> None:
    """Other systems' rules, under `conventions`, change a loan in place, event by event, as those systems do."""
    loose = [
        f"{shown(file)}:{node.lineno} {node.name}"
        for file in files("shared/domain/**/*.py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if (text := ast.unparse(decorator)).startswith("dataclass")
        and not ("slots=True" in text and ("frozen=True" in text or "conventions" in file.parts))
    ]

    assert loose == []


def test_a_handler_neither_tries_nor_speaks_json_nor_names_a_status() -> None:
    doing = [
        f"{shown(file)}:{node.lineno}"
        for file in files("functions/*/handler.py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Try) or (isinstance(node, ast.Import) and any(a.name == "json" for a in node.names))
    ]

    assert doing == []


def test_nobody_catches_everything() -> None:
    caught = [
        f"{shown(file)}:{node.lineno}"
        for file in every_file()
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]

    assert caught == []


def test_no_update_adds_to_what_is_stored() -> None:
    """boto3 sends again when a reply is lost; a number set under a condition is then right, one added is not."""
    adding = [
        f"{shown(file)}:{node.lineno}"
        for file in files("shared/**/*.py", "functions/**/*.py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\bADD [#:\w]", node.value)
    ]

    assert adding == []


def test_no_test_replaces_a_part_of_what_it_tests() -> None:
    replacing = [
        f"{shown(file)} imports {module}"
        for file in files("tests/**/*.py")
        for module in imported(parsed(file))
        if module in ("unittest.mock", "mock", "pytest_mock")
    ]

    assert replacing == []


def test_no_file_is_long() -> None:
    long = [
        f"{shown(file)}: {count} lines"
        for file in every_file()
        if (count := len(file.read_text().splitlines())) > LONGEST_FILE
    ]

    assert long == []


def test_no_function_of_the_product_is_long() -> None:
    long = [
        f"{shown(file)}:{node.lineno} {node.name}: {lines} lines"
        for file in files("shared/**/*.py", "functions/**/*.py")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]

    assert long == []


def test_no_name_says_nothing() -> None:
    empty = [
        shown(file) for file in every_file() if BANNED_NAMES & set(re.split(r"[_/]", shown(file).removesuffix(".py")))
    ]

    assert empty == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        shown(file) for file in every_file() if file.name != "__init__.py" and ast.get_docstring(parsed(file)) is None
    ]

    assert silent == []


def test_no_line_waits_to_be_done() -> None:
    # The words are split here so that this file does not find itself.
    waiting = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b")
    found = [
        f"{shown(file)}:{number}"
        for file in every_file()
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if waiting.search(line)
    ]

    assert found == []

"""Which of our code a door may run: each file that it imports, but of those that serve all doors only some functions.

`runtime` and those that wire hold what some doors need and others do not. A door answers for the functions of them
that it uses, and that these use in turn: for what those import, for the services that they call, for the settings that
they ask for.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

OWN_ROOMS = ("functions", "shared")
FOLLOWED = ("shared.runtime", "shared.wiring", "shared.wiring_lenders", "shared.identity")
# Stands for the part of a file that runs when the file is loaded.
LOADED = ""


def reached(door: str, root: Path) -> dict[str, dict[str, ast.AST]]:
    """The files, relative to the root, each with its parts that the door may run: `LOADED`, and functions by name."""
    found: dict[str, dict[str, ast.AST]] = {}
    waiting = {(f"functions/{door}/handler.py", LOADED)}
    while waiting:
        file, name = waiting.pop()
        part = _parts(root / file)[name]
        found.setdefault(file, {})[name] = part
        waiting |= {(to, what) for to, what in _next(root, file, part) if what not in found.get(to, {})}
    return found


def imported(part: ast.AST) -> Iterator[str]:
    """Full names of what the code imports at run time; `from a import b` gives `a` and `a.b`."""
    for_types_only = {
        inner
        for node in ast.walk(part)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(part):
        if node in for_types_only:
            continue
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & {*FOLLOWED}, "say `from shared import wiring`"
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "own modules are imported by their full name"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(part: ast.AST, *functions: str) -> set[str]:
    """The texts given to calls of these functions: `LOANS_TABLE` in `setting("LOANS_TABLE")`."""
    return {
        inner.value
        for node in ast.walk(part)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in functions
        for inner in node.args
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


def _next(root: Path, file: str, part: ast.AST) -> Iterator[tuple[str, str]]:
    """What the part leads to: files that it imports, and functions that it uses of files that are followed."""
    for module in imported(part):
        if module.partition(".")[0] in OWN_ROOMS:
            yield from ((each, LOADED) for each in _files(root, module))
    for module in FOLLOWED:
        followed = _file(module)
        used = _used(part, module) | (_names(part) if file == followed else set())
        if used:
            yield from ((followed, name) for name in used & _parts(root / followed).keys())


def _used(part: ast.AST, module: str) -> set[str]:
    """Names of the module in `wiring.loans()` and in `from shared.runtime import now`."""
    names: set[str] = set()
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names |= {node.attr} if node.value.id == module.rpartition(".")[2] else set()
        elif isinstance(node, ast.ImportFrom):
            taken = {f"{node.module}.{alias.name}": alias.asname for alias in node.names}
            assert taken.get(module) is None, f"{module} goes by its own name, by which its uses are found"
            names |= {alias.name for alias in node.names} if node.module == module else set()
    return names


def _names(part: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}


@cache
def _parts(path: Path) -> dict[str, ast.AST]:
    tree = ast.parse(path.read_text(), str(path))
    if not any(str(path).endswith(f"/{_file(module)}") for module in FOLLOWED):
        return {LOADED: tree}
    functions: dict[str, ast.AST] = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    loaded = ast.Module([node for node in tree.body if not isinstance(node, ast.FunctionDef)], [])
    return {LOADED: loaded, **functions}


def _files(root: Path, module: str) -> set[str]:
    """The module's file and those of the packages around it; none for a name inside a module."""
    parts = module.split(".")
    files = {"/".join([*parts[:depth], "__init__.py"]) for depth in range(1, len(parts) + 1)}
    return {file for file in (*files, _file(module)) if (root / file).is_file()}


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"
